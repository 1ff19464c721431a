import { m } from "#lib/paraglide/messages.js";
import { fullDateTime } from "../ui/format.ts";
import type { Results } from "../api/campaigns.ts";

/** Why a campaign that runs does not go on, or not on all pages; null: it does. */
export function waitsWords(waits: Results["waits"]): string | null {
  if (waits === null) return null;
  const time = waits.until === null ? null : fullDateTime(waits.until);
  switch (waits.why) {
    case "page":
      return pageWords(waits, time);
    case "workspace":
      return m.campaigns_waits_workspace();
    case "time":
      return time === null ? m.campaigns_waits_time() : m.campaigns_waits_time_until({ time });
    case "winner":
      return m.campaigns_waits_winner();
  }
}

function pageWords(
  { pages, of, reason: given }: Pick<NonNullable<Results["waits"]>, "pages" | "of" | "reason">,
  time: string | null,
): string {
  const reason = given ?? "";
  if (of === 1)
    return time === null
      ? m.campaigns_waits_page({ reason })
      : m.campaigns_waits_page_until({ reason, time });
  return time === null
    ? m.campaigns_waits_pages({ pages, of, reason })
    : m.campaigns_waits_pages_until({ pages, of, reason, time });
}
