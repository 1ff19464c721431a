import { expect, test } from "vitest";
import { unmarked } from "./cells.ts";
import { csvLine } from "./csv.ts";

test.each(["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])(
  "csvLine() makes a cell that begins with %j text, and unmarked() restores it",
  (mark) => {
    const text = `${mark}SUM(A1)`;

    expect(csvLine([text]).replace(/^"/, "")).toMatch(/^'/);
    expect(unmarked(`'${text}`)).toBe(text);
  },
);

test("csvLine() leaves other text unchanged", () => {
  expect(csvLine(["Ann = Bob", "'quoted'", "5−3"])).toBe("Ann = Bob,'quoted',5−3\r\n");
});
