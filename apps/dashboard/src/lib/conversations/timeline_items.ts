import type { Message, TimelineItem } from "../api/types.ts";
import type { Content } from "../api/templates.ts";

/** A message of a member. */
export interface Outgoing {
  text: string;
  replyToMid: string | null;
  /** A template that goes as it is, with its buttons, cards or file; `text` then only tells of it. */
  templateId: string | null;
  /** The same for other content, such as a utility template of Meta. */
  content: Content | null;
  /** A further part of the same reply: it goes only when the one before it was accepted. */
  isFurther?: boolean;
}

/** A reply that was written here and that the server has not confirmed yet. */
export interface PendingReply extends Outgoing {
  key: string;
  at: string;
  /** Ids of the replies that were known when this one was sent, so that an older twin is not taken for it. */
  knownIds: ReadonlySet<string>;
  problem: ReplyProblem | null;
}

export interface ReplyProblem {
  title: string;
  remedy: string | null;
  /** No answer came: the server may have it all the same. */
  isUncertain: boolean;
}

export function itemId(item: TimelineItem): string {
  if (item.type === "message") return `m:${item.message.id}`;
  return item.type === "note" ? `n:${item.note.id}` : `e:${item.event.id}`;
}

function oldestFirst(a: TimelineItem, b: TimelineItem): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return itemId(a) < itemId(b) ? -1 : 1;
}

/** Puts items that came from the server (in any order) over those at hand; the same item is replaced. */
export function mergeItems(had: readonly TimelineItem[], came: readonly TimelineItem[]): TimelineItem[] {
  const byId = new Map(had.map((item) => [itemId(item), item]));
  for (const item of came) byId.set(itemId(item), item);
  return [...byId.values()].toSorted(oldestFirst);
}

/**
 * Takes the newest page of a timeline. If more than one page was missed, the page does not connect to the loaded
 * hand; then only the page is kept (`isReset`), since a hole in a conversation would mislead.
 */
export function takeNewest(
  had: readonly TimelineItem[],
  page: readonly TimelineItem[],
  pageHasOlder: boolean,
): { items: TimelineItem[]; isReset: boolean } {
  const ids = new Set(had.map(itemId));
  const touches = had.length === 0 || !pageHasOlder || page.some((item) => ids.has(itemId(item)));
  return { items: mergeItems(touches ? had : [], page), isReset: !touches || had.length === 0 };
}

export function outboundIds(items: readonly TimelineItem[]): Set<string> {
  const replies = items.flatMap((item) =>
    item.type === "message" && item.message.direction === "out" ? [item.message.id] : [],
  );
  return new Set(replies);
}

/**
 * Drops the replies in flight that the server's list shows already: its event can overtake its answer, and an answer can
 * be lost.
 */
export function stillPending(
  pending: readonly PendingReply[],
  items: readonly TimelineItem[],
  userId: string,
): PendingReply[] {
  const mine = items.flatMap((item) =>
    item.type === "message" && isBy(item.message, userId) ? [item.message] : [],
  );
  const taken = new Set<string>();
  return pending.filter((reply) => {
    if (reply.problem && !reply.problem.isUncertain) return true;
    const twin = mine.find(
      (message) => saysTheSame(message, reply) && !reply.knownIds.has(message.id) && !taken.has(message.id),
    );
    if (twin) taken.add(twin.id);
    return !twin;
  });
}

/** A file has no text: its name stands for it. */
function saysTheSame(message: Message, { text, content }: PendingReply): boolean {
  return content?.mediaFileId === undefined
    ? message.text === text
    : message.attachments[0]?.fileName === text;
}

function isBy(message: Message, userId: string): boolean {
  return message.direction === "out" && message.author.kind === "user" && message.author.id === userId;
}
