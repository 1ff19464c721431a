import type { CampaignCounts } from "../api/campaigns.ts";

export type Outcome = "sent" | "sending" | "queued" | "unknown" | "failed" | "skipped" | "cancelled";

/** The parts of a campaign's bar, in their order, each with its words. */
export const OUTCOMES: readonly { key: Outcome; name: string; colour: string; about: string }[] = [
  { key: "sent", name: "Sent", colour: "bg-accent", about: "Meta took the message" },
  { key: "sending", name: "On its way", colour: "bg-accent/45", about: "Being handed to Meta right now" },
  {
    key: "unknown",
    name: "Unclear",
    colour: "bg-warn-mark",
    about: "Meta's answer was lost; being looked up",
  },
  { key: "failed", name: "Failed", colour: "bg-bad", about: "Meta refused it" },
  { key: "skipped", name: "Left out", colour: "bg-faint", about: "The rules or the person's wish forbid it" },
  { key: "cancelled", name: "Cancelled", colour: "bg-line-strong", about: "Stopped before its turn" },
  { key: "queued", name: "Waiting", colour: "bg-line", about: "Their turn has not come yet" },
];

export function outcomeName(key: string): string {
  return OUTCOMES.find((one) => one.key === key)?.name ?? key;
}

/** The parts that are not empty. */
export function outcomesOf(counts: CampaignCounts): ((typeof OUTCOMES)[number] & { count: number })[] {
  return OUTCOMES.map((one) => ({ ...one, count: counts[one.key] })).filter(({ count }) => count > 0);
}
