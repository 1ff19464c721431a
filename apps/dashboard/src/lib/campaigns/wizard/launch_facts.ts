import type { Reach } from "../../api/campaigns.ts";
import { contentOf } from "../../templates/content_draft.ts";
import { contentSummary } from "../../templates/content_summary.ts";
import { contactCount } from "../../ui/contact_count.ts";
import type { CampaignDraft } from "./draft.ts";
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
  if (names.length === 0) return "No connected page";
  return more > 1 ? `${names.slice(0, MOST_NAMES).join(", ")} and ${more} more` : names.join(", ");
}

/** When it begins. */
export function beginWords(draft: Pick<CampaignDraft, "when" | "kind" | "options">): string {
  const words = whenWords(draft)
    .replace(/^as soon as it is launched/, "now")
    .replace(/^on /, "");
  return words.charAt(0).toUpperCase() + words.slice(1);
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
  const contacts = contactCount(reach.count);
  if (isChange) return { title: `Save the change for ${contacts}?`, verb: "Save the change" };
  if (draft.when.way === "recurring")
    return { title: `Send again and again, now to ${contacts}?`, verb: "Start the series" };
  return draft.when.way === "now"
    ? { title: `Send to ${contacts}?`, verb: "Send now" }
    : { title: `Schedule for ${contacts}?`, verb: "Schedule" };
}

export interface ShownVariant {
  name: string;
  lines: string;
}

/** The beginning of what each part of the people gets. */
export function variantLines(draft: Pick<CampaignDraft, "variants">): ShownVariant[] {
  const isSplit = draft.variants.length > 1;
  return draft.variants.map(({ weight, content }, index) => ({
    name: isSplit ? `Variant ${String.fromCharCode(65 + index)}, ${weight} %` : "Message",
    lines: contentSummary(contentOf(content)),
  }));
}
