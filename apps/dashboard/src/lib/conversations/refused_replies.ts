import type { Message, TimelineItem } from "../api/types.ts";

/** Whether Meta refused it because another app holds the conversation. */
export function isRefusedByOwner(message: Message): boolean {
  return message.status === "failed" && message.error?.code === "not_thread_owner";
}

/** The words of a reply that can be written again as they are; null for files and templates. */
export function wordsOf(message: Message): string | null {
  if (message.direction !== "out" || message.author.kind !== "user") return null;
  return message.content === null && message.attachments.length === 0 ? message.text : null;
}

/** One person's replies that Meta refused since the last load of a timeline, oldest first. */
export function newlyRefused(
  before: readonly TimelineItem[],
  now: readonly TimelineItem[],
  userId: string,
): string[] {
  const waiting = new Set(
    before.flatMap((item) =>
      item.type === "message" && item.message.status !== "failed" ? [item.message.id] : [],
    ),
  );
  return now.flatMap((item) => {
    if (item.type !== "message" || !waiting.has(item.message.id)) return [];
    const { message } = item;
    const words = message.author.id === userId && isRefusedByOwner(message) ? wordsOf(message) : null;
    return words === null ? [] : [words];
  });
}
