import { type Static, Type } from "@sinclair/typebox";
import { named, isZone, type WallTime, wallTimeOf, type Problem } from "#std";
import { problem } from "./problems.ts";

const Minute = Type.Integer({ minimum: 0, maximum: 1_440 });
const Spans = Type.Array(Type.Tuple([Minute, Minute]), { maxItems: 6 });

/** Open spans of each weekday, in minutes of the day in the zone. */
export const BusinessHoursSchema = named("BusinessHours", {
  timezone: Type.String({ maxLength: 60, examples: ["Europe/Berlin"] }),
  mon: Spans,
  tue: Spans,
  wed: Spans,
  thu: Spans,
  fri: Spans,
  sat: Spans,
  sun: Spans,
});

export type BusinessHours = Static<typeof BusinessHoursSchema>;

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/** Why they cannot be saved; null: they can. */
export function hoursProblem(hours: BusinessHours): Problem | null {
  if (!isZone(hours.timezone)) return problem("hours-zone-unknown", { zone: hours.timezone });
  const isWrong = days.some((day) => hours[day].some(([from, until]) => from >= until));
  return isWrong ? problem("hours-invalid") : null;
}

/** Whether it is open at this moment. */
export function isOpen(hours: BusinessHours, at: Date): boolean {
  const wall = wallTimeOf(at.getTime(), hours.timezone);
  const day = days[dateOf(wall).getUTCDay()] ?? "sun";
  const now = wall.hour * 60 + wall.minute;
  return hours[day].some(([from, until]) => now >= from && now < until);
}

/** The local date, so that one person gets one away message a day. */
export function localDate(timezone: string, at: Date): string {
  return dateOf(wallTimeOf(at.getTime(), timezone)).toISOString().slice(0, 10);
}

const dateOf = ({ year, month, day }: WallTime) => new Date(Date.UTC(year, month - 1, day));
