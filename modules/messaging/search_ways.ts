import type { WordSearch } from "./search_words.ts";
import { mostByIndex, type WordCount } from "./word_sample.ts";

/** So many texts the index may collect to find the few that have all of several words: some milliseconds. */
const mostCollected = 50_000;

type Words = Pick<WordSearch, "queries" | "beginnings">;

/**
 * The words by which the index on names is asked, while the others are read in what it finds; none when a name has to
 * be looked for. A first and a last name may be frequent each, but few people have both, and looking would take a
 * hundred pages.
 */
export function namesByIndex({ queries, beginnings }: Words, names: WordCount): string[] {
  const rare = queries.filter((_, n) => names(beginnings[n] ?? "") <= mostByIndex);
  return rare.length === 0 && queries.length > 1 ? queries : rare;
}

/** The same for messages, where only words that are not too frequent together are asked for. */
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
