import type { MemberRef } from "../api/types.ts";

/** The people whose names stand in a note behind an `@`; all of a name that several have. */
export function mentionedIn(text: string, members: readonly MemberRef[]): string[] {
  const named = partsOf(text, members).filter(({ id }) => id !== null);
  const found = named.flatMap((part) => members.filter(({ name }) => part.text === `@${name}`));
  return [...new Set(found.map(({ id }) => id))];
}

export interface NotePart {
  text: string;
  /** The mentioned member; null for plain text. */
  id: string | null;
}

/** A note, cut where somebody is mentioned. */
export function partsOf(text: string, members: readonly MemberRef[]): NotePart[] {
  // Longer names first: "@Ann Lee" does not mean Ann.
  const known = members.toSorted((left, right) => right.name.length - left.name.length);
  const parts: NotePart[] = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    const isStart = text[at] === "@" && (at === 0 || /\s/.test(text[at - 1] ?? ""));
    const member = isStart ? known.find(({ name }) => isNamed(text.slice(at + 1), name)) : undefined;
    if (!member) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain !== "") parts.push({ text: plain, id: null });
    plain = "";
    parts.push({ text: `@${member.name}`, id: member.id });
    at += member.name.length + 1;
  }
  if (plain !== "") parts.push({ text: plain, id: null });
  return parts;
}

/** Whether a name begins here, and ends with its last word: "@Annabel" does not mean Ann. */
function isNamed(text: string, name: string): boolean {
  return text.startsWith(name) && !/^[\p{L}\p{N}]/u.test(text.slice(name.length));
}
