import { m } from "#lib/paraglide/messages.js";
import type { CampaignCounts } from "../api/campaigns.ts";

export type Outcome = "sent" | "sending" | "queued" | "unknown" | "failed" | "skipped" | "cancelled";

/** The parts of a campaign's bar, in their order, each with its words. */
export const OUTCOMES: readonly { key: Outcome; name: string; colour: string; about: string }[] = [
  { key: "sent", name: m.ui_outcome_sent(), colour: "bg-chart-1", about: m.ui_outcome_sent_about() },
  {
    key: "sending",
    name: m.ui_outcome_sending(),
    colour: "bg-chart-1/45",
    about: m.ui_outcome_sending_about(),
  },
  {
    key: "unknown",
    name: m.ui_outcome_unknown(),
    colour: "bg-warn-mark",
    about: m.ui_outcome_unknown_about(),
  },
  { key: "failed", name: m.ui_outcome_failed(), colour: "bg-bad", about: m.ui_outcome_failed_about() },
  { key: "skipped", name: m.ui_outcome_skipped(), colour: "bg-faint", about: m.ui_outcome_skipped_about() },
  {
    key: "cancelled",
    name: m.ui_outcome_cancelled(),
    colour: "bg-line-strong",
    about: m.ui_outcome_cancelled_about(),
  },
  { key: "queued", name: m.ui_outcome_queued(), colour: "bg-line", about: m.ui_outcome_queued_about() },
];

export function outcomeName(key: string): string {
  return OUTCOMES.find((one) => one.key === key)?.name ?? key;
}

/** The parts that are not empty. */
export function outcomesOf(counts: CampaignCounts): ((typeof OUTCOMES)[number] & { count: number })[] {
  return OUTCOMES.map((one) => ({ ...one, count: counts[one.key] })).filter(({ count }) => count > 0);
}
