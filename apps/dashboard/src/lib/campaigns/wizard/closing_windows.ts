import { m } from "#lib/paraglide/messages.js";
import { wholeNumber } from "../../ui/format.ts";
import type { ReachQuestion } from "../../api/campaigns.ts";
import { durationWords } from "../duration.ts";
import { audienceOf, type CampaignDraft } from "./draft.ts";

/** So short a campaign is over before a window that is open now may close. */
const SHORT_SECONDS = 120;

export type Conditions = Extract<ReachQuestion["audience"], { conditions: unknown }>["conditions"];

/** The windows are counted in whole hours. */
function closingHours(seconds: number): number {
  return Math.min(168, Math.max(1, Math.ceil(seconds / 3600)));
}

/**
 * The question for those of the audience whose window closes while the campaign lasts; null where nobody's can, or
 * where it cannot be asked, as for picked people.
 */
export function closingQuestion(
  draft: CampaignDraft,
  { seconds, segment }: { seconds: number | null; segment: Conditions | null },
): ReachQuestion | null {
  if (draft.kind !== "window" || draft.when.way !== "now") return null;
  if (seconds === null || seconds < SHORT_SECONDS) return null;
  const audience = audienceOf(draft);
  const own = audience === null ? null : conditionsOf(audience, segment);
  if (own === null) return null;
  const closing = { field: "window" as const, op: "closingWithin" as const, hours: closingHours(seconds) };
  return { kind: "window", audience: { conditions: { match: "all", conditions: [...own, closing] } } };
}

function conditionsOf(
  audience: ReachQuestion["audience"],
  segment: Conditions | null,
): Conditions["conditions"] | null {
  if ("all" in audience) return [];
  if ("pageIds" in audience) return [{ field: "page", op: "any", pageIds: audience.pageIds }];
  if ("segmentId" in audience) return segment === null ? null : [segment];
  return "conditions" in audience ? [audience.conditions] : null;
}

export function closingWords(count: number, seconds: number): string {
  return m.campaigns_closing({
    count,
    shown: wholeNumber(count),
    hours: m.campaigns_hours({ count: closingHours(seconds) }),
    duration: durationWords(seconds),
  });
}
