import { m } from "#lib/paraglide/messages.js";
import type { ComposerMode } from "../conversations/drafts.svelte.ts";
import { wholeNumber } from "../ui/format.ts";

/** Messenger takes fewer than 2,000 characters in one message. */
const TEXT_LIMIT = 1999;
const COUNTED_FROM = 1800;
const NOTE_LIMIT = 5000;

export interface ComposeLength {
  isTooLong: boolean;
  /** The text of the counter; none while there is plenty of room. */
  words: string;
}

export function composeLength(text: string, mode: ComposerMode): ComposeLength {
  const limit = mode === "note" ? NOTE_LIMIT : TEXT_LIMIT;
  // Messenger counts an emoji once.
  const length = mode === "reply" ? [...text.trim()].length : text.trim().length;
  if (length > limit) {
    const over = length - limit;
    const words = m.inbox_over_limit({ count: over, shown: wholeNumber(over), limit: wholeNumber(limit) });
    return { isTooLong: true, words };
  }
  const counted = mode === "reply" && length >= COUNTED_FROM;
  if (!counted) return { isTooLong: false, words: "" };
  return {
    isTooLong: false,
    words: m.inbox_length({ shown: wholeNumber(length), limit: wholeNumber(limit) }),
  };
}

interface ComposerKey {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  isComposing: boolean;
}

/** The effect of a key in the composer. While an input method composes a word, Enter belongs to it. */
export function keyAction(
  event: ComposerKey,
  options: { enterSends: boolean },
): "send" | "sendAndResolve" | null {
  if (event.key !== "Enter" || event.isComposing) return null;
  const mod = event.ctrlKey || event.metaKey;
  if (mod) return event.shiftKey ? "sendAndResolve" : "send";
  return options.enterSends && !event.shiftKey ? "send" : null;
}
