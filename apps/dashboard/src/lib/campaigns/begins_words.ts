import { fullDateTime } from "../ui/format.ts";
import type { Campaign } from "../api/campaigns.ts";

/** When a campaign that waits for its time begins, and what of it depends on an approval. */
export function beginsWords(
  { dueAt, approval, schedule }: Pick<Campaign, "approval" | "schedule"> & { dueAt: string },
  now: number,
): string {
  const at = fullDateTime(dueAt);
  if (approval === null || approval.state === "given") return `Begins on ${at}`;
  if (Date.parse(dueAt) > now) return `Begins on ${at}, if it is approved by then`;
  return schedule?.recurrence
    ? `It was not approved in time for ${at}: approved, it goes on with its next time`
    : `It was not approved in time for ${at}: it begins as soon as it is approved`;
}
