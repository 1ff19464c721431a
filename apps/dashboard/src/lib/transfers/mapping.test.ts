import { expect, test } from "vitest";
import { guessMapping, guessPsidColumn, mappingProblem } from "./mapping.ts";

const roast = { id: "f1", key: "favourite_roast", label: "Roast", type: "text", options: [] } as const;

test("guessMapping() knows columns by usual names and by the custom fields, and gives no target twice", () => {
  const columns = ["PSID", "First_Name", "ID", "Favourite roast", "Shoe size"];

  expect(guessMapping(columns, [{ ...roast, options: [] }])).toEqual({
    PSID: "psid",
    First_Name: "firstName",
    "Favourite roast": "field:favourite_roast",
  });
});

test("guessPsidColumn() compares names first, then values that look like a PSID", () => {
  const sample = [
    ["1", "24266381753005180"],
    ["2", "24266381753005181"],
  ];

  expect(guessPsidColumn(["n", "Messenger ID"], sample)).toBe("Messenger ID");
  expect(guessPsidColumn(["n", "who"], sample)).toBe("who");
  expect(guessPsidColumn(["n", "who"], [["1", "Ann"]])).toBe("n");
});

test("mappingProblem() wants one PSID column, and no target twice", () => {
  expect(mappingProblem({ a: "name" })).toMatch(/PSID/);
  expect(mappingProblem({ a: "psid", b: "name", c: "name" })).toMatch(/Full name/);
  expect(mappingProblem({ a: "psid", b: "name", c: "", d: "" })).toBeNull();
});
