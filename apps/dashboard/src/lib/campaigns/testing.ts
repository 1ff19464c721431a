import type { CampaignCounts } from "../api/campaigns.ts";

/** Counts of a campaign, none but for these. */
export function countsOf(part: Partial<CampaignCounts>): CampaignCounts {
  return {
    planned: 0,
    queued: 0,
    sending: 0,
    sent: 0,
    delivered: 0,
    read: 0,
    replied: 0,
    clicked: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
    unknown: 0,
    ...part,
  };
}
