import { expect, test } from "vitest";
import { afterTime, type Toast, type ToastOptions, withToast } from "./toast_list.ts";

let key = 0;
const add = (toasts: Toast[], kind: Toast["kind"], text: string, options: ToastOptions = {}) =>
  withToast(toasts, { ...options, key: key++, kind, text });
const textsOf = (toasts: Toast[]) => toasts.map(({ text }) => text);

test("withToast() keeps the newest first, and an id takes the place of its earlier one", () => {
  const saved = add([], "success", "Saved");
  const lost = add(saved, "error", "Lost", { id: "live" });

  expect(textsOf(add(lost, "error", "Lost again", { id: "live" }))).toEqual(["Lost again", "Saved"]);
});

test("afterTime() takes time from each toast, and those whose time is over go; errors stay longer", () => {
  const early = add(add([], "success", "Saved"), "error", "Refused");
  const later = add(afterTime(early, 4_000), "message", "Snoozed", { duration: 6_000 });

  expect(textsOf(afterTime(later, 1_500))).toEqual(["Snoozed", "Refused"]);
});
