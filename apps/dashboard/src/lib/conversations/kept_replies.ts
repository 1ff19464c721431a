import { m } from "#lib/paraglide/messages.js";
import { KEPT_REPLIES } from "../ui/written.ts";
import type { PendingReply } from "./timeline_items.ts";

/** Whose reply it is, and in which conversation. */
export interface ReplyPlace {
  userId: string;
  conversationId: string;
}

const unanswered = {
  title: m.conversations_send_unknown(),
  remedy: m.conversations_send_unknown_remedy(),
  isUncertain: true,
};

/** Keeps a reply until the server has it, so that closing the browser or logging in anew loses nothing that was written. */
export function keepReply(place: ReplyPlace, { knownIds, ...reply }: PendingReply): void {
  try {
    localStorage.setItem(keyOf(place, reply.key), JSON.stringify({ ...reply, knownIds: [...knownIds] }));
  } catch {
    // A browser that has no room for it: it is sent all the same.
  }
}

export function dropReply(place: ReplyPlace, key: string): void {
  localStorage.removeItem(keyOf(place, key));
}

/** Kept replies in the order of writing; the outcome of those in flight is unknown. */
export function keptReplies(place: ReplyPlace): PendingReply[] {
  const prefix = keyOf(place, "");
  const replies: PendingReply[] = [];
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(prefix)) continue;
    const kept = JSON.parse(localStorage.getItem(key) ?? "null");
    replies.push({ ...kept, knownIds: new Set(kept.knownIds), problem: kept.problem ?? unanswered });
  }
  return replies.toSorted((a, b) => (a.at < b.at ? -1 : 1));
}

const keyOf = ({ userId, conversationId }: ReplyPlace, key: string): string =>
  `${KEPT_REPLIES}${userId}.${conversationId}.${key}`;
