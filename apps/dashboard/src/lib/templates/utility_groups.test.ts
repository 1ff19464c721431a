import { expect, test } from "vitest";
import { parameterName, placeholdersOf } from "./utility_groups.ts";

test("parameterName() returns the readable name of a value", () => {
  expect(["order_id", "1", "header.order_type", "button.0"].map(parameterName)).toEqual([
    "order_id",
    "Value 1",
    "Header: order_type",
    "Button 1",
  ]);
});

test("placeholdersOf() finds each name once, in order", () => {
  expect(placeholdersOf("Order {{ order_id }} of {{name}}: {{order_id}} {{not closed")).toEqual([
    "order_id",
    "name",
  ]);
});
