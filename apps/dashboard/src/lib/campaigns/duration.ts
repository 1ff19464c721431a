import { plural } from "../format.ts";

/** Campaigns never get the fifth of a page's rate that is kept for replies. */
const CAMPAIGN_SHARE = 0.8;

/** How many messages a second these pages can send for a campaign, and the campaign's own speed below that. */
export function ratePerSecond(pageRates: readonly number[], speed: number | null): number {
  const most = pageRates.reduce((sum, rate) => sum + rate * CAMPAIGN_SHARE, 0);
  return speed === null ? most : Math.min(speed, most);
}

/** under a second, 12 seconds, 4 minutes, 2 h 10 min, 3 days */
export function durationWords(seconds: number): string {
  if (seconds < 1) return "under a second";
  if (seconds < 90) return plural(Math.ceil(seconds), "second");
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return plural(minutes, "minute");
  if (minutes >= 48 * 60) return plural(Math.round(minutes / (24 * 60)), "day");
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
