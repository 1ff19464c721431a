import { instantOf, type WallTime, wallTimeOf } from "#std";
import type { NotificationSchedule } from "./schema.ts";

/** What comes within it goes into one mail. */
const gatherMs = 60_000;
/** The hour of the daily mail. */
export const dailyHour = 8;

const minuteOf = ({ hour, minute }: WallTime) => hour * 60 + minute;

/** The first instant after `at` at which the clocks of the zone show this minute of the day. */
function nextAt(at: number, minute: number, zone: string): number {
  const today = wallTimeOf(at, zone);
  const inDays = (days: number) => {
    const { year, month, day } = Temporal.PlainDate.from(today).add({ days });
    return instantOf({ year, month, day, hour: Math.floor(minute / 60), minute: minute % 60 }, zone);
  };
  const first = inDays(0);
  return first > at ? first : inDays(1);
}

function isQuiet(at: number, { quiet, timeZone }: NotificationSchedule & { timeZone: string }): boolean {
  if (quiet === null) return false;
  const now = minuteOf(wallTimeOf(at, timeZone));
  return quiet.from < quiet.to ? now >= quiet.from && now < quiet.to : now >= quiet.from || now < quiet.to;
}

/**
 * When the mail about something of `since` may leave, seen at `now`: by the person's rhythm, after their quiet hours.
 * Milliseconds since 1970; not before `now`.
 */
export function mailTime(
  since: number,
  { now, schedule }: { now: number; schedule: NotificationSchedule & { timeZone: string } },
): number {
  const { rhythm, quiet, timeZone } = schedule;
  // The next full hour of the local clock: some zones are half an hour off.
  const hourly = () => nextAt(since, ((wallTimeOf(since, timeZone).hour + 1) % 24) * 60, timeZone);
  const due =
    rhythm === "at-once"
      ? since + gatherMs
      : rhythm === "hourly"
        ? hourly()
        : nextAt(since, dailyHour * 60, timeZone);
  const at = Math.max(due, now);
  return quiet !== null && isQuiet(at, schedule) ? nextAt(at, quiet.to, timeZone) : at;
}
