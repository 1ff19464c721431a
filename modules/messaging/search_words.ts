import type { Fragment, Sql } from "postgres";

const mostWords = 8;

/** What somebody searches for, in the two forms that find it. */
export interface WordSearch {
  /** One tsquery of the configuration messaging.words per word, for the indexes on words: quick for what is rare. */
  queries: string[];
  /**
   * One regular expression per word, of the same meaning, for looking through rows one by one: quick for what is
   * frequent. Making a tsvector of each text takes ten times as long.
   */
  patterns: string[];
  /** One pattern of "like" per word, which a text of plain letters meets whenever it meets the regular expression. */
  plainPatterns: string[];
  /** What each word begins with, plain as the indexes have it: its longest part. */
  beginnings: string[];
  /** The only word, when it is a number and may be a PSID. */
  number: string | null;
}

/**
 * Reads a search as people type it: each word matches where a word begins, without regard to case and accents.
 * Null when nothing is asked for; "nothing" when what is asked for has no letter and no digit, which no index knows.
 * More than eight words narrow nothing that eight did not.
 */
export function readSearch(text: string | undefined): WordSearch | "nothing" | null {
  const typed = (text ?? "").normalize("NFC").toLowerCase().trim();
  if (typed === "") return null;
  // "red/blue" is two words that must stand side by side.
  const words = typed.split(/\s+/u).map((word) => word.split(/[^\p{L}\p{N}\p{M}]+/u).filter(Boolean));
  const known = words.filter((parts) => parts.length > 0).slice(0, mostWords);
  const [first = []] = known;
  if (first.length === 0) return "nothing";
  return {
    // Nothing but letters and digits is left, so that nothing needs to be quoted.
    queries: known.map((parts) => `'${parts.join(" ")}':*`),
    patterns: known.map(
      (parts) =>
        `(?<![[:alnum:]])${parts.map((part) => [...part].map(likeLetters).join("")).join("[[:alnum:]]*[^[:alnum:]]+")}`,
    ),
    plainPatterns: known.map((parts) => `%${parts.map(plainWord).join("%")}%`),
    beginnings: known.map((parts) => plainWord(longest(parts))),
    number: known.length === 1 && /^\d{5,}$/.test(typed) ? typed : null,
  };
}

function longest(parts: readonly string[]): string {
  return parts.reduce((most, part) => (part.length > most.length ? part : most), "");
}

// Both conditions hide the words from the planner: with them in sight it would plan each search anew, which takes
// longer than most searches.

/** The index on words finds `column` by all of these queries. */
export function hasWords(sql: Sql, column: string, queries: readonly string[]): Fragment {
  return sql`messaging.words_of(${sql.unsafe(column)})
    @@ (select to_tsquery('messaging.words', ${queries.join(" & ")}))`;
}

/**
 * The same, by reading the text of `column` itself. Most texts of plain letters, with no byte more than letters, are
 * ruled out by "like", which takes half the time of a regular expression.
 */
export function readsWords(sql: Sql, column: string, { patterns, plainPatterns }: WordSearch): Fragment {
  const text = sql.unsafe(column);
  return sql`coalesce(
    case when octet_length(${text}) = char_length(${text}) then lower(${text} collate "C") like all (${plainPatterns}::text[])
      else true end and ${text} ~* all (${patterns}::text[]), false)`;
}

/** `and …` for the words that are not among `asked`, which the index was asked for. */
export function othersRead(sql: Sql, column: string, words: WordSearch, asked: readonly string[]): Fragment {
  return asked.length < words.queries.length ? sql`and ${readsWords(sql, column, words)}` : sql``;
}

// What "unaccent" in Postgres does with letters, for one letter at a time.
const unmarked: Readonly<Record<string, string>> = { đ: "d", ð: "d", ħ: "h", ı: "i", ł: "l", ø: "o", ŧ: "t" };

function plainWord(word: string): string {
  return [...word].map(plainLetter).join("");
}

function plainLetter(letter: string): string {
  return unmarked[letter] ?? letter.normalize("NFD").replace(/\p{M}/gu, "");
}

/** For each plain letter a class of all that become it: "[aáàâ…]". */
const likes = new Map<string, string>();
for (const [from, to] of [
  [0xc0, 0x24f],
  [0x370, 0x3ff],
  [0x1e00, 0x1fff],
] as const) {
  for (let code = from; code <= to; code += 1) {
    const letter = String.fromCodePoint(code);
    const plain = plainLetter(letter);
    if (letter !== letter.toLowerCase() || plain === letter || !/^\p{L}$/u.test(plain)) continue;
    likes.set(plain, `${likes.get(plain)?.slice(0, -1) ?? `[${plain}`}${letter}]`);
  }
}

function likeLetters(letter: string): string {
  return likes.get(plainLetter(letter)) ?? letter;
}
