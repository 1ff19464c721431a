import type { Author, Message, Note, TimelineEvent, TimelineItem } from "../api/types.ts";
import { localDay } from "../ui/wall_time.ts";

const RUN_MS = 5 * 60_000;

export type TimelineBlock =
  | { kind: "day"; key: string; at: string }
  | { kind: "new"; key: string }
  | { kind: "run"; key: string; direction: "in" | "out"; author: Author; messages: Message[] }
  | { kind: "note"; key: string; note: Note }
  | { kind: "event"; key: string; event: TimelineEvent };

/** A timeline as it is drawn: a divider per day, messages of one sender close in time as one run, the rest between. */
export function timelineBlocks(
  items: readonly TimelineItem[],
  firstUnreadId: string | null = null,
): TimelineBlock[] {
  const blocks: TimelineBlock[] = [];
  let day: string | null = null;
  for (const item of items) {
    if (localDay(item.at) !== day) {
      day = localDay(item.at);
      blocks.push({ kind: "day", key: `d:${day}:${item.at}`, at: item.at });
    }
    if (item.type === "note") blocks.push({ kind: "note", key: `n:${item.note.id}`, note: item.note });
    else if (item.type === "event")
      blocks.push({ kind: "event", key: `e:${item.event.id}`, event: item.event });
    else addMessage(blocks, item.message, firstUnreadId);
  }
  return blocks;
}

function addMessage(blocks: TimelineBlock[], message: Message, firstUnreadId: string | null): void {
  if (message.id === firstUnreadId) blocks.push({ kind: "new", key: "new" });
  const last = blocks.at(-1);
  const previous = last?.kind === "run" ? last.messages.at(-1) : undefined;
  if (last?.kind === "run" && previous && continues(previous, message)) {
    last.messages.push(message);
    return;
  }
  const { direction, author } = message;
  blocks.push({ kind: "run", key: `r:${message.id}`, direction, author, messages: [message] });
}

function continues(before: Message, after: Message): boolean {
  const sameAuthor =
    before.direction === after.direction &&
    before.author.kind === after.author.kind &&
    before.author.id === after.author.id &&
    before.author.name === after.author.name;
  return sameAuthor && Date.parse(after.sentAt) - Date.parse(before.sentAt) < RUN_MS;
}

/** The first of the messages that the person wrote and that nobody has read, for the divider. */
export function firstUnread(items: readonly TimelineItem[], unreadCount: number): string | null {
  if (unreadCount === 0) return null;
  const inbound = items.flatMap((item) =>
    item.type === "message" && item.message.direction === "in" ? [item.message.id] : [],
  );
  return inbound.at(-unreadCount) ?? null;
}
