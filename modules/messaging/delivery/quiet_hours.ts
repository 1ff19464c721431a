const minuteMs = 60_000;
const dayMinutes = 24 * 60;

export interface QuietHours {
  /** Minutes of the day; from > until goes over midnight. */
  from: number;
  until: number;
}

/** When the quiet hours end in which `now` falls, in milliseconds since 1970; null when it falls in none. */
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

const formats = new Map<string, Intl.DateTimeFormat | null>();

/** A zone is an IANA name, or hours from UTC as Meta's profile gives them. */
function minuteOfDay(zone: string, at: number): number {
  if (/^[+-]?\d{1,2}(\.\d+)?$/.test(zone)) return wrap(at / minuteMs + Number(zone) * 60);
  const format = formatOf(zone);
  if (!format) return wrap(at / minuteMs);
  const [hour = 0, minute = 0] = format.format(at).split(":").map(Number);
  return hour * 60 + minute;
}

const wrap = (minutes: number) => ((Math.floor(minutes) % dayMinutes) + dayMinutes) % dayMinutes;

function formatOf(zone: string): Intl.DateTimeFormat | null {
  let format = formats.get(zone);
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat("en-GB", {
        timeZone: zone,
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      });
    } catch {
      format = null;
    }
    formats.set(zone, format);
  }
  return format;
}
