import { expect, test } from "vitest";
import type { Message, TimelineItem } from "../api/types.ts";
import { newlyRefused } from "./refused_replies.ts";

const refused = { code: "not_thread_owner", title: "Another app controls this conversation", remedy: "" };

function reply(id: string, changes: Partial<Message> = {}): TimelineItem {
  const message: Message = {
    id,
    conversationId: "c",
    direction: "out",
    kind: "message",
    author: { kind: "user", id: "me", name: "Me" },
    text: `words of ${id}`,
    content: null,
    attachments: [],
    status: "sending",
    mid: null,
    error: null,
    replyToMid: null,
    reactions: [],
    editedAt: null,
    deletedAt: null,
    sentAt: "2026-12-01T10:00:00.000Z",
    createdAt: "2026-12-01T10:00:00.000Z",
    ...changes,
  };
  return { type: "message", at: message.sentAt, message };
}

test("newlyRefused() gives back my own words that were on their way, once, and nothing else", () => {
  const failed = { status: "failed", error: refused } as const;
  const colleague = { kind: "user", id: "other", name: "Ana" } as const;
  const before = ["mine", "closed", "hers", "card"].map((id) => reply(id));
  const now = [
    reply("mine", failed),
    reply("closed", { status: "failed", error: { ...refused, code: "window_closed" } }),
    reply("hers", { ...failed, author: colleague }),
    reply("card", { ...failed, content: { buttons: [] } }),
    reply("older", failed),
  ];

  expect(newlyRefused(before, now, "me")).toEqual(["words of mine"]);
  expect(newlyRefused(now, now, "me")).toEqual([]);
});
