/** What a cell of an exported table holds: a time, a day without a time ("2026-11-24"), or what it says. */
export type Cell = string | number | Date | { day: string } | null;

// Also as wide characters, which spreadsheets of East Asian languages read alike.
const dangerous = /^[=+\-@\t\r\n＝＋－＠]/;

/** What a spreadsheet would take for a formula is made text by an apostrophe before it. */
export function harmless(text: string): string {
  return dangerous.test(text) ? `'${text}` : text;
}

/** The text that `harmless` was given: a file that we exported, or refused lines of one, is read again. */
export function unmarked(text: string): string {
  return text.startsWith("'") && dangerous.test(text.slice(1)) ? text.slice(1) : text;
}
