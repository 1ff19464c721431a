import type { Sql } from "postgres";

/** About so many texts make a sample. */
const sampled = 2_000;
const freshMs = 10 * 60_000;

/** Above this number the index does not help: all must be read to know the newest. */
export const mostByIndex = 2_000;

/** Tables with an index on words; names also have one on pairs, such as "+cor+hug", which are no words. */
const texts = {
  messages: {
    table: "messaging.messages",
    column: "text",
    words: "tsvector_to_array(messaging.words_of(text))",
  },
  names: {
    table: "messaging.contacts",
    column: "name",
    words: "tsvector_to_array(messaging.words_of(text)) || messaging.name_pairs(text)",
  },
} as const;
type Texts = keyof typeof texts;

/** About how many texts have a word that begins like this. */
export type WordCount = (beginning: string) => number;

interface Sample {
  askedAt: number;
  count: Promise<WordCount>;
}

const samples = new WeakMap<Sql, Map<Texts, Sample>>();

/**
 * How frequent words are, over all workspaces as in the index. Counted in a sample, which is read anew after ten
 * minutes: it decides the way of a search, and never its results.
 */
export async function wordCount(sql: Sql, of: Texts): Promise<WordCount> {
  const own = samples.get(sql) ?? new Map<Texts, Sample>();
  samples.set(sql, own);
  const known = own.get(of);
  if (known && performance.now() - known.askedAt < freshMs) return await known.count;
  const count = readSample(sql, of);
  own.set(of, { askedAt: performance.now(), count });
  // The next search tries again.
  count.catch(() => own.delete(of));
  return await count;
}

async function readSample(sql: Sql, of: Texts): Promise<WordCount> {
  const { table, column, words } = texts[of];
  // A table that was never analysed counts as -1: its first rows are the sample then.
  const [size] = await sql<{ rows: number }[]>`
    select greatest(reltuples, 0)::float8 as rows from pg_class where oid = ${table}::regclass`;
  const rows = size?.rows ?? 0;
  const percent = Math.min(100, (100 * sampled) / Math.max(rows, 1));
  const found = await sql<{ word: string | null; texts: number; read: number }[]>`
    with said as materialized (
      select ${sql.unsafe(column)} as text from ${sql.unsafe(table)} tablesample system (${percent}::float8)
      limit ${sql.unsafe(String(2 * sampled))})
    select word, count(*)::int4 as texts, (select count(*)::int4 from said) as read
    from said left join lateral unnest(${sql.unsafe(words)}) as word on true
    group by word`;
  return counter(found, { read: found[0]?.read ?? 0, rows });
}

/** Counts by the sorted words: those with one beginning stand side by side. */
function counter(
  found: readonly { word: string | null; texts: number }[],
  { read, rows }: { read: number; rows: number },
): WordCount {
  const words = found.flatMap(({ word, texts }) => (word === null ? [] : [{ word, texts }]));
  words.sort((a, b) => (a.word < b.word ? -1 : 1));
  const each = Math.max(rows, read) / Math.max(read, 1);
  return (beginning) => {
    let [from, to] = [0, words.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((words[middle]?.word ?? "") < beginning) from = middle + 1;
      else to = middle;
    }
    let counted = 0;
    for (let n = from; words[n]?.word.startsWith(beginning) === true; n += 1) counted += words[n]?.texts ?? 0;
    return counted * each;
  };
}
