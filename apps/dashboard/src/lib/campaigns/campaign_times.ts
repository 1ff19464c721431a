import { m } from "#lib/paraglide/messages.js";
import type { Campaign } from "../api/campaigns.ts";

/** The most important time of a campaign and its kind: start, end, launch or creation. */
export function campaignTime({
  dueAt,
  finishedAt,
  launchedAt,
  createdAt,
  status,
}: Pick<Campaign, "dueAt" | "finishedAt" | "launchedAt" | "createdAt" | "status">): {
  at: string;
  word: string;
  /** It is still to come, so its hour matters. */
  isAhead: boolean;
} {
  if (dueAt !== null && status === "scheduled")
    return { at: dueAt, word: m.campaigns_when_starts(), isAhead: true };
  if (finishedAt !== null)
    return {
      at: finishedAt,
      word: status === "cancelled" ? m.campaigns_when_cancelled() : m.campaigns_when_ended(),
      isAhead: false,
    };
  if (launchedAt !== null) return { at: launchedAt, word: m.campaigns_when_begun(), isAhead: false };
  return { at: createdAt, word: m.campaigns_when_created(), isAhead: false };
}
