import { m } from "#lib/paraglide/messages.js";
import type { Reach } from "../../api/campaigns.ts";
import { contentOf } from "../../templates/content_draft.ts";
import { contentSummary } from "../../templates/content_summary.ts";
import { wholeNumber } from "../../ui/format.ts";
import { type CampaignDraft, variantName } from "./draft.ts";
import { whenWords } from "./review_words.ts";

interface Page {
  id: string;
  name: string;
  status: string;
}

const MOST_NAMES = 3;

/** The pages that a campaign leaves from, to be read after "From". */
export function fromWords({ audience }: Pick<CampaignDraft, "audience">, pages: readonly Page[]): string {
  const { way, pageIds, commentPageId } = audience;
  const wanted =
    way === "pages" ? pageIds : way === "comments" && commentPageId !== null ? [commentPageId] : null;
  const names = pages
    .filter(({ id, status }) => (wanted === null ? status === "connected" : wanted.includes(id)))
    .map(({ name }) => name);
  const more = names.length - MOST_NAMES;
  if (names.length === 0) return m.campaigns_no_connected_page();
  return more > 1
    ? m.campaigns_and_more({ names: names.slice(0, MOST_NAMES).join(", "), count: more })
    : names.join(", ");
}

/** When it begins. */
export function beginWords(draft: Pick<CampaignDraft, "when" | "kind" | "options">): string {
  return whenWords(draft, m.campaigns_when_now());
}

export interface Launch {
  title: string;
  /** The verb on the button. */
  verb: string;
}

export function launchWords(
  draft: CampaignDraft,
  { reach, isChange }: { reach: Reach; isChange: boolean },
): Launch {
  const contacts = { count: reach.count, shown: wholeNumber(reach.count) };
  if (isChange) return { title: m.campaigns_title_change(contacts), verb: m.campaigns_save_changes() };
  if (draft.when.way === "recurring")
    return { title: m.campaigns_title_recurring(contacts), verb: m.campaigns_start_series() };
  return draft.when.way === "now"
    ? { title: m.campaigns_title_now(contacts), verb: m.campaigns_way_now() }
    : { title: m.campaigns_title_schedule(contacts), verb: m.campaigns_schedule() };
}

export interface ShownVariant {
  name: string;
  lines: string;
}

/** The beginning of each variant's text. */
export function variantLines(draft: Pick<CampaignDraft, "variants">): ShownVariant[] {
  const isSplit = draft.variants.length > 1;
  return draft.variants.map(({ weight, content }, index) => ({
    name: isSplit
      ? m.campaigns_variant_share({ letter: variantName(index), percent: weight })
      : m.campaigns_message(),
    lines: contentSummary(contentOf(content)),
  }));
}
