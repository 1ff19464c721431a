import { m } from "#lib/paraglide/messages.js";

export interface SnoozePreset {
  name: string;
  until: Date;
}

/** The usual moments to be reminded at, in the reader's own time zone. */
export function snoozePresets(now: Date): SnoozePreset[] {
  const presets: SnoozePreset[] = [
    { name: m.inbox_in_an_hour(), until: new Date(now.getTime() + 3_600_000) },
  ];
  if (now.getHours() < 14) presets.push({ name: m.inbox_this_evening(), until: atHour(now, 0, 18) });
  presets.push({ name: m.inbox_tomorrow_morning(), until: atHour(now, 1, 9) });
  const daysToMonday = (8 - now.getDay()) % 7 || 7;
  if (daysToMonday > 1) presets.push({ name: m.inbox_next_monday(), until: atHour(now, daysToMonday, 9) });
  presets.push({ name: m.inbox_in_a_week(), until: atHour(now, 7, 9) });
  return presets;
}

function atHour(from: Date, days: number, hour: number): Date {
  return new Date(from.getFullYear(), from.getMonth(), from.getDate() + days, hour);
}
