import { afterEach, expect, test, vi } from "vitest";
import { keepReply } from "./kept_replies.ts";

afterEach(() => vi.unstubAllGlobals());

test("keepReply() holds up no reply where the browser has no room for it", () => {
  const setItem = vi.fn(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  vi.stubGlobal("localStorage", { setItem });
  const reply = {
    key: "k",
    text: "Yes",
    at: "2026-11-29T12:00:00.000Z",
    knownIds: new Set<string>(),
    problem: null,
  };

  keepReply(
    { userId: "u", conversationId: "c" },
    { ...reply, replyToMid: null, templateId: null, content: null },
  );

  expect(setItem).toHaveBeenCalledOnce();
});
