import { addDays, dateOf, keyOf } from "./calendar_days.ts";
import { formatLocale } from "./language.ts";

const LONGEST = 40;
const utc = { timeZone: "UTC" } as const;

/** A day as a field shows it, with its month as a word, so that nobody mixes up day and month: 24 Dec 2026. */
export function dateText(key: string, locale: string = formatLocale): string {
  const written = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    ...utc,
  });
  return written.format(dateOf(key));
}

/** Reads a day as people type it: 24/12, 24 dec 2026, tomorrow, 2026-12-24. Null where it is none. */
export function typedDate(
  text: string,
  { today, locale = formatLocale }: { today: string; locale?: string },
): string | null {
  if (text.length > LONGEST) return null;
  const typed = text.trim().toLocaleLowerCase(locale);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const days of [-1, 0, 1])
    if (typed === relative.format(days, "day").toLocaleLowerCase(locale)) return addDays(today, days);
  const numbers = (typed.match(/\d+/g) ?? []).map(Number);
  const month = monthNamed(typed.match(/[\p{L}\p{M}]+/gu) ?? [], locale);
  if (/^\d{4}\D/.test(typed)) return dayOf(numbers[0], numbers[1], numbers[2]);
  const thisYear = Number(today.slice(0, 4));
  if (month !== null) return dayOf(fullYear(numbers[1] ?? thisYear), month, numbers[0]);
  const [a, b, year = thisYear] = numbers;
  return isMonthFirst(locale) ? dayOf(fullYear(year), a, b) : dayOf(fullYear(year), b, a);
}

function dayOf(year: number | undefined, month: number | undefined, day: number | undefined): string | null {
  if (year === undefined || month === undefined || day === undefined || year < 1000 || year > 9999)
    return null;
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? keyOf(at) : null;
}

function fullYear(year: number): number {
  return year < 100 ? 2000 + year : year;
}

function isMonthFirst(locale: string): boolean {
  const parts = new Intl.DateTimeFormat(locale, { day: "numeric", month: "numeric", ...utc }).formatToParts(
    0,
  );
  return parts.findIndex(({ type }) => type === "month") < parts.findIndex(({ type }) => type === "day");
}

/** The month, from 1, that one of these words begins; none where two months begin with it. */
function monthNamed(words: readonly string[], locale: string): number | null {
  const names = Array.from({ length: 12 }, (_, month) => {
    const of = (style: "long" | "short"): string =>
      new Intl.DateTimeFormat(locale, { day: "numeric", month: style, ...utc })
        .formatToParts(Date.UTC(2026, month, 1))
        .filter(({ type }) => type === "month")
        .map(({ value }) => value.toLocaleLowerCase(locale))
        .join("");
    return [of("long"), of("short")];
  });
  for (const word of words.filter(({ length }) => length > 2)) {
    const fitting = names.flatMap((spellings, at) =>
      spellings.some((one) => one.startsWith(word)) ? at : [],
    );
    const [only] = fitting;
    if (fitting.length === 1 && only !== undefined) return only + 1;
  }
  return null;
}
