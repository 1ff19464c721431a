import { afterEach, beforeEach, expect, test } from "vitest";
import { beforeCommit } from "../../../db/testing.ts";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { readCampaign } from "../campaigns/campaign_live.ts";
import { planSome } from "./plan.ts";
import { startDue } from "./start_due.ts";
import { resume } from "./campaign_control.ts";
import { launchNews, planAll } from "./testing.ts";

let stage: CampaignStage;
beforeEach(async () => {
  stage = await openCampaignStage({ contacts: 3 });
});
afterEach(() => stage.close());

const read = (id: string) => readCampaign(stage, stage.workspaceId, id);

/** Every back-off is over. */
const later = () => stage.sql`update messaging.campaigns set progress = progress || '{"restUntil":0}'`;

/** The database takes no row of this campaign. */
async function refuseRowsOf(campaignId: string): Promise<void> {
  await stage.sql`create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$`;
  await stage.sql.unsafe(`create trigger refuse before insert on messaging.deliveries for each row
    when (new.campaign_id = '${campaignId}') execute function refuse()`);
  await stage.sql`alter table messaging.deliveries enable always trigger refuse`;
}

test("a campaign whose audience fails does not delay others; it pauses with the reason and continues after a fix", async () => {
  const broken = await launchNews(stage);
  await refuseRowsOf(broken);
  const other = await launchNews(stage);

  await planAll(stage);
  const backedOff = await read(broken);
  expect((await read(other)).counts.planned).toBe(3);
  for (let turn = 0; turn < 2; turn += 1) {
    await later();
    await planAll(stage);
  }
  const paused = await stage.sql`select status, paused_from, status_reason, untold from messaging.campaigns
    where id = ${broken}`;
  await stage.sql`drop trigger refuse on messaging.deliveries`;
  await resume(stage, stage.workspaceId, { campaignId: broken, by: stage.ann });
  await planAll(stage);

  expect(backedOff.status).toBe("running");
  expect(paused[0]).toMatchObject({
    status: "paused",
    paused_from: "running",
    status_reason: expect.stringContaining("Planning its recipients failed 3 times. Resume it to try again"),
    untold: "paused",
  });
  expect((await read(broken)).counts.planned).toBe(3);
});

test("a campaign that cannot start does not delay others, also over repeated ticks", async () => {
  const at = new Date(Date.now() + 3_600_000).toISOString();
  const broken = await launchNews(stage, {
    schedule: { timezone: "UTC", recurrence: { every: "day", time: "09:30" } },
  });
  const other = await launchNews(stage, { schedule: { at } });
  await stage.sql`update messaging.campaigns set due_at = now() - interval '1 min' where id = ${other}`;
  await stage.sql`update messaging.campaigns set due_at = now() - interval '1 h',
    schedule = jsonb_set(schedule, '{timezone}', '"Mars/Base"') where id = ${broken}`;

  const looks = [await startDue(stage), await startDue(stage), await startDue(stage)];

  expect(looks).toEqual([false, true, false]);
  expect((await read(other)).status).toBe("planning");
});

test("while the database is away, no campaign is paused for it", async () => {
  const id = await launchNews(stage);
  const away = Object.assign(new Error("gone"), { code: "CONNECTION_CLOSED" });
  const sql = beforeCommit(stage.sql, () => {
    throw away;
  });

  for (let turn = 0; turn < 3; turn += 1) await expect(planSome({ ...stage, sql })).rejects.toBe(away);
  await planAll(stage);

  expect(await read(id)).toMatchObject({ status: "running", counts: { planned: 3 } });
});
