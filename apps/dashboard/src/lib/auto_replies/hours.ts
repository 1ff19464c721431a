import type { BusinessHours } from "../api/auto_replies.ts";

export const DAYS = [
  { key: "mon", name: "Monday" },
  { key: "tue", name: "Tuesday" },
  { key: "wed", name: "Wednesday" },
  { key: "thu", name: "Thursday" },
  { key: "fri", name: "Friday" },
  { key: "sat", name: "Saturday" },
  { key: "sun", name: "Sunday" },
] as const;

export type Day = (typeof DAYS)[number]["key"];

/** Minutes of the day as a time field has them; the end of the day is 00:00 there. */
export function clockOf(minutes: number): string {
  const hour = Math.floor(minutes / 60) % 24;
  return `${String(hour).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** The other way round; null for what is no time. As an end, 00:00 is the end of the day. */
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

/** What keeps them from being saved; null: nothing. */
export function hoursProblem(hours: BusinessHours): string | null {
  const wrong = DAYS.find(({ key }) => hours[key].some(([from, until]) => from >= until));
  if (wrong) return `${wrong.name} ends before it begins: split what goes over midnight at 00:00`;
  const none = DAYS.every(({ key }) => hours[key].length === 0);
  return none ? "Open at least once a week, or switch the hours off" : null;
}
