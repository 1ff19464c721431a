import { m } from "#lib/paraglide/messages.js";
import type { WorkspaceSwitch } from "../api/types.ts";
import { wholeNumber } from "../ui/format.ts";
import { formatLocale } from "../ui/language.ts";

type Automation = WorkspaceSwitch["automation"];
type Counted = (inputs: { count: number; shown: string }) => string;

const allOf = new Intl.ListFormat(formatLocale, { type: "conjunction" });

/** "2 campaigns and 1 sequence"; null: none of them. */
function named(parts: readonly [count: number, words: Counted][]): string | null {
  const some = parts.filter(([count]) => count > 0);
  if (some.length === 0) return null;
  return allOf.format(some.map(([count, words]) => words({ count, shown: wholeNumber(count) })));
}

/** The effects of turning off. */
export function offWords({ running, scheduled, sequences }: Automation): string {
  const list = named([
    [running, m.settings_running_count],
    [scheduled, m.settings_scheduled_count],
    [sequences, m.settings_sequences_count],
  ]);
  return [
    m.settings_switch_stops(),
    ...(list === null ? [] : [m.settings_switch_holds({ list })]),
    m.settings_switch_receives(),
  ].join(" ");
}

/** The effects of turning on. */
export function onWords({ running, due, sequences }: Automation): string {
  const list = named([
    [running, m.settings_campaigns_count],
    [sequences, m.settings_sequences_count],
  ]);
  return [
    ...(list === null ? [] : [m.settings_switch_resumes({ list })]),
    ...(due === 0 ? [] : [m.settings_switch_due({ count: due, shown: wholeNumber(due) })]),
    m.settings_switch_waiting(),
  ].join(" ");
}
