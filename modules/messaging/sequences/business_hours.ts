import { type Static, Type } from "@sinclair/typebox";
import { named } from "#std";

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

/** What is wrong with them, in words; null: nothing. */
export function hoursProblem(hours: BusinessHours): string | null {
  try {
    localDate(hours.timezone, new Date());
  } catch {
    return `"${hours.timezone}" is no time zone: give one like Europe/Berlin`;
  }
  const isWrong = days.some((day) => hours[day].some(([from, until]) => from >= until));
  return isWrong ? "a span ends before it begins: split what goes over midnight at 24:00" : null;
}

/** Whether somebody is there at this moment. */
export function isOpen(hours: BusinessHours, at: Date): boolean {
  const { day, minute } = localTime(hours.timezone, at);
  return hours[day].some(([from, until]) => minute >= from && minute < until);
}

/** The local date, so that one person gets one away message a day. */
export function localDate(timezone: string, at: Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: timezone, dateStyle: "short" }).format(at);
}

function localTime(timeZone: string, at: Date): { day: (typeof days)[number]; minute: number } {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  const day = days.find((one) => one === part("weekday").toLowerCase()) ?? "sun";
  return { day, minute: Number(part("hour")) * 60 + Number(part("minute")) };
}
