import { expect, test } from "vitest";
import type { Message, TimelineItem } from "../api/types.ts";
import { itemId, mergeItems, type PendingReply, stillPending, takeNewest } from "./timeline_items.ts";

function messageItem(id: string, minute: number, part: Partial<Message> = {}): TimelineItem {
  const at = new Date(Date.UTC(2026, 2, 3, 12, minute)).toISOString();
  const message: Message = {
    id,
    conversationId: "c",
    direction: "out",
    kind: "message",
    author: { kind: "user", id: "ada", name: "Ada" },
    text: id,
    content: null,
    attachments: [],
    status: "queued",
    mid: null,
    error: null,
    replyToMid: null,
    reactions: [],
    editedAt: null,
    deletedAt: null,
    sentAt: at,
    createdAt: at,
    ...part,
  };
  return { type: "message", at, message };
}

function pendingReply(text: string, knownIds: string[] = []): PendingReply {
  return {
    key: `key of ${text}`,
    text,
    replyToMid: null,
    templateId: null,
    content: null,
    at: "2026-03-03T12:30:00.000Z",
    knownIds: new Set(knownIds),
    problem: null,
  };
}

test("mergeItems() orders by time and replaces an item by its newer state", () => {
  const had = [messageItem("b", 2), messageItem("a", 1)];

  const merged = mergeItems(had, [messageItem("b", 2, { status: "read" }), messageItem("c", 0)]);

  expect(merged.map(itemId)).toEqual(["m:c", "m:a", "m:b"]);
  expect(merged.at(-1)).toMatchObject({ message: { status: "read" } });
});

test("takeNewest() keeps the older messages when the new page touches them", () => {
  const had = [messageItem("a", 1), messageItem("b", 2)];

  const taken = takeNewest(had, [messageItem("c", 3), messageItem("b", 2)], true);

  expect(taken).toMatchObject({ isReset: false });
  expect(taken.items.map(itemId)).toEqual(["m:a", "m:b", "m:c"]);
});

test("takeNewest() drops older messages rather than show a conversation with a gap", () => {
  const had = [messageItem("a", 1)];

  const taken = takeNewest(had, [messageItem("z", 50), messageItem("y", 49)], true);

  expect(taken).toMatchObject({ isReset: true });
  expect(taken.items.map(itemId)).toEqual(["m:y", "m:z"]);
});

test("stillPending() drops a reply that the server shows already", () => {
  const items = [messageItem("new", 31, { text: "Hello" })];

  expect(stillPending([pendingReply("Hello")], items, "ada")).toEqual([]);
});

test("stillPending() does not take an older reply with the same words for the new one", () => {
  const items = [messageItem("old", 3, { text: "Hello" })];

  expect(stillPending([pendingReply("Hello", ["old"])], items, "ada")).toHaveLength(1);
});

test("stillPending() keeps the second of two equal replies until both arrived", () => {
  const first = pendingReply("Hello");
  const second = { ...pendingReply("Hello"), key: "second" };
  const one = [messageItem("m1", 31, { text: "Hello" })];
  const both = [...one, messageItem("m2", 32, { text: "Hello" })];

  expect(stillPending([first, second], one, "ada").map((reply) => reply.key)).toEqual(["second"]);
  expect(stillPending([first, second], both, "ada")).toEqual([]);
});

test("stillPending() does not take a colleague's reply for mine", () => {
  const theirs = messageItem("m1", 31, { text: "Hello", author: { kind: "user", id: "ben", name: "Ben" } });

  expect(stillPending([pendingReply("Hello")], [theirs], "ada")).toHaveLength(1);
});

test("stillPending() keeps a refused reply, so that its reason stays readable", () => {
  const refused = {
    ...pendingReply("Hello"),
    problem: { title: "Closed", remedy: null, isUncertain: false },
  };

  expect(stillPending([refused], [messageItem("m1", 31, { text: "Hello" })], "ada")).toEqual([refused]);
});

test("stillPending() drops a reply whose answer was lost, once the server shows it", () => {
  const lost = { ...pendingReply("Hello"), problem: { title: "No answer", remedy: null, isUncertain: true } };

  expect(stillPending([lost], [messageItem("m1", 31, { text: "Hello" })], "ada")).toEqual([]);
  expect(stillPending([lost], [], "ada")).toEqual([lost]);
});
