import { expect, test } from "vitest";
import { fieldKey } from "./field_types.ts";

test.each([
  ["Favourite roast", "favourite_roast"],
  ["Größe (cm)", "grosse_cm"],
  ["2nd address", "nd_address"],
  ["生日", ""],
])("fieldKey() makes of %j a key that the server takes, or none", (label, key) => {
  expect(fieldKey(label)).toBe(key);
});
