import { m } from "#lib/paraglide/messages.js";
import type { BusinessHours } from "../api/auto_replies.ts";
import { upperFirst } from "../ui/format.ts";
import { formatLocale } from "../ui/language.ts";

const weekday = new Intl.DateTimeFormat(formatLocale, { weekday: "long", timeZone: "UTC" });

// Monday first; 5 January 1970 was one.
export const DAYS = (["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const).map((key, index) => ({
  key,
  name: upperFirst(weekday.format((4 + index) * 86_400_000)),
}));

export type Day = (typeof DAYS)[number]["key"];

/** Minutes of the day as a time field has them; the end of the day is 00:00 there. */
export function clockOf(minutes: number): string {
  const hour = Math.floor(minutes / 60) % 24;
  return `${String(hour).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** The reverse; null if it is no time. As an end, 00:00 is the end of the day. */
export function minutesOf(clock: string, { isEnd }: { isEnd: boolean }): number | null {
  const found = /^(\d{2}):(\d{2})/.exec(clock);
  if (!found) return null;
  const minutes = Number(found[1]) * 60 + Number(found[2]);
  return isEnd && minutes === 0 ? 1440 : minutes;
}

/** Monday to Friday, nine to five, until others are chosen. */
export function usualHours(timezone: string): BusinessHours {
  const open: BusinessHours["mon"] = [[540, 1020]];
  return { timezone, mon: open, tue: open, wed: open, thu: open, fri: open, sat: [], sun: [] };
}

/** The problem that prevents saving; null: none. */
export function hoursProblem(hours: BusinessHours): string | null {
  const wrong = DAYS.find(({ key }) => hours[key].some(([from, until]) => from >= until));
  if (wrong) return m.auto_replies_hours_reversed({ day: wrong.name });
  const none = DAYS.every(({ key }) => hours[key].length === 0);
  return none ? m.auto_replies_no_hours() : null;
}
