import type { Fragment, Sql } from "postgres";
import { mostByIndex, type WordCount } from "./word_sample.ts";
import { hasPairs, hasWords, othersRead, readsWords, type WordSearch } from "./words.ts";

/** So many texts the index may collect to find the few that have all of several words: some milliseconds. */
const mostCollected = 50_000;

/** So many people may have both words of a pair that the index is asked for: each is read, with the conversation. */
const mostOfPair = 5_000;

type Words = Pick<WordSearch, "queries" | "beginnings" | "pairs">;

/** Which index is asked for a name, or that the names of the list are read. */
export type NamesWay = { by: "pairs" } | { by: "words"; queries: string[] } | { by: "reading" };

/**
 * Two words of a name are asked of the index on pairs, unless many people have both; one, or the rare ones of several,
 * of the index on words. Very short words have no pairs: a first and a last name may be frequent each, but few people
 * have both, and reading would take a hundred pages.
 */
export function namesWay({ queries, beginnings, pairs }: Words, names: WordCount): NamesWay {
  if (pairs.some((pair) => names(pair) <= mostOfPair)) return { by: "pairs" };
  const rare = queries.filter((_, n) => names(beginnings[n] ?? "") <= mostByIndex);
  if (rare.length > 0) return { by: "words", queries: rare };
  return queries.length > 1 && pairs.length === 0 ? { by: "words", queries } : { by: "reading" };
}

/** The name in `column` has all the words, found this way. */
export function hasName(
  sql: Sql,
  column: string,
  { words, way }: { words: WordSearch; way: NamesWay },
): Fragment {
  switch (way.by) {
    case "pairs":
      return hasPairs(sql, column, words);
    case "words":
      return sql`${hasWords(sql, column, way.queries)} ${othersRead(sql, column, words, way.queries)}`;
    case "reading":
      return readsWords(sql, column, words);
  }
}

/**
 * The words for the index on messages, while the others are checked in its results; none when the list is
 * looked through: only words that are not too frequent together are asked for.
 */
export function messagesByIndex({ queries, beginnings }: Words, messages: WordCount): string[] {
  const said = queries
    .map((query, n) => ({ query, texts: messages(beginnings[n] ?? "") }))
    .toSorted((a, b) => a.texts - b.texts);
  const rare = said.filter(({ texts }) => texts <= mostByIndex);
  const [first, second] = said;
  // People's names are words of messages, too: two that are no more frequent than this are found wherever they are.
  const isPairRare = first && second && first.texts + second.texts <= mostCollected;
  const asked = rare.length === 0 && isPairRare ? [first, second] : rare;
  return asked.map(({ query }) => query);
}
