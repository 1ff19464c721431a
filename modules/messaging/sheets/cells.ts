/** The value of an exported cell: a time, a date ("2026-11-24"), or text. */
export type Cell = string | number | Date | { day: string } | null;

// Also as wide characters, which spreadsheets of East Asian languages read alike.
const dangerous = /^[=+\-@\t\r\n＝＋－＠]/;

/** An apostrophe turns a formula into text. */
export function harmless(text: string): string {
  return dangerous.test(text) ? `'${text}` : text;
}

/** The text that `harmless` was given: a file that we exported, or refused lines of one, is read again. */
export function unmarked(text: string): string {
  return text.startsWith("'") && dangerous.test(text.slice(1)) ? text.slice(1) : text;
}
