import { m } from "#lib/paraglide/messages.js";
const WORDS = new Map([
  ["organic", m.ui_source_organic()],
  ["ad", m.ui_source_ad()],
  ["link", m.ui_source_link()],
  ["comment", m.ui_source_comment()],
  ["import", m.ui_source_import()],
  ["manual", m.ui_source_manual()],
]);

export const sources: readonly string[] = [...WORDS.keys()];

/** How a person came to the page, in words. */
export function sourceWords(source: string): string {
  return WORDS.get(source) ?? source;
}
