import { formatLocale } from "./language.ts";

/** A calendar day, as `2026-12-24`, and whether it is of the month that is shown. */
export interface GridDay {
  key: string;
  day: number;
  isInMonth: boolean;
}

/** The first day of the week, from 0 for Sunday. Browsers without week data get Saturday in Arabic, else Monday. */
export function firstWeekday(locale: string = formatLocale): number {
  const known: Intl.Locale & { getWeekInfo?: () => { firstDay: number } } = new Intl.Locale(locale);
  return (known.getWeekInfo?.().firstDay ?? (known.language === "ar" ? 6 : 1)) % 7;
}

/** Six weeks that show the month of a day: always as many, so that the grid does not jump. */
export function monthGrid(key: string, first: number): GridDay[][] {
  const month = key.slice(0, 7);
  const begin = `${month}-01`;
  const before = (weekdayOf(begin) - first + 7) % 7;
  return Array.from({ length: 6 }, (_, week) =>
    Array.from({ length: 7 }, (_, weekday) => {
      const at = addDays(begin, week * 7 + weekday - before);
      return { key: at, day: Number(at.slice(8)), isInMonth: at.startsWith(month) };
    }),
  );
}

export function addDays(key: string, days: number): string {
  const at = dateOf(key);
  at.setUTCDate(at.getUTCDate() + days);
  return keyOf(at);
}

/** The same day of another month, or that month's last. */
export function addMonths(key: string, months: number): string {
  const at = dateOf(key);
  const day = at.getUTCDate();
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + months);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  at.setUTCDate(Math.min(day, last));
  return keyOf(at);
}

export function weekdayOf(key: string): number {
  return dateOf(key).getUTCDay();
}

/** The reader's own day. */
export function today(): string {
  const now = new Date();
  return keyOf(new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())));
}

/** A day as a moment, to be written with `timeZone: "UTC"`. */
export function dateOf(key: string): Date {
  return new Date(`${key}T00:00:00Z`);
}

export function keyOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
