import type { Campaign, CampaignCounts } from "../api/campaigns.ts";

/** Growing numbers: an older answer that arrives late must not decrease them. */
const GROWING = [
  "planned",
  "sent",
  "delivered",
  "read",
  "replied",
  "clicked",
  "failed",
  "skipped",
  "cancelled",
] as const;

const ENDED = new Set(["completed", "cancelled"]);

/**
 * The campaign to show after an update. Only if a finished one starts again, for failed recipients, may
 * numbers become smaller.
 */
export function countsAfter(
  shown: Pick<Campaign, "status" | "counts">,
  next: Pick<Campaign, "status" | "counts">,
): CampaignCounts {
  const beginsAgain = ENDED.has(shown.status) && !ENDED.has(next.status);
  return beginsAgain ? next.counts : forward(shown.counts, next.counts);
}

/** The later of two readings of one campaign, number by number. */
export function forward(shown: CampaignCounts, next: CampaignCounts): CampaignCounts {
  const counts = { ...next };
  for (const name of GROWING) counts[name] = Math.max(shown[name], next[name]);
  const open = Math.max(0, counts.planned - settledCount(counts));
  counts.unknown = Math.min(next.unknown, open);
  counts.sending = Math.min(next.sending, open - counts.unknown);
  counts.queued = open - counts.unknown - counts.sending;
  return counts;
}

/** How many people have an outcome. */
export function settledCount(counts: CampaignCounts): number {
  return counts.sent + counts.failed + counts.skipped + counts.cancelled;
}

interface Sample {
  at: number;
  sent: number;
}

/** The messages of each second, from readings about once a second. */
export class SendRate {
  readonly #keepMs: number;
  #samples: Sample[] = [];

  constructor({ keepMs = 120_000 }: { keepMs?: number } = {}) {
    this.#keepMs = keepMs;
  }

  add(at: number, sent: number): void {
    const last = this.#samples.at(-1);
    if (last && at <= last.at) return;
    this.#samples = [...this.#samples.filter((one) => at - one.at <= this.#keepMs), { at, sent }];
  }

  /** A second, measured over the last three; null with fewer than two readings. */
  get now(): number | null {
    const last = this.#samples.at(-1);
    const first = this.#samples.find((one) => last !== undefined && last.at - one.at <= 3500);
    if (!last || !first || last.at === first.at) return null;
    return Math.round(((last.sent - first.sent) * 1000) / (last.at - first.at));
  }

  /** Sends a second, about one point a second: readings that follow each other closer are one. */
  get points(): { at: number; perSecond: number }[] {
    const points: { at: number; perSecond: number }[] = [];
    let before = this.#samples[0];
    for (const one of this.#samples) {
      if (before === undefined || one.at - before.at < 900) continue;
      points.push({ at: one.at, perSecond: ((one.sent - before.sent) * 1000) / (one.at - before.at) });
      before = one;
    }
    return points;
  }
}
