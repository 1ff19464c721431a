/** A day and a time of day as a clock on a wall shows them, in no zone yet. */
export interface WallTime {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** More than there are zones: an import may write each of them in many ways. */
const mostFormats = 1_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const numeric = "numeric" as const;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    hourCycle: "h23",
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
  });
  if (formats.size >= mostFormats) formats.clear();
  formats.set(zone, format);
  return format;
}

/** Whether it is a zone of the IANA database, for instance `Europe/Berlin`. */
export function isZone(zone: string): boolean {
  // Offsets such as "+02:00" are no zones: they know nothing of summer time.
  if (/^[+-]/.test(zone)) return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * The zone of a contact: an IANA name, or hours from UTC, which is what Meta's profile gives. Null when it is neither.
 */
export function readZone(text: string): string | null {
  const hours = /^[+-]?\d{1,2}(\.\d{1,2})?$/.test(text) ? Number(text) : null;
  if (hours === null) return isZone(text) ? text : null;
  return Math.abs(hours) <= 14 ? `offset:${hours}` : null;
}

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
export function offsetAt(zone: string, at: number): number {
  if (zone.startsWith("offset:")) return Number(zone.slice(7)) * 60 * minuteMs;
  const wall = wallTimeOf(at, zone);
  const shown = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  return shown - Math.floor(at / minuteMs) * minuteMs;
}

/** What the clocks of a zone show at an instant. */
export function wallTimeOf(at: number, zone: string): WallTime {
  // Of "11/29/2026, 15:38".
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = formatOf(zone)
    .format(at)
    .split(/\D+/)
    .map(Number);
  return { year, month, day, hour, minute };
}

/**
 * When the clocks of a zone show this, in milliseconds since 1970. A time that is skipped in spring is moved on by the
 * hour that is missing; of one that comes twice in autumn it is the first. So does the Temporal proposal ("compatible").
 */
export function instantOf(wall: WallTime, zone: string): number {
  const shown = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  const before = offsetAt(zone, shown - dayMs);
  const after = offsetAt(zone, shown + dayMs);
  const fitting = [before, after].filter((offset) => offsetAt(zone, shown - offset) === offset);
  return shown - Math.max(...(fitting.length > 0 ? fitting : [before]));
}
