import { m } from "#lib/paraglide/messages.js";

/** Campaigns never get the fifth of a page's rate that is kept for replies. */
const CAMPAIGN_SHARE = 0.8;

/** How many messages a second these pages can send for a campaign, and the campaign's own speed below that. */
export function ratePerSecond(pageRates: readonly number[], speed: number | null): number {
  const most = pageRates.reduce((sum, rate) => sum + rate * CAMPAIGN_SHARE, 0);
  return speed === null ? most : Math.min(speed, most);
}

/** How the first messages of a campaign to more people than that go out, unless it begins at full speed: the server's `canary`. */
export const SLOW_START = { first: 100, above: 1_000, perSecond: 5 };

interface Pace {
  /** How many get it, and of how many in the audience. */
  count: number;
  planned: number;
  /** How long the pages need. */
  pagesSeconds: number;
  speed: number | null;
  beginsSlowly: boolean;
}

/** Seconds from a campaign's first message to its last. */
export function campaignSeconds({ count, planned, pagesSeconds, speed, beginsSlowly }: Pace): number {
  const { first, above, perSecond } = SLOW_START;
  const seconds = Math.max(pagesSeconds, speed === null ? 0 : count / speed);
  if (!beginsSlowly || planned <= above || count === 0) return seconds;
  const slow = Math.min(first, count);
  const slowSeconds = Math.max((seconds * slow) / count, slow / perSecond);
  return slowSeconds + (seconds * (count - slow)) / count;
}

/** less than a second, 12 seconds, 4 minutes, 2 h 10 min, 3 days */
export function durationWords(seconds: number): string {
  if (seconds < 1) return m.campaigns_duration_instant();
  if (seconds < 90) return m.campaigns_duration_seconds({ count: Math.ceil(seconds) });
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return m.campaigns_duration_minutes({ count: minutes });
  if (minutes >= 48 * 60) return m.campaigns_duration_days({ count: Math.round(minutes / (24 * 60)) });
  const rest = minutes % 60;
  const hours = Math.floor(minutes / 60);
  return rest === 0
    ? m.campaigns_duration_hours({ hours })
    : m.campaigns_duration_hours_minutes({ hours, minutes: rest });
}
