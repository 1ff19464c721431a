import { m } from "#lib/paraglide/messages.js";
import { wholeNumber } from "../ui/format.ts";

export type DelayUnit = "minutes" | "hours" | "days";

export const UNIT_SECONDS: Record<DelayUnit, number> = { minutes: 60, hours: 3600, days: 86_400 };

const AFTER = {
  minutes: m.sequences_after_minutes,
  hours: m.sequences_after_hours,
  days: m.sequences_after_days,
} as const;

export interface Delay {
  count: number;
  unit: DelayUnit;
}

/** In the greatest unit that is exact. Seconds, which only an API client can set, are rounded up to minutes. */
export function delayOf(seconds: number): Delay {
  if (seconds > 0 && seconds % 86_400 === 0) return { count: seconds / 86_400, unit: "days" };
  if (seconds > 0 && seconds % 3600 === 0) return { count: seconds / 3600, unit: "hours" };
  return { count: Math.ceil(seconds / 60), unit: "minutes" };
}

export function delaySeconds({ count, unit }: Delay): number {
  return Math.min(365 * 86_400, Math.max(0, Math.round(count)) * UNIT_SECONDS[unit]);
}

/** Immediately, After 3 days, After 4 h 50 min */
export function delayWords(seconds: number): string {
  if (seconds === 0) return m.sequences_immediately();
  const { count, unit } = delayOf(seconds);
  if (unit === "minutes" && count > 60)
    return m.sequences_after_time({
      time: m.ui_hours_minutes({ hours: Math.floor(count / 60), minutes: count % 60 }),
    });
  return AFTER[unit]({ count, shown: wholeNumber(count) });
}
