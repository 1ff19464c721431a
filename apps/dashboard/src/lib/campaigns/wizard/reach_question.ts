import { contentOf } from "../../templates/content_draft.ts";
import type { ReachQuestion } from "../../api/campaigns.ts";
import { audienceOf, type CampaignDraft } from "./draft.ts";

/** The request for the reach of a campaign; null while no audience is chosen. */
export function reachQuestion(draft: CampaignDraft): ReachQuestion | null {
  const { kind } = draft;
  const audience = audienceOf(draft);
  if (audience === null) return null;
  const content = draft.variants[0]?.content;
  const utility = kind === "utility" && content?.utility ? { content: contentOf(content) } : {};
  const options = draft.options.ignoreCap === true ? { options: { ignoreCap: true } } : {};
  return { kind, audience, ...utility, ...options };
}
