import { type SQL, type SQLWrapper, sql } from "drizzle-orm";

const mostWords = 8;

/** The words of a search as people type it, each once. More than eight narrow nothing that eight did not. */
export function searchWords(text: string | undefined): string[] {
  const words = (text ?? "").replaceAll("\u0000", " ").trim().split(/\s+/u).filter(Boolean);
  return [...new Set(words.map((word) => word.toLowerCase()))].slice(0, mostWords);
}

const literal = (word: string) => word.replace(/[\\%_]/g, "\\$&");

/**
 * Every word occurs in `column`. Three letters and more match anywhere and are found by the trigram index; one or
 * two letters match where a word begins, which is what a trigram index can still look up.
 */
export function hasWords(column: SQLWrapper, words: readonly string[]): SQL {
  const conditions = words.map((word) => {
    const part = literal(word);
    return [...word].length >= 3
      ? sql`${column} ilike ${`%${part}%`}`
      : sql`(${column} ilike ${`${part}%`} or ${column} ilike ${`% ${part}%`})`;
  });
  return sql.join(conditions, sql` and `);
}
