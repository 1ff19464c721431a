import type { Fragment, Sql, TransactionSql } from "postgres";

const spaced = String.raw`a-z0-9\u00c0-\u024f\u0370-\u052f`;
const isSpaced = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]/u;

/**
 * The regular expression of Postgres, without regard to case, that finds a word or phrase in a text: as a whole, so
 * that "hi" is not found in "this", but anywhere where a script sets no spaces between words.
 */
export function wordPattern(word: string): string {
  const letters = [...word.trim()];
  const before = isSpaced.test(letters[0] ?? "") ? `(?<![${spaced}])` : "";
  const after = isSpaced.test(letters.at(-1) ?? "") ? `(?![${spaced}])` : "";
  return `${before}${letters.join("").replaceAll(/[\\^$.*+?()[\]{}|-]/g, String.raw`\$&`)}${after}`;
}

const around = " \t\n.!?";

/** A text, and words, as whole messages are compared: without regard to case, and to the signs that people put around. */
export const bareText = (sql: Sql | TransactionSql, text: Fragment): Fragment =>
  sql`lower(btrim(${text}, ${around}::text))`;
