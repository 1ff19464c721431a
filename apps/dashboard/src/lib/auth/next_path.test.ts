import { expect, test } from "vitest";
import { nextPath } from "./next_path.ts";

test("nextPath() goes back to a screen of this site", () => {
  expect(nextPath("/w/1/inbox?x=1")).toBe("/w/1/inbox?x=1");
});

test("nextPath() never leaves the site", () => {
  for (const asked of [
    null,
    "",
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
  ]) {
    expect(nextPath(asked)).toBe("/");
  }
});
