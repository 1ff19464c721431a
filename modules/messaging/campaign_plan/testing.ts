import type { Actor } from "../campaigns/actor.ts";
import type { CampaignDeps } from "../campaigns/deps.ts";
import { createDraft } from "../campaign_draft/draft.ts";
import { launch } from "./launch.ts";
import { planSome } from "./plan.ts";
import type { NewCampaign } from "../campaigns/schema.ts";

/** Where a test's campaigns are, and who makes them: an opened `CampaignStage`. */
type Stage = CampaignDeps & { workspaceId: string; ann: Actor };

/** Ann's draft: a text to all contacts in the window, with the changes of the test. Returns its id. */
export async function draftNews(on: Stage, changes: Partial<NewCampaign> = {}): Promise<string> {
  const body: NewCampaign = {
    name: "News",
    kind: "window",
    audience: { all: true },
    content: { text: "Hi {{first_name|there}}" },
    ...changes,
  };
  return await createDraft(on, on.workspaceId, { body, userId: on.ann.userId });
}

/** The same, launched by her. */
export async function launchNews(on: Stage, changes: Partial<NewCampaign> = {}): Promise<string> {
  const campaignId = await draftNews(on, changes);
  await launch(on, on.workspaceId, { campaignId, by: on.ann });
  return campaignId;
}

/** The same, with a row for each of its people. */
export async function planNews(on: Stage, changes: Partial<NewCampaign> = {}): Promise<string> {
  const campaignId = await launchNews(on, changes);
  await planAll(on);
  return campaignId;
}

/** Plans all launched campaigns completely. */
export async function planAll(on: CampaignDeps, chunk?: number): Promise<void> {
  while (await planSome(on, { chunk }));
}
