import { formatLocale } from "./language.ts";

/** 9, 09:30, 9.30 pm, 2130 */
const TYPED = /^(\d{1,2})(?:\D?(\d{2}))?(?:\D{0,3}?([ap])\.?m?\.?)?$/;

/** A time of day (`21:30`) as a field shows it: 21:30 or 9:30 PM. */
export function timeText(time: string, locale: string = formatLocale): string {
  const written = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", timeZone: "UTC" });
  return written.format(new Date(`1970-01-01T${time}:00Z`));
}

/** Possible times of a typed text, the likeliest first; none if it is no time. */
export function typedTimes(text: string, locale: string = formatLocale): string[] {
  const typed = text.trim().toLowerCase();
  const exact = exactTime(typed, locale);
  if (exact !== null) return [exact];
  const [, hourText, minuteText = "00", half] = (typed.length < 12 ? TYPED.exec(typed) : null) ?? [];
  const hour = Number(hourText);
  const minute = Number(minuteText);
  if (hourText === undefined || hour > 23 || minute > 59) return [];
  const write = (hours: number): string => `${String(hours).padStart(2, "0")}:${minuteText}`;
  const morning = write(hour % 12);
  const evening = write((hour % 12) + 12);
  if (half !== undefined) return hour > 12 ? [] : [half === "a" ? morning : evening];
  const isTwelve = new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions().hour12 === true;
  if (!isTwelve || hour === 0 || hour > 12 || hourText.startsWith("0")) return [write(hour)];
  // Without a half of the day, the hours from 7 are likelier to be of the morning.
  return hour >= 7 && hour < 12 ? [morning, evening] : [evening, morning];
}

/** Parses the text of a field in each language, with its words for a.m. */
function exactTime(typed: string, locale: string): string | null {
  const digits = typed.match(/\d+/g) ?? [];
  const [hour, minute] = digits.map(Number);
  if (hour === undefined || minute === undefined || digits.length !== 2 || minute > 59) return null;
  for (const hours of [hour, hour % 12, (hour % 12) + 12]) {
    if (hours > 23) continue;
    const time = `${String(hours).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
    if (plain(timeText(time, locale)) === plain(typed)) return time;
  }
  return null;
}

const plain = (text: string): string => text.toLowerCase().replace(/\s/g, " ");
