import { plural } from "../ui/format.ts";
import type { Content } from "../api/templates.ts";

/** One line that tells a message from others in a list. */
export function contentSummary(content: Content): string {
  if (content.text !== undefined) return content.text;
  if (content.cards !== undefined) {
    return `${plural(content.cards.length, "card")}: ${content.cards.map((card) => card.title).join(", ")}`;
  }
  if (content.utility !== undefined) return `Utility template ${content.utility.name}`;
  return content.mediaFileId === undefined ? "Nothing yet" : "A file of the library";
}
