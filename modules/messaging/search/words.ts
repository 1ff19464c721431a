import type { Fragment, Sql } from "postgres";

const mostWords = 8;

/** A search text in the two forms of the indexes. */
export interface WordSearch {
  /** One tsquery of the configuration messaging.words per word, for the indexes on words: fast for rare words. */
  queries: string[];
  /**
   * One regular expression per word, with the same meaning, for reading rows one by one: fast for words that are
   * frequent. Making a tsvector of each text takes ten times as long.
   */
  patterns: string[];
  /** One pattern of "like" per word, which a text of plain letters meets whenever it meets the regular expression. */
  plainPatterns: string[];
  /** One of "like" per word, of which a text of plain letters, behind a space, meets all only if it has the words. */
  spacedPatterns: string[];
  /** The beginning of each word as the indexes have it, without accents: its longest part. */
  beginnings: string[];
  /** All words in one text. */
  text: string;
  /** Each two words by how they begin, as the index on pairs has them, to tell how frequent they are. */
  pairs: string[];
  /** The only word, when it is a number and may be a PSID. */
  number: string | null;
}

/**
 * Reads a search as people type it: each word matches where a word begins, without regard to case and accents.
 * Null without a query; "nothing" for a query without letters and digits, which no index knows.
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
  const beginnings = known.map((parts) => plainWord(longest(parts)));
  return {
    // Nothing but letters and digits is left, so that nothing needs to be quoted.
    queries: known.map((parts) => `'${parts.join(" ")}':*`),
    patterns: known.map(
      (parts) =>
        `(?<![[:alnum:]])${parts.map((part) => [...part].map(likeLetters).join("")).join("[[:alnum:]]*[^[:alnum:]]+")}`,
    ),
    plainPatterns: known.map((parts) => `%${parts.map(plainWord).join("%")}%`),
    spacedPatterns: known.map((parts) => `% ${parts.map(plainWord).join(" ")}%`),
    beginnings,
    text: known.flat().join(" "),
    pairs: pairsOf(beginnings),
    number: known.length === 1 && /^\d{5,}$/.test(typed) ? typed : null,
  };
}

function longest(parts: readonly string[]): string {
  return parts.reduce((most, part) => (part.length > most.length ? part : most), "");
}

function pairsOf(beginnings: readonly string[]): string[] {
  const short = new Set(
    beginnings.filter((word) => [...word].length >= 3).map((word) => [...word].slice(0, 3).join("")),
  );
  const sorted = [...short].toSorted();
  return sorted.flatMap((first, n) => sorted.slice(n + 1).map((second) => `+${first}+${second}`));
}

// All conditions hide the words from the planner: with them in sight it would plan each search anew, which takes
// longer than most searches.

/** The index on words finds `column` by all of these queries. */
export function hasWords(sql: Sql, column: string, queries: readonly string[]): Fragment {
  return sql`messaging.words_of(${sql.unsafe(column)})
    @@ (select to_tsquery('messaging.words', ${queries.join(" & ")}))`;
}

/**
 * The same for names, of which the index on pairs finds few to look at. "ß" is two letters to the index and none to a
 * regular expression: names and words of other than plain letters are compared as the index does it.
 */
export function hasPairs(sql: Sql, column: string, words: WordSearch): Fragment {
  const name = sql.unsafe(column);
  const isPlain = words.plainPatterns.every((pattern) => /^[\x20-\x7e]*$/.test(pattern));
  const had = hasWords(sql, column, words.queries);
  const compared = isPlain
    ? sql`case when ${isPlainText(sql, column)} then ${readsPlain(sql, column, words)} else ${had} end`
    : // Bare, it would be asked of the index on words.
      sql`coalesce(${had}, false)`;
  return sql`messaging.name_pairs(${name}) @> (select messaging.name_pairs(${words.text})) and ${compared}`;
}

/**
 * The same, by reading the text of `column` itself. Most texts of plain letters are ruled out by "like", which takes
 * half the time of a regular expression; of the others most have the words behind spaces, which "like" can tell too.
 */
export function readsWords(sql: Sql, column: string, words: WordSearch): Fragment {
  return sql`coalesce(case when ${isPlainText(sql, column)} then ${readsPlain(sql, column, words)}
    else ${sql.unsafe(column)} ~* all (${words.patterns}::text[]) end, false)`;
}

/** No letter takes more than a byte. */
function isPlainText(sql: Sql, column: string): Fragment {
  return sql.unsafe(`octet_length(${column}) = char_length(${column})`);
}

function readsPlain(
  sql: Sql,
  column: string,
  { patterns, plainPatterns, spacedPatterns }: WordSearch,
): Fragment {
  const text = sql.unsafe(column);
  return sql`lower(${text} collate "C") like all (${plainPatterns}::text[])
    and (' ' || lower(${text} collate "C") like all (${spacedPatterns}::text[]) or ${text} ~* all (${patterns}::text[]))`;
}

/** `and …` for the words that are not among `asked`, which the index was asked for. */
export function othersRead(sql: Sql, column: string, words: WordSearch, asked: readonly string[]): Fragment {
  return asked.length < words.queries.length ? sql`and ${readsWords(sql, column, words)}` : sql``;
}

// The letters' replacements of "unaccent" in Postgres, one letter at a time.
const unmarked: Readonly<Record<string, string>> = { đ: "d", ð: "d", ħ: "h", ı: "i", ł: "l", ø: "o", ŧ: "t" };

/** A word in lower case without accents, letter by letter. */
export function plainWord(word: string): string {
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
