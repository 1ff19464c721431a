/** A day and a time of day as a clock on a wall shows them, in no zone yet. */
export interface WallTime {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
}

const hourMs = 3_600_000;

/** What the clocks of a named zone show at an instant. */
const shownAt = (zone: string, at: number) =>
  Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(zone);

/** Whether it is a zone of the IANA database, for instance `Europe/Berlin`. */
export function isZone(zone: string): boolean {
  // Temporal also takes offsets such as "+02:00", which know nothing of summer time, and times such as "T12:00[UTC]".
  if (!/^[A-Za-z][\w/+-]*$/.test(zone)) return false;
  try {
    return /^[A-Z]/i.test(shownAt(zone, 0).timeZoneId);
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

/** The hours of a zone that is an offset; null for a named one. */
const hoursOf = (zone: string) => (zone.startsWith("offset:") ? Number(zone.slice(7)) : null);

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
export function offsetAt(zone: string, at: number): number {
  const hours = hoursOf(zone);
  return hours === null ? shownAt(zone, at).offsetNanoseconds / 1e6 : hours * hourMs;
}

/** What the clocks of a zone show at an instant. */
export function wallTimeOf(at: number, zone: string): WallTime {
  const { year, month, day, hour, minute } = shownAt(zone, at);
  return { year, month, day, hour, minute };
}

/**
 * When the clocks of a zone show this, in milliseconds since 1970. A time that is skipped in spring is moved on by the
 * hour that is missing; of one that comes twice in autumn it is the first.
 */
export function instantOf(wall: WallTime, zone: string): number {
  const hours = hoursOf(zone);
  if (hours === null) return Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).epochMilliseconds;
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute) - hours * hourMs;
}
