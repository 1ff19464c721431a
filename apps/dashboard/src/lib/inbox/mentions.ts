import type { PersonRef } from "../api_types.ts";

/** The people whose names stand in a note behind an `@`. */
export function mentionedIn(text: string, people: readonly PersonRef[]): string[] {
  const found = new Set(partsOf(text, people).flatMap(({ id }) => id ?? []));
  return [...found];
}

export interface NotePart {
  text: string;
  /** Whom it mentions; null for what is just text. */
  id: string | null;
}

/** A note, cut where somebody is mentioned. */
export function partsOf(text: string, people: readonly PersonRef[]): NotePart[] {
  // Longer names first: "@Ann Lee" does not mean Ann.
  const known = people.toSorted((left, right) => right.name.length - left.name.length);
  const parts: NotePart[] = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    const isStart = text[at] === "@" && (at === 0 || /\s/.test(text[at - 1] ?? ""));
    const person = isStart ? known.find(({ name }) => text.startsWith(`@${name}`, at)) : undefined;
    if (!person) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain !== "") parts.push({ text: plain, id: null });
    plain = "";
    parts.push({ text: `@${person.name}`, id: person.id });
    at += person.name.length + 1;
  }
  if (plain !== "") parts.push({ text: plain, id: null });
  return parts;
}
