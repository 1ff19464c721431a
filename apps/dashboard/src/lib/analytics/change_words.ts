import { formatLocale } from "#lib/ui/language.ts";
export interface Change {
  direction: "up" | "down" | "same";
  /** "12 % more", "as before" */
  words: string;
}

const whole = new Intl.NumberFormat(formatLocale, { maximumFractionDigits: 0 });

/** How a number moved against the days before; null: there was nothing to compare with. */
export function changeOf(now: number, before: number, { more = "more", less = "less" } = {}): Change | null {
  if (before === 0) return null;
  const percent = Math.round((100 * (now - before)) / before);
  if (percent === 0) return { direction: "same", words: "as before" };
  // A multiple is easier to see than 900 percent.
  if (percent >= 300) return { direction: "up", words: `${whole.format(now / before)} times as many` };
  return percent > 0
    ? { direction: "up", words: `${percent} % ${more}` }
    : { direction: "down", words: `${-percent} % ${less}` };
}

/** 42 s, 4 min, 2 h 10 min, 3 days; as short as a tile wants it. */
export function waitWords(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes >= 48 * 60) return `${Math.round(minutes / (24 * 60))} days`;
  const rest = minutes >= 10 * 60 ? 0 : minutes % 60;
  return rest === 0 ? `${Math.round(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** 42 %, of nothing a dash. */
export function shareWords(part: number, whole: number): string {
  return whole === 0 ? "–" : `${Math.round((100 * part) / whole)} %`;
}
