import { m } from "#lib/paraglide/messages.js";
import { fullDateTime } from "../ui/format.ts";
import type { Campaign } from "../api/campaigns.ts";

/** The start of a scheduled campaign, and its dependence on an approval. */
export function beginsWords(
  { dueAt, approval, schedule }: Pick<Campaign, "approval" | "schedule"> & { dueAt: string },
  now: number,
): string {
  const time = fullDateTime(dueAt);
  if (approval === null || approval.state === "given") return m.campaigns_starts_on({ time });
  if (Date.parse(dueAt) > now) return m.campaigns_starts_if_approved({ time });
  return schedule?.recurrence
    ? m.campaigns_missed_approval_recurring({ time })
    : m.campaigns_missed_approval({ time });
}
