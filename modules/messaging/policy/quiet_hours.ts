import { offsetAt, readZone } from "#std";

const minuteMs = 60_000;
const dayMinutes = 24 * 60;

export interface QuietHours {
  /** Minutes of the day; from > until goes over midnight. */
  from: number;
  until: number;
}

/** The end of the quiet hours at `now`, in milliseconds since 1970; null outside of quiet hours. */
export function quietUntil(hours: QuietHours, zone: string, now: number): number | null {
  const minute = minuteOfDay(zone, now);
  if (!isQuiet(hours, minute)) return null;
  const minutes = (hours.until - minute + dayMinutes) % dayMinutes;
  const at = Math.floor(now / minuteMs) * minuteMs + minutes * minuteMs;
  // The clocks may be set in this very night; an end that they skip is where they go on.
  const shown = minuteOfDay(zone, at);
  const late = ((hours.until - shown + 1.5 * dayMinutes) % dayMinutes) - dayMinutes / 2;
  const meant = at + late * minuteMs;
  return shown === hours.until || isQuiet(hours, minuteOfDay(zone, meant)) ? at : meant;
}

function isQuiet({ from, until }: QuietHours, minute: number): boolean {
  return from <= until ? minute >= from && minute < until : minute >= from || minute < until;
}

/** An unknown zone counts as UTC. */
function minuteOfDay(zone: string, at: number): number {
  const minutes = Math.floor((at + offsetAt(readZone(zone) ?? "UTC", at)) / minuteMs);
  return ((minutes % dayMinutes) + dayMinutes) % dayMinutes;
}
