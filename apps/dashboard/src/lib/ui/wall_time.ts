import { shownZone } from "./zone.ts";

const DAY_MS = 24 * 3600 * 1000;

/**
 * A wall time (`2026-12-24`, `09:30`) of an IANA zone as an instant, as the server reads it: a time that a zone skips
 * moves forward, and of one that comes twice it is the first.
 */
export function instantOf(date: string, time: string, zone: string): Date | null {
  const wall = Date.parse(`${date}T${time}:00Z`);
  if (Number.isNaN(wall)) return null;
  const before = offsetMs(wall - DAY_MS, zone);
  const after = offsetMs(wall + DAY_MS, zone);
  const fitting = [before, after].filter((offset) => offsetMs(wall - offset, zone) === offset);
  return new Date(wall - Math.max(...(fitting.length > 0 ? fitting : [before])));
}

/** The wall time of an instant in a zone, as date and time inputs want it. */
export function wallOf(iso: string, zone: string): { date: string; time: string } {
  const at = Date.parse(iso);
  const wall = new Date(at + offsetMs(at, zone)).toISOString();
  return { date: wall.slice(0, 10), time: wall.slice(11, 16) };
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  clocks.set(zone, clock);
  return clock;
}

function offsetMs(at: number, zone: string): number {
  const parts = clockOf(zone).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const wall = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return wall - Math.floor(at / 1000) * 1000;
}

/** The reader's calendar day of a time: 2026-11-24. */
export function localDay(iso: string): string {
  return wallOf(iso, shownZone).date;
}

/** All zones that this browser knows, with UTC. */
export function allZones(): string[] {
  const zones = Intl.supportedValuesOf("timeZone");
  return zones.includes("UTC") ? zones : ["UTC", ...zones];
}
