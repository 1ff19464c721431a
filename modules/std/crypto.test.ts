import { expect, test } from "vitest";
import { parseKeyring, seal, unseal } from "#std";

const oldKey = "a".repeat(64);
const newKey = "b".repeat(64);

test("seal() round-trips; unseal() refuses another context, a changed value and a lost key", () => {
  const ring = parseKeyring(oldKey);

  const sealed = seal(ring, "EAAGsecret", "page-token:1");

  expect(sealed).not.toContain("EAAG");
  expect(unseal(ring, sealed, "page-token:1")).toBe("EAAGsecret");
  expect(() => unseal(ring, sealed, "page-token:2")).toThrow();
  const at = sealed.length - 5;
  const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
  expect(() => unseal(ring, changed, "page-token:1")).toThrow();
  expect(() => unseal(parseKeyring(newKey), sealed, "page-token:1")).toThrow(/not in ENCRYPTION_KEY/);
});

test("seal() uses a new first key, and unseal() still opens with the old one", () => {
  const sealedBefore = seal(parseKeyring(oldKey), "x", "c");

  const both = parseKeyring(`${newKey},${oldKey}`);

  expect(unseal(both, sealedBefore, "c")).toBe("x");
  expect(unseal(parseKeyring(newKey), seal(both, "y", "c"), "c")).toBe("y");
});
