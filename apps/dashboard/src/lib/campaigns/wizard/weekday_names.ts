import { formatLocale } from "#lib/ui/language.ts";
import type { Weekday } from "../../api/campaigns.ts";
import { WEEKDAYS } from "./when_draft.ts";

export const WEEKDAY_NAMES: Record<Weekday, string> = names("long");
export const WEEKDAYS_SHORT: Record<Weekday, string> = names("short");

function names(weekday: "long" | "short"): Record<Weekday, string> {
  const format = new Intl.DateTimeFormat(formatLocale, { weekday, timeZone: "UTC" });
  const [mon = "", tue = "", wed = "", thu = "", fri = "", sat = "", sun = ""] = WEEKDAYS.map((_, day) =>
    // The first of January 2024 was a Monday.
    format.format(Date.UTC(2024, 0, 1 + day)),
  );
  return { mon, tue, wed, thu, fri, sat, sun };
}
