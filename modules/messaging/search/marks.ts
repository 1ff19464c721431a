import { plainWord, type WordSearch } from "./words.ts";

/** A piece of a text; `isMatch` is true where it has a searched word. */
export interface MarkedPart {
  text: string;
  isMatch: boolean;
}

/** An excerpt is a line of a list: longer would be cut there. */
const excerptLength = 140;
/** So much stands before the first match, so that a narrow list shows it. */
const lead = 18;
/** A longer text is searched only this far. */
const mostRead = 20_000;

const word = /[\p{L}\p{N}\p{M}]+/gu;

/** The text in parts: the matched beginnings of words, and the text between them. */
export function markWords(text: string, search: Pick<WordSearch, "text">): MarkedPart[] {
  const asked = search.text.split(" ").map(plainWord);
  const parts: MarkedPart[] = [];
  let end = 0;
  const add = (until: number, isMatch: boolean) => {
    if (until > end) parts.push({ text: text.slice(end, until), isMatch });
    end = until;
  };
  for (const found of text.matchAll(word)) {
    const length = matchedLength(found[0], asked);
    if (length === 0) continue;
    add(found.index, false);
    add(found.index + length, true);
  }
  add(text.length, false);
  return parts;
}

/** One line around the first match, in parts; from the beginning when none is found. */
export function excerptOf(text: string, search: Pick<WordSearch, "text">): MarkedPart[] {
  const line = text.slice(0, mostRead).replaceAll(/\s+/gu, " ").trim();
  const [first, second] = markWords(line, search);
  const firstAt = first && second ? (first.isMatch ? 0 : first.text.length) : 0;
  const from = beginningOf(line, firstAt);
  const until = Math.min(line.length, from + excerptLength);
  const cut = `${from > 0 ? "…" : ""}${wholeLetters(line.slice(from, until))}${until < line.length ? "…" : ""}`;
  return markWords(cut, search);
}

/** Where a word begins, a little before `at`. */
function beginningOf(line: string, at: number): number {
  if (at <= lead) return 0;
  const space = line.indexOf(" ", at - lead);
  return space === -1 || space >= at ? at : space + 1;
}

/** Without half of a surrogate pair at its end. */
function wholeLetters(text: string): string {
  return text.isWellFormed() ? text : text.slice(0, -1).toWellFormed();
}

/** How much of the word is the longest of the beginnings that are asked for; 0 when it begins with none. */
function matchedLength(found: string, asked: readonly string[]): number {
  const letters = [...found].map((letter) => ({
    size: letter.length,
    plain: plainWord(letter.toLowerCase()),
  }));
  const plain = letters.map((letter) => letter.plain).join("");
  const longest = Math.max(0, ...asked.filter((one) => plain.startsWith(one)).map((one) => one.length));
  let [length, covered] = [0, 0];
  for (const letter of letters) {
    // A mark belongs to the letter before it.
    if (covered >= longest && letter.plain !== "") break;
    length += letter.size;
    covered += letter.plain.length;
  }
  return longest === 0 ? 0 : length;
}
