import { afterAll, beforeAll, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { readCampaign } from "./campaign_live.ts";
import { draftNews } from "../campaign_plan/testing.ts";

let stage: CampaignStage;
beforeAll(async () => {
  stage = await openCampaignStage();
});
afterAll(() => stage.close());

const measuredAt = "2026-11-29T12:00:00Z";

interface Progress {
  perSecond: number;
  pagesEndAt?: number;
  speed?: number | null;
  canary?: boolean;
}

/** Seconds from its measuring to its end, of a running campaign with these numbers. */
async function secondsLeft(
  counts: Record<string, number>,
  { speed = null, canary = true, ...progress }: Progress,
): Promise<number> {
  const { sql, workspaceId } = stage;
  const id = await draftNews(stage, { speed, options: { canary } });
  await sql`
    update messaging.campaigns set status = 'running', launched_at = now(), counts = ${JSON.stringify(counts)}::jsonb,
      progress_at = ${measuredAt}, progress = ${JSON.stringify(progress)}::jsonb where id = ${id}`;
  const { endsAt } = await readCampaign(stage, workspaceId, id);
  return (Date.parse(endsAt ?? "") - Date.parse(measuredAt)) / 1000;
}

test("a campaign in its canary does not estimate its end from the first messages", async () => {
  const beginning = { queued: 1_300, sent: 50 };

  expect(await secondsLeft(beginning, { perSecond: 5, speed: 100 })).toBe(10 + 12.5);
  expect(await secondsLeft(beginning, { perSecond: 5, pagesEndAt: Date.parse(measuredAt) + 7_000 })).toBe(17);
  expect(await secondsLeft(beginning, { perSecond: 5, canary: false })).toBe(260);
  expect(await secondsLeft({ queued: 1_240, sent: 110 }, { perSecond: 5, speed: 100 })).toBe(12.4);
  expect(await secondsLeft({ queued: 1_150, sent: 200 }, { perSecond: 50 })).toBe(23);
  expect(await secondsLeft({ queued: 500, sent: 50 }, { perSecond: 5 })).toBe(100);
});
