import type { Schedule, Weekday } from "../../api/campaigns.ts";
import { instantOf, wallOf } from "../../ui/wall_time.ts";

export type WhenWay = "now" | "at" | "recurring";

export interface WhenDraft {
  way: WhenWay;
  date: string;
  time: string;
  timezone: string;
  inContactZone: boolean;
  every: "day" | "week" | "month";
  weekdays: Weekday[];
  dayOfMonth: number;
  /** The first and the last day that count; empty: from the launch on, without an end. */
  from: string;
  until: string;
  /** The moments of an API client behind those days, which stay while the days do. */
  given: { at?: string | undefined; until?: string | undefined };
  /** Minutes before the start at which people are reminded; 0: nobody is. */
  remindMinutes: number;
}

export const WEEKDAYS: readonly Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

export function emptyWhen(timezone: string): WhenDraft {
  return {
    way: "now",
    date: "",
    time: "09:00",
    timezone,
    inContactZone: false,
    every: "week",
    weekdays: ["mon"],
    dayOfMonth: 1,
    from: "",
    until: "",
    given: {},
    remindMinutes: 0,
  };
}

export function whenDraft(schedule: Schedule | null, zone: string): Partial<WhenDraft> {
  if (!schedule) return {};
  const { remindMinutes = 0 } = schedule;
  if (schedule.recurrence) {
    const { every, weekdays, dayOfMonth, time, until } = schedule.recurrence;
    const { at } = schedule;
    return {
      way: "recurring",
      given: { at, until },
      ...(at === undefined ? {} : { from: wallOf(at, zone).date }),
      remindMinutes,
      every,
      time,
      ...(weekdays ? { weekdays } : {}),
      ...(dayOfMonth === undefined ? {} : { dayOfMonth }),
      ...(until === undefined ? {} : { until: wallOf(until, zone).date }),
    };
  }
  if (schedule.at === undefined) return {};
  const inContactZone = schedule.inContactZone === true;
  return { way: "at", remindMinutes, inContactZone, ...wallOf(schedule.at, zone) };
}

/** The schedule as the API takes it; null: at once, or while its time is not chosen. */
export function scheduleOf(when: WhenDraft): Schedule | null {
  const { way, date, time, timezone, inContactZone } = when;
  if (way === "now") return null;
  const reminder = when.remindMinutes > 0 ? { remindMinutes: when.remindMinutes } : {};
  if (way === "at") {
    const at = instantOf(date, time, timezone);
    return at === null
      ? null
      : { at: at.toISOString(), timezone, ...(inContactZone ? { inContactZone } : {}), ...reminder };
  }
  const from = dayOr(when.given.at, { date: when.from, time: "00:00", timezone });
  const until = dayOr(when.given.until, { date: when.until, time: "23:59", timezone });
  return {
    ...(from === null ? {} : { at: from }),
    timezone,
    ...reminder,
    recurrence: {
      every: when.every,
      time,
      ...(when.every === "week" ? { weekdays: WEEKDAYS.filter((day) => when.weekdays.includes(day)) } : {}),
      ...(when.every === "month" ? { dayOfMonth: when.dayOfMonth } : {}),
      ...(until === null ? {} : { until }),
    },
  };
}

/** The moment that was given while it is on the chosen day, else that time of the day; null without a day. */
function dayOr(
  given: string | undefined,
  { date, time, timezone }: { date: string; time: string; timezone: string },
): string | null {
  if (given !== undefined && wallOf(given, timezone).date === date) return given;
  return instantOf(date, time, timezone)?.toISOString() ?? null;
}
