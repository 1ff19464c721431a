import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, named, oneOf, instantOf, isZone, type WallTime, wallTimeOf } from "#std";
import { problem } from "./problems.ts";

const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const Weekday = oneOf(weekdays);

const RecurrenceSchema = named("Recurrence", {
  every: Type.Union([Type.Literal("day"), Type.Literal("week"), Type.Literal("month")]),
  /** week: on these days. */
  weekdays: Type.Optional(Type.Array(Weekday, { minItems: 1, maxItems: 7, uniqueItems: true })),
  /** month: on this day, or on the month's last one where it has no such day. */
  dayOfMonth: Type.Optional(Type.Number({ multipleOf: 1, minimum: 1, maximum: 31 })),
  /** The local time in the schedule's zone. */
  time: Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$", maxLength: 5, examples: ["09:30"] }),
  until: Type.Optional(IsoTime),
});

export const ScheduleSchema = named("Schedule", {
  /** When it starts; for a recurring one, the first moment that counts. */
  at: Type.Optional(IsoTime),
  /** An IANA zone; the workspace's own when left out. */
  timezone: Type.Optional(Type.String({ maxLength: 64, examples: ["Europe/Berlin"] })),
  /** Each contact gets it at this time in their own zone. */
  inContactZone: Type.Optional(Type.Boolean()),
  recurrence: Type.Optional(RecurrenceSchema),
  /** So long before it begins, its maker and those who decide on it are reminded. */
  remindMinutes: Type.Optional(Type.Number({ multipleOf: 1, minimum: 5, maximum: 10_080 })),
});

export type Recurrence = Static<typeof RecurrenceSchema>;
export type Schedule = Static<typeof ScheduleSchema>;

/** Throws a 422 Problem for what does not fit together: `schedule-invalid` for a time in the past, and others. */
export function checkSchedule(schedule: Schedule, now: number): void {
  const { timezone, at, inContactZone, recurrence } = schedule;
  if (timezone !== undefined && !isZone(timezone)) throw problem("schedule-zone-unknown", { zone: timezone });
  if (recurrence === undefined) {
    if (at === undefined) throw problem("schedule-without-time");
    if (Date.parse(at) <= now) throw problem("schedule-invalid");
    return;
  }
  if (inContactZone === true) throw problem("schedule-zones-recurring");
  if ((recurrence.weekdays !== undefined) !== (recurrence.every === "week"))
    throw problem("schedule-weekdays");
  if ((recurrence.dayOfMonth !== undefined) !== (recurrence.every === "month"))
    throw problem("schedule-day-of-month");
  if (nextOccurrence(schedule, { after: now, zone: timezone ?? "UTC" }) === null)
    throw problem("schedule-never");
}

/** A schedule with its zone: from the launch on it no longer follows the workspace to another one. */
export function inZone(schedule: Schedule, zone: string): Schedule {
  return { timezone: zone, ...schedule };
}

/** When a campaign that is launched now has to start; null: at once. `zone` is the workspace's. */
export function firstDue(
  schedule: Schedule | null,
  { now, zone }: { now: number; zone: string },
): number | null {
  if (schedule === null) return null;
  if (schedule.recurrence !== undefined) return nextOccurrence(schedule, { after: now, zone });
  if (schedule.at === undefined) return null;
  const at = Date.parse(schedule.at);
  if (schedule.inContactZone !== true) return at;
  // The first people whose clocks show that time live 14 hours ahead of UTC.
  return instantOf(wallTimeOf(at, schedule.timezone ?? zone), "offset:14");
}

/** The first occurrence after a moment, in milliseconds since 1970; null when there is none any more. */
export function nextOccurrence(
  schedule: Schedule,
  { after, zone }: { after: number; zone: string },
): number | null {
  const { recurrence } = schedule;
  if (!recurrence) return null;
  const place = schedule.timezone ?? zone;
  const from = Math.max(after, schedule.at === undefined ? 0 : Date.parse(schedule.at) - 1);
  const until = recurrence.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(recurrence.until);
  const start = wallTimeOf(from, place);
  // A month of days holds an occurrence of each kind; two, since its own may be over today.
  for (let days = 0; days <= 62; days += 1) {
    const day = addDays(start, days);
    if (!isDayOf(recurrence, day)) continue;
    const [hour = 0, minute = 0] = recurrence.time.split(":").map(Number);
    const at = instantOf({ ...day, hour, minute }, place);
    if (at > from) return at <= until ? at : null;
  }
  return null;
}

/**
 * The next occurrence of a recurring campaign after a standstill: missed occurrences are left out, and
 * after the last one it is over. `dueAt` is null for one that does not recur.
 */
export function afterStandstill(
  schedule: Schedule | null,
  { now, zone }: { now: number; zone: string },
): { dueAt: string | null; isOver: boolean } {
  const next = schedule?.recurrence ? nextOccurrence(schedule, { after: now, zone }) : null;
  return {
    dueAt: next === null ? null : new Date(next).toISOString(),
    isOver: schedule?.recurrence !== undefined && next === null,
  };
}

/** The occurrences in a stretch of time, for the calendar; not more than `most`. */
export function occurrencesBetween(
  schedule: Schedule,
  { from, until, zone, most }: { from: number; until: number; zone: string; most: number },
): number[] {
  const found: number[] = [];
  for (let after = from - 1; found.length < most;) {
    const next = nextOccurrence(schedule, { after, zone });
    if (next === null || next > until) break;
    found.push(next);
    after = next;
  }
  return found;
}

/** The shortest time between two occurrences of the next ones, in milliseconds; infinite when only one is left. */
export function shortestPause(schedule: Schedule, now: number): number {
  const year = { from: now, until: now + 366 * 86_400_000, zone: "UTC", most: 32 };
  const times = occurrencesBetween(schedule, year);
  return Math.min(Infinity, ...times.slice(1).map((at, before) => at - (times[before] ?? at)));
}

function addDays(day: WallTime, days: number): WallTime {
  const moved = new Date(Date.UTC(day.year, day.month - 1, day.day + days));
  return {
    year: moved.getUTCFullYear(),
    month: moved.getUTCMonth() + 1,
    day: moved.getUTCDate(),
    hour: 0,
    minute: 0,
  };
}

function isDayOf(recurrence: Recurrence, { year, month, day }: WallTime): boolean {
  if (recurrence.every === "day") return true;
  if (recurrence.every === "week") {
    const weekday = weekdays[(new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7];
    return weekday !== undefined && (recurrence.weekdays ?? []).includes(weekday);
  }
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return day === Math.min(recurrence.dayOfMonth ?? 1, lastDay);
}
