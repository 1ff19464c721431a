import { expect, test } from "vitest";
import type { Author, Message, TimelineItem } from "../api/types.ts";
import { firstUnread, timelineBlocks } from "./timeline_blocks.ts";

const ada: Author = { kind: "user", id: "ada", name: "Ada" };
const mara: Author = { kind: "contact", id: "c", name: "Mara" };

function said(id: string, author: Author, at: Date): TimelineItem {
  const sentAt = at.toISOString();
  const message: Message = {
    id,
    conversationId: "c",
    direction: author.kind === "contact" ? "in" : "out",
    kind: "message",
    author,
    text: id,
    content: null,
    attachments: [],
    status: "received",
    mid: id,
    error: null,
    replyToMid: null,
    reactions: [],
    editedAt: null,
    deletedAt: null,
    sentAt,
    createdAt: sentAt,
  };
  return { type: "message", at: sentAt, message };
}

const at = (day: number, minute: number): Date => new Date(2026, 2, day, 12, minute);

function shapes(items: TimelineItem[], firstUnreadId: string | null = null): string[] {
  return timelineBlocks(items, firstUnreadId).map((block) =>
    block.kind === "run" ? `run ${block.messages.map((message) => message.id).join("+")}` : block.kind,
  );
}

test("timelineBlocks() puts a divider before each local day", () => {
  expect(shapes([said("a", mara, at(3, 0)), said("b", mara, at(4, 0))])).toEqual([
    "day",
    "run a",
    "day",
    "run b",
  ]);
});

test("timelineBlocks() groups messages of one sender that are close in time", () => {
  const items = [
    said("a", mara, at(3, 0)),
    said("b", mara, at(3, 4)),
    said("c", ada, at(3, 4)),
    said("d", mara, at(3, 5)),
  ];

  expect(shapes(items)).toEqual(["day", "run a+b", "run c", "run d"]);
});

test("timelineBlocks() begins a new run after five minutes", () => {
  expect(shapes([said("a", mara, at(3, 0)), said("b", mara, at(3, 5))])).toEqual(["day", "run a", "run b"]);
});

test("timelineBlocks() separates two of our people, and a person from another app", () => {
  const ben: Author = { kind: "user", id: "ben", name: "Ben" };
  const suite: Author = { kind: "external", id: null, name: "Facebook inbox" };

  expect(shapes([said("a", ada, at(3, 0)), said("b", ben, at(3, 0)), said("c", suite, at(3, 0))])).toEqual([
    "day",
    "run a",
    "run b",
    "run c",
  ]);
});

test("timelineBlocks() breaks a run by an event and by the New line", () => {
  const event: TimelineItem = {
    type: "event",
    at: at(3, 1).toISOString(),
    event: {
      id: "e",
      kind: "status",
      actor: null,
      data: {},
      text: "Ada resolved it",
      at: at(3, 1).toISOString(),
    },
  };

  expect(
    shapes([said("a", mara, at(3, 0)), event, said("b", mara, at(3, 2)), said("c", mara, at(3, 3))], "c"),
  ).toEqual(["day", "run a", "event", "run b", "new", "run c"]);
});

test("firstUnread() counts back over the person's messages only", () => {
  const items = [
    said("a", mara, at(3, 0)),
    said("b", mara, at(3, 1)),
    said("x", ada, at(3, 2)),
    said("c", mara, at(3, 3)),
  ];

  expect(firstUnread(items, 2)).toBe("b");
  expect(firstUnread(items, 0)).toBeNull();
  expect(firstUnread(items, 9)).toBeNull();
});
