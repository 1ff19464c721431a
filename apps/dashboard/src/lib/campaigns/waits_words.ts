import { fullDateTime } from "../ui/format.ts";
import type { Results } from "../api/campaigns.ts";

/** Why a campaign that runs does not go on, or not on all pages; null: it does. */
export function waitsWords(waits: Results["waits"]): string | null {
  if (waits === null) return null;
  const until = waits.until === null ? "" : `, until ${fullDateTime(waits.until)}`;
  switch (waits.why) {
    case "page": {
      const where = waits.of === 1 ? "" : ` on ${waits.pages} of ${waits.of} pages`;
      return `Waiting${where}: ${waits.reason}${until}`;
    }
    case "workspace":
      return "Waiting: this workspace is switched off";
    case "time":
      return `Waiting: the next person's time has not come${until}`;
    case "winner":
      return "Waiting: the rest gets the winner, which is not known yet";
  }
}
