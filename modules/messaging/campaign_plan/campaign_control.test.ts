import { afterEach, beforeEach, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { checkBreakers } from "../delivery/campaign_breakers.ts";
import { foldCounts } from "../campaign_state/counts.ts";
import { startSequence } from "../sequences/sequence_store.ts";
import { runSequence } from "../sequences/testing.ts";
import { resume } from "./campaign_control.ts";
import { planNews } from "./testing.ts";

let stage: CampaignStage;
beforeEach(async () => {
  stage = await openCampaignStage({ contacts: 2 });
});
afterEach(() => stage.close());

const mistakes = (campaignId: string) => stage.sql`
  insert into messaging.campaign_deltas (campaign_id, counts, errors)
  values (${campaignId}, '{"failed": 60}', '{"100/0": 60}')`;
const statusOf = async (campaignId: string) => {
  const [row] = await stage.sql<
    { status: string }[]
  >`select status from messaging.campaigns where id = ${campaignId}`;
  return row?.status;
};

/** Pauses it by its failures; those of messages that were on their way then come in after it. */
async function failAndPause(campaignId: string): Promise<void> {
  await mistakes(campaignId);
  await foldCounts(stage);
  await checkBreakers(stage);
  expect(await statusOf(campaignId)).toBe("paused");
  await mistakes(campaignId);
  await foldCounts(stage);
}

test("resume() of a campaign that paused itself is not undone by earlier failures", async () => {
  const campaignId = await planNews(stage);
  await failAndPause(campaignId);

  await resume(stage, stage.workspaceId, { campaignId, by: stage.ann });

  expect(await checkBreakers(stage)).toEqual([]);
  expect(await statusOf(campaignId)).toBe("running");
});

test("startSequence() of a sequence that paused itself is not undone by earlier failures", async () => {
  const { workspaceId, userId } = stage;
  const { sequenceId } = await runSequence(stage.sql, stage);
  await failAndPause(sequenceId);

  await startSequence(stage.sql, { workspaceId, sequenceId, userId });

  expect(await checkBreakers(stage)).toEqual([]);
  expect(await statusOf(sequenceId)).toBe("running");
});
