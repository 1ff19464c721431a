import { m } from "#lib/paraglide/messages.js";
import { wholeNumber } from "../ui/format.ts";
import type { Content } from "../api/templates.ts";

/** One line that tells a message from others in a list. */
export function contentSummary(content: Content): string {
  if (content.text !== undefined) return content.text;
  if (content.cards !== undefined) {
    return m.templates_summary_cards({
      count: content.cards.length,
      shown: wholeNumber(content.cards.length),
      titles: content.cards.map((card) => card.title).join(", "),
    });
  }
  if (content.utility !== undefined) return m.templates_summary_utility({ name: content.utility.name });
  return content.mediaFileId === undefined ? m.templates_summary_empty() : m.templates_summary_file();
}
