/** A local date and time without a zone. */
export interface WallTime {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
}

const hourMs = 3_600_000;

/** The local time of a named zone at an instant. */
const shownAt = (zone: string, at: number) =>
  Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(zone);

/** Whether it is a zone of the IANA database, for instance `Europe/Berlin`. */
export function isZone(zone: string): boolean {
  // Temporal also accepts offsets such as "+02:00", which have no summer time, and times such as "T12:00[UTC]".
  if (!/^[A-Za-z][\w/+-]*$/.test(zone)) return false;
  try {
    return /^[A-Z]/i.test(shownAt(zone, 0).timeZoneId);
  } catch {
    return false;
  }
}

/** A contact's zone: an IANA name, or hours from UTC as in Meta's profile. Null if it is neither. */
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

/** The local time of a zone at an instant. */
export function wallTimeOf(at: number, zone: string): WallTime {
  const { year, month, day, hour, minute } = shownAt(zone, at);
  return { year, month, day, hour, minute };
}

/**
 * The instant of a local time, in milliseconds since 1970. A time skipped in spring moves forward by the missing
 * hour; of a repeated time in autumn the first one counts.
 */
export function instantOf(wall: WallTime, zone: string): number {
  const hours = hoursOf(zone);
  if (hours === null) return Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).epochMilliseconds;
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute) - hours * hourMs;
}
