import { m } from "#lib/paraglide/messages.js";
import { formatLocale, isRightToLeft } from "./language.ts";
import { localDay } from "./wall_time.ts";
import { shownZone as timeZone } from "./zone.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const clock = new Intl.DateTimeFormat(formatLocale, { timeStyle: "short", timeZone });
const weekday = new Intl.DateTimeFormat(formatLocale, { weekday: "long", timeZone });
const weekdayShort = new Intl.DateTimeFormat(formatLocale, { weekday: "short", timeZone });
const dayMonth = new Intl.DateTimeFormat(formatLocale, { day: "numeric", month: "short", timeZone });
const date = new Intl.DateTimeFormat(formatLocale, { dateStyle: "medium", timeZone });
const fullDay = new Intl.DateTimeFormat(formatLocale, {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone,
});
const fullTime = new Intl.DateTimeFormat(formatLocale, { dateStyle: "medium", timeStyle: "short", timeZone });
const ago = new Intl.RelativeTimeFormat(formatLocale);
const days = new Intl.NumberFormat(formatLocale, { style: "unit", unit: "day", unitDisplay: "long" });
const whole = new Intl.NumberFormat(formatLocale);
const tenths = new Intl.NumberFormat(formatLocale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** 09:41 */
export function clockTime(iso: string): string {
  return clock.format(new Date(iso));
}

/** The full date and time, for titles and details. */
export function fullDateTime(iso: string): string {
  return fullTime.format(new Date(iso));
}

/** A sentence of the API, whose times are ISO, with each time in the reader's zone. Text that only looks like a time stays. */
export function withLocalTimes(text: string): string {
  return text.replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g, (found) =>
    Number.isNaN(Date.parse(found)) ? found : fullDateTime(found),
  );
}

export function wholeNumber(value: number): string {
  return whole.format(value);
}

/** 3.4 */
export function decimal(value: number): string {
  return tenths.format(value);
}

/** Calendar days between two times in the reader's zone: 0 is the same day, 1 is the day before `now`. */
export function daysBefore(iso: string, now: number): number {
  const today = Date.parse(localDay(new Date(now).toISOString()));
  return Math.round((today - Date.parse(localDay(iso))) / DAY_MS);
}

/** Today, Yesterday, Monday, 3 March 2026 */
export function dayName(iso: string, now: number): string {
  const days = daysBefore(iso, now);
  if (days === 0) return m.ui_today();
  if (days === 1) return m.ui_yesterday();
  if (days > 1 && days < 7) return weekday.format(new Date(iso));
  return fullDay.format(new Date(iso));
}

/** now, 4 min, 09:41, Mon, 3 Mar, 3 Mar 2025: as short as a list row wants it. */
export function shortTime(iso: string, now: number): string {
  const age = now - Date.parse(iso);
  if (age < MINUTE_MS) return m.ui_now();
  if (age < HOUR_MS) return m.ui_minutes({ minutes: Math.floor(age / MINUTE_MS) });
  const days = daysBefore(iso, now);
  if (days <= 0) return clockTime(iso);
  if (days < 7) return weekdayShort.format(new Date(iso));
  const at = new Date(iso);
  const isThisYear = localDay(iso).slice(0, 4) === localDay(new Date(now).toISOString()).slice(0, 4);
  return isThisYear ? dayMonth.format(at) : date.format(at);
}

/** just now, 4 minutes ago, 3 hours ago, then the date. */
export function timeAgo(iso: string, now: number): string {
  const age = now - Date.parse(iso);
  if (age < MINUTE_MS) return m.ui_just_now();
  if (age < HOUR_MS) return ago.format(-Math.floor(age / MINUTE_MS), "minute");
  if (age < DAY_MS) return ago.format(-Math.floor(age / HOUR_MS), "hour");
  if (age < 7 * DAY_MS) return ago.format(-Math.floor(age / DAY_MS), "day");
  return fullDateTime(iso);
}

/** 45 min, 3 h 20 min, 18 h, 2 days: the time that is left. Never negative. */
export function timeLeft(iso: string, now: number): string {
  // Rounded down: the screen's clock may be some seconds behind, and 24 hours must not read as more.
  const minutes = Math.floor(Math.max(0, Date.parse(iso) - now) / MINUTE_MS);
  if (minutes < 60) return m.ui_minutes({ minutes: Math.max(1, minutes) });
  if (minutes > 48 * 60) return days.format(Math.floor(minutes / (24 * 60)));
  // Within so many hours nobody hurries by the minute.
  const rest = minutes >= 6 * 60 ? 0 : minutes % 60;
  const hours = Math.floor(minutes / 60);
  return rest === 0 ? m.ui_hours({ hours }) : m.ui_hours_minutes({ hours, minutes: rest });
}

/** 3.4 MB, 77.1 GB */
export function byteSize(bytes: number): string {
  return isolated(sizeIn(bytes));
}

function sizeIn(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  if (bytes < 1_000_000_000) return `${decimal(bytes / 1_000_000)} MB`;
  return `${decimal(bytes / 1_000_000_000)} GB`;
}

/** Keeps its own direction inside a right-to-left text: "3.4 MB" would read "MB 3.4", and a URL end with its slash first. */
export function isolated(text: string): string {
  return isRightToLeft ? `\u2068${text}\u2069` : text;
}

/** The one or two letters for a picture that is missing. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = words.map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? "");
  return ((letters[0] ?? "?") + (letters.length > 1 ? (letters.at(-1) ?? "") : "")).toUpperCase();
}

export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
