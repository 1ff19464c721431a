import { m } from "#lib/paraglide/messages.js";
import { instantOf, wallOf } from "../ui/wall_time.ts";
import { shownZone } from "../ui/zone.ts";

const dayMs = 86_400_000;

export interface SnoozePreset {
  name: string;
  until: Date;
}

/** The usual moments to be reminded at, in the reader's own time zone. */
export function snoozePresets(now: Date, zone = shownZone): SnoozePreset[] {
  const { date, time } = wallOf(now.toISOString(), zone);
  const today = Date.parse(date);
  function atHour(days: number, clock: string): Date {
    const day = new Date(today + days * dayMs).toISOString().slice(0, 10);
    return instantOf(day, clock, zone) ?? now;
  }
  const presets: SnoozePreset[] = [
    { name: m.inbox_in_an_hour(), until: new Date(now.getTime() + 3_600_000) },
  ];
  if (time < "14:00") presets.push({ name: m.inbox_this_evening(), until: atHour(0, "18:00") });
  presets.push({ name: m.inbox_tomorrow_morning(), until: atHour(1, "09:00") });
  const daysToMonday = (8 - new Date(today).getUTCDay()) % 7 || 7;
  if (daysToMonday > 1) presets.push({ name: m.inbox_next_monday(), until: atHour(daysToMonday, "09:00") });
  presets.push({ name: m.inbox_in_a_week(), until: atHour(7, "09:00") });
  return presets;
}
