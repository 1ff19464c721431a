export interface TextPart {
  text: string;
  /** Set when the part is an address that can be opened. */
  href: string | null;
}

const ADDRESS = /\bhttps?:\/\/[^\s<>"']+/gi;
const ENDINGS = ".,;:!?)]}";

/** Splits a message into plain text and addresses; signs that end a sentence are not part of an address. */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutEnding(match[0]);
    if (match.index > end) parts.push({ text: text.slice(end, match.index), href: null });
    parts.push({ text: address, href: address });
    end = match.index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), href: null });
  return parts;
}

/** Sign by sign from the end: a regular expression would look from each sign on, which takes seconds for thousands of dots. */
function withoutEnding(address: string): string {
  let end = address.length;
  while (ENDINGS.includes(address.charAt(end - 1))) end -= 1;
  return address.slice(0, end);
}
