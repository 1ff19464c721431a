import type { WordSearch } from "../search_words.ts";
import { mostByIndex, type WordCount } from "../word_sample.ts";

/** So many texts the index may collect to find the few that have all of several words: some milliseconds. */
const mostCollected = 50_000;

export interface SearchWays {
  /** Names are asked of their index, and else looked through. */
  areNamesRare: boolean;
  /** The words by which messages are asked of their index; without any they are looked through. */
  rare: string[];
}

/** Chooses by how frequent each word is, and by whether few texts can have several of them. */
export function searchWays(
  { queries, beginnings }: Pick<WordSearch, "queries" | "beginnings">,
  { names, messages }: { names: WordCount; messages: WordCount },
): SearchWays {
  const said = queries
    .map((query, n) => ({ query, texts: messages(beginnings[n] ?? "") }))
    .toSorted((a, b) => a.texts - b.texts);
  const rare = said.filter(({ texts }) => texts <= mostByIndex);
  const [first, second] = said;
  // People's names are words of messages, too: two that are no more frequent than this are found wherever they are.
  const isPairRare = first && second && first.texts + second.texts <= mostCollected;
  const asked = rare.length === 0 && isPairRare ? [first, second] : rare;
  return {
    // A first and a last name may be frequent each, but few people have both, and looking would take a hundred pages.
    areNamesRare: queries.length > 1 || names(beginnings[0] ?? "") <= mostByIndex,
    rare: asked.map(({ query }) => query),
  };
}
