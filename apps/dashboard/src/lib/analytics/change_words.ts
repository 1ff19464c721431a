import { m } from "#lib/paraglide/messages.js";
import { formatLocale } from "#lib/ui/language.ts";
import { wholeNumber } from "../ui/format.ts";

export interface Change {
  direction: "up" | "down" | "same";
  /** "12% more", "no change" */
  words: string;
}

const shares = new Intl.NumberFormat(formatLocale, { style: "percent" });

interface ChangeOptions {
  /** The numbers are times: they get longer, not more. */
  isTime?: boolean;
}

/** How a number moved against the days before; null: there was nothing to compare with. */
export function changeOf(now: number, before: number, { isTime = false }: ChangeOptions = {}): Change | null {
  if (before === 0) return null;
  const percent = Math.round((100 * (now - before)) / before);
  if (percent === 0) return { direction: "same", words: m.analytics_same() };
  // A multiple is easier to see than 900 percent.
  if (percent >= 300)
    return { direction: "up", words: m.analytics_times({ times: wholeNumber(Math.round(now / before)) }) };
  const change = { percent: shares.format(Math.abs(percent) / 100) };
  return percent > 0
    ? { direction: "up", words: isTime ? m.analytics_longer(change) : m.analytics_more(change) }
    : { direction: "down", words: isTime ? m.analytics_shorter(change) : m.analytics_less(change) };
}

/** 42 s, 4 min, 2 h 10 min, 3 days; as short as a tile wants it. */
export function waitWords(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 60) return m.analytics_seconds({ seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return m.ui_minutes({ minutes });
  if (minutes >= 48 * 60) {
    const days = Math.round(minutes / (24 * 60));
    return m.analytics_days({ count: days, shown: wholeNumber(days) });
  }
  const rest = minutes >= 10 * 60 ? 0 : minutes % 60;
  return rest === 0
    ? m.ui_hours({ hours: Math.round(minutes / 60) })
    : m.ui_hours_minutes({ hours: Math.floor(minutes / 60), minutes: rest });
}

/** 42%, of nothing a dash. */
export function shareWords(part: number, whole: number): string {
  return whole === 0 ? "–" : shares.format(part / whole);
}
