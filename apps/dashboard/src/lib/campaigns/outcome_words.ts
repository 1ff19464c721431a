import { m } from "#lib/paraglide/messages.js";
import { wholeNumber } from "../ui/format.ts";
import { formatLocale } from "../ui/language.ts";
import type { CampaignCounts } from "../api/campaigns.ts";

const list = new Intl.ListFormat(formatLocale, { type: "unit", style: "short" });
const percent = new Intl.NumberFormat(formatLocale, { style: "percent", maximumFractionDigits: 0 });
const small = new Intl.NumberFormat(formatLocale, { style: "percent", maximumFractionDigits: 1 });

/** "19 sent, 43 skipped": what became of a campaign's people, each of them once. */
export function outcomeWords(counts: CampaignCounts): string {
  const parts = [
    { count: counts.sent, word: m.campaigns_count_sent, isAlways: true },
    { count: counts.queued + counts.sending, word: m.campaigns_count_waiting },
    { count: counts.unknown, word: m.campaigns_count_unknown },
    { count: counts.failed, word: m.campaigns_count_failed },
    { count: counts.skipped, word: m.campaigns_count_skipped },
    { count: counts.cancelled, word: m.campaigns_count_cancelled },
  ];
  const shown = parts.filter(({ count, isAlways }) => count > 0 || isAlways);
  return list.format(shown.map(({ count, word }) => word({ count, shown: wholeNumber(count) })));
}

/** 84%, of nothing a dash; below one percent with a digit more, so that few are not none. */
export function rateWords(part: number, whole: number): string {
  if (whole === 0) return "–";
  const rate = part / whole;
  return (rate > 0 && rate < 0.01 ? small : percent).format(rate);
}
