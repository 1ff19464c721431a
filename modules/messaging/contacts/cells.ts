/** What a cell of an exported table holds: a time, a day without a time ("2026-11-24"), or what it says. */
export type Cell = string | number | Date | { day: string } | null;

const dangerous = /^[=+\-@\t\r]/;

/** What a spreadsheet would take for a formula is made text by an apostrophe before it. */
export function harmless(text: string): string {
  return dangerous.test(text) ? `'${text}` : text;
}
