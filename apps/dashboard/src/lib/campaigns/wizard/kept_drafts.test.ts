import { afterEach, expect, test, vi } from "vitest";
import { newDraft } from "./draft.ts";
import { keepDraft } from "./kept_drafts.ts";

afterEach(() => vi.unstubAllGlobals());

test("keepDraft() holds up no saving where the browser has no room for it", () => {
  const setItem = vi.fn(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  vi.stubGlobal("localStorage", { setItem });

  keepDraft("new.w", newDraft("UTC"), "");

  expect(setItem).toHaveBeenCalledOnce();
});
