import type { ComposerMode } from "../conversations/drafts.svelte.ts";

/** A variable or a colleague's name that is being written just before the caret. */
export interface OpenTag {
  kind: "variable" | "mention";
  /** Where its sign begins in the text. */
  start: number;
  /** The typed part of its name. */
  query: string;
}

const LONGEST_NAME = 40;

/**
 * The tag that is open at the caret; null when there is none. A reply opens a variable by `{{`, as templates write it;
 * a note opens a mention by `@` at the beginning of a word.
 */
export function openTag(before: string, mode: ComposerMode): OpenTag | null {
  const sign = mode === "reply" ? "{{" : "@";
  const start = before.lastIndexOf(sign);
  const query = before.slice(start + sign.length);
  if (start === -1 || query.length > LONGEST_NAME || /[{}@\n]/.test(query)) return null;
  if (mode === "reply") return { kind: "variable", start, query };
  // Within a word it belongs to an address.
  return start === 0 || /\s/.test(before.charAt(start - 1)) ? { kind: "mention", start, query } : null;
}

export interface Choice {
  /** The inserted text, or its key. */
  value: string;
  name: string;
}

const MOST_CHOICES = 8;

/** The choices whose name, or a word of it, begins so; those whose key does, too. */
export function choicesFor(all: readonly Choice[], query: string): Choice[] {
  const wanted = query.trimStart().toLowerCase();
  const begins = (text: string) => text.toLowerCase().startsWith(wanted);
  return all
    .filter(({ name, value }) => begins(name) || name.split(" ").some(begins) || begins(value))
    .slice(0, MOST_CHOICES);
}
