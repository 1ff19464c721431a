import { expect, test } from "vitest";
import type { Conversation } from "../api/types.ts";
import { belongs, EVERYTHING_OPEN, newestFirst, orderOf, toQuery } from "./conversation_filter.ts";

function conversation(part: Partial<Conversation> = {}): Conversation {
  return {
    id: "c1",
    contact: { id: "c1", name: "Mara", pictureUrl: null },
    page: { id: "p1", name: "Kaffa", pictureUrl: null },
    status: "open",
    snoozedUntil: null,
    assignee: null,
    tagIds: [],
    unreadCount: 0,
    preview: { text: "Hi", direction: "in", isFailed: false },
    lastMessageAt: "2026-03-03T12:00:00.000Z",
    window: { state: "open", until: null, reason: "" },
    control: { state: "unknown", app: null, actions: [] },
    canReply: { allowed: true, reason: null, remedy: null, route: null, utility: true },
    createdAt: "2026-03-03T12:00:00.000Z",
    ...part,
  };
}

test("toQuery() contains only filters that are set", () => {
  expect(toQuery({ ...EVERYTHING_OPEN, tab: "mine", search: "  mara ", unreadOnly: true })).toEqual({
    status: "open",
    assignee: "me",
    search: "mara",
    unread: "true",
  });
});

test("toQuery() begins with the oldest where that is wanted, and never in a search", () => {
  const oldest = { ...EVERYTHING_OPEN, sort: "oldest", tagId: "t1" } as const;

  expect(toQuery(oldest)).toEqual({ status: "open", tagId: "t1", sort: "oldest" });
  expect(toQuery({ ...oldest, search: "mara" })).toEqual({ status: "open", tagId: "t1", search: "mara" });
});

test("belongs() follows status, page, label, unread and whose it is", () => {
  const mine = conversation({ assignee: { id: "ada", name: "Ada" } });

  expect(belongs(mine, { ...EVERYTHING_OPEN, tab: "mine" }, "ada")).toBe(true);
  expect(belongs(mine, { ...EVERYTHING_OPEN, tab: "mine" }, "ben")).toBe(false);
  expect(belongs(mine, { ...EVERYTHING_OPEN, tab: "unassigned" }, "ada")).toBe(false);
  expect(belongs(conversation({ status: "resolved" }), EVERYTHING_OPEN, "ada")).toBe(false);
  expect(belongs(conversation({ status: "resolved" }), { ...EVERYTHING_OPEN, status: "all" }, "ada")).toBe(
    true,
  );
  expect(belongs(conversation(), { ...EVERYTHING_OPEN, unreadOnly: true }, "ada")).toBe(false);
  expect(belongs(conversation(), { ...EVERYTHING_OPEN, pageId: "p2" }, "ada")).toBe(false);
  expect(belongs(conversation({ tagIds: ["t1"] }), { ...EVERYTHING_OPEN, tagId: "t1" }, "ada")).toBe(true);
  expect(belongs(conversation({ tagIds: ["t1"] }), { ...EVERYTHING_OPEN, tagId: "t2" }, "ada")).toBe(false);
});

test("newestFirst() puts the newest first and decides ties by id, as the server does", () => {
  const older = conversation({ id: "c9", lastMessageAt: "2026-03-03T11:00:00.000Z" });
  const sorted = [older, conversation({ id: "c1" }), conversation({ id: "c2" })].toSorted(newestFirst);

  expect(sorted.map((one) => one.id)).toEqual(["c2", "c1", "c9"]);
});

test("orderOf() turns the same order round when the oldest come first", () => {
  const rows = [conversation({ id: "c1" }), conversation({ id: "c2" })];

  const ids = (sort: "newest" | "oldest") =>
    rows.toSorted(orderOf({ ...EVERYTHING_OPEN, sort })).map((one) => one.id);

  expect([ids("newest"), ids("oldest")]).toEqual([
    ["c2", "c1"],
    ["c1", "c2"],
  ]);
});

test("belongs() shows spam only in the spam filter, and not under any status", () => {
  const spam = conversation({ status: "spam" });
  const shown = (["open", "all", "spam"] as const).map((status) =>
    belongs(spam, { ...EVERYTHING_OPEN, status }, "me"),
  );

  expect(shown).toEqual([false, false, true]);
});
