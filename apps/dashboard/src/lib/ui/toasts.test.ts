import { beforeEach, expect, test } from "vitest";
import { toasts } from "./toasts.svelte.ts";

beforeEach(() => {
  for (const { key } of toasts.all) toasts.dismiss(key);
});

test("toasts keep the newest first, and an id takes the place of its earlier one", () => {
  toasts.add("success", "Saved");
  toasts.add("error", "Lost", { id: "live" });
  toasts.add("error", "Lost again", { id: "live" });

  expect(toasts.all.map(({ text }) => text)).toEqual(["Lost again", "Saved"]);
});

test("pass() takes time from each toast, and those whose time is over go; errors stay longer", () => {
  toasts.add("success", "Saved");
  toasts.add("error", "Refused");
  toasts.pass(4_000);
  toasts.add("message", "Snoozed", { duration: 6_000 });
  toasts.pass(1_500);

  expect(toasts.all.map(({ text }) => text)).toEqual(["Snoozed", "Refused"]);
});
