import { expect, test } from "vitest";
import { type CampaignStage, campaignStageOfTest } from "../testing/campaign_stage.ts";
import { listActions } from "../campaigns/campaign_actions.ts";
import { readCampaign } from "../campaigns/campaign_live.ts";
import { askApproval } from "../campaign_draft/approval.ts";
import { changeDraft } from "../campaign_draft/draft.ts";
import { launch } from "./launch.ts";
import { startDue } from "./start_due.ts";
import { draftNews, planAll } from "./testing.ts";
import { undoLaunch } from "./undo_launch.ts";

const read = (on: CampaignStage, id: string) => readCampaign(on, on.workspaceId, id);
const undo = (on: CampaignStage, campaignId: string) =>
  undoLaunch(on, on.workspaceId, { campaignId, by: on.ann });

async function launchDelayed(on: CampaignStage, campaignId: string): Promise<void> {
  await launch(on, on.workspaceId, { campaignId, by: on.ann, delaySeconds: 6 });
}

/** As if the seconds for undoing were over. */
const passDelay = (on: CampaignStage, id: string) =>
  on.sql`update messaging.campaigns set due_at = clock_timestamp() where id = ${id}`;

async function begin(on: CampaignStage): Promise<void> {
  await startDue(on);
  await planAll(on);
}

test("launch() with a delay plans nothing until its end, then starts by itself", async () => {
  const on = await campaignStageOfTest({ contacts: 3 });
  const id = await draftNews(on);

  await launchDelayed(on, id);
  await begin(on);
  const before = await read(on, id);
  const [due] = await on.sql<{ seconds: number }[]>`
    select extract(epoch from due_at - launched_at)::float8 as seconds from messaging.campaigns where id = ${id}`;
  await passDelay(on, id);
  await begin(on);

  expect(before).toMatchObject({ status: "scheduled", counts: { planned: 0 } });
  expect(due?.seconds).toBeCloseTo(6, 1);
  expect(await read(on, id)).toMatchObject({ status: "running", counts: { planned: 3 } });
});

test("launch() with a delay postpones an earlier time, but no occurrence", async () => {
  const on = await campaignStageOfTest({ contacts: 1 });
  const soon = await draftNews(on, { schedule: { at: new Date(Date.now() + 2_000).toISOString() } });
  const daily = await draftNews(on, { schedule: { recurrence: { every: "day", time: "09:30" } } });

  await launchDelayed(on, soon);
  await launchDelayed(on, daily);

  const [due] = await on.sql<{ seconds: number }[]>`
    select extract(epoch from due_at - launched_at)::float8 as seconds from messaging.campaigns where id = ${soon}`;
  expect(due?.seconds).toBeCloseTo(6, 1);
  expect((await read(on, daily)).dueAt).toMatch(/T09:30:00.000Z$/);
});

test("undoLaunch() restores the draft with its template and the requested approval", async () => {
  const on = await campaignStageOfTest({ contacts: 2 });
  const [template] = await on.sql<{ id: string }[]>`
    insert into messaging.templates (workspace_id, name, category, content)
    values (${on.workspaceId}, 'Hello', 'general', '{"text": "Hello"}') returning id`;
  const variants = [{ weight: 100, templateId: template?.id ?? "" }];
  const id = await draftNews(on, {
    content: undefined,
    variants,
    schedule: { at: "2030-01-01T10:00:00.000Z" },
  });
  await askApproval(on, on.workspaceId, { campaignId: id, by: on.ann });
  const written = await read(on, id);
  await launchDelayed(on, id);

  await undo(on, id);

  const { updatedAt: _before, ...draft } = written;
  const { updatedAt: _after, ...undone } = await read(on, id);
  expect({ ...undone, approval: undone.approval?.state }).toEqual({ ...draft, approval: "asked" });
  const { items } = await listActions(on, on.workspaceId, { campaignId: id });
  expect(items.map(({ action }) => action)).toEqual(["launch-undone", "launched", "approval-asked"]);
  expect(await on.sql`select from messaging.campaign_variants where campaign_id = ${id}`).toHaveLength(0);
});

test("undoLaunch() and the start race: exactly one wins, and an undone campaign plans no one", async () => {
  const on = await campaignStageOfTest({ contacts: 2 });
  for (let round = 0; round < 12; round += 1) {
    const id = await draftNews(on);
    await launchDelayed(on, id);
    await passDelay(on, id);

    const start = () => startDue(on);
    const [undone] = await Promise.allSettled([undo(on, id), start(), start()]);
    await planAll(on);

    const { status, counts } = await read(on, id);
    const isUndone = undone.status === "fulfilled";
    expect([status, counts.planned]).toEqual(isUndone ? ["draft", 0] : ["running", 2]);
  }
});

test("undoLaunch() waiting for a start's commit refuses, although it read the campaign before", async () => {
  const on = await campaignStageOfTest({ contacts: 2 });
  const id = await draftNews(on);
  await launchDelayed(on, id);
  let undoing: Promise<unknown> | undefined;
  await on.sql.begin(async (tx) => {
    await tx`update messaging.campaigns set status = 'planning', status_at = clock_timestamp() where id = ${id}`;
    undoing = undo(on, id).catch((error: unknown) => error);
    await waitForLock(on);
  });

  expect(await undoing).toMatchObject({ code: "campaign-begun", status: 409 });
  await planAll(on);
  expect(await read(on, id)).toMatchObject({ status: "running", counts: { planned: 2 } });
});

test("startDue() starts nothing of a campaign whose undo comes first", async () => {
  const on = await campaignStageOfTest({ contacts: 2 });
  const id = await draftNews(on);
  await launchDelayed(on, id);
  await passDelay(on, id);

  await undo(on, id);
  await begin(on);

  const unlaunched = { status: "draft", launchedAt: null, dueAt: null, counts: { planned: 0 } };
  expect(await read(on, id)).toMatchObject(unlaunched);
});

test("undoLaunch() of a recurring campaign refuses when its first occurrence commits concurrently", async () => {
  const on = await campaignStageOfTest({ contacts: 1 });
  const id = await draftNews(on, { schedule: { recurrence: { every: "day", time: "09:30" } } });
  await launchDelayed(on, id);
  let undoing: Promise<unknown> | undefined;
  await on.sql.begin(async (tx) => {
    await tx`update messaging.campaigns set due_at = due_at + interval '1 day' where id = ${id}`;
    await tx`insert into messaging.campaigns (workspace_id, name, kind, status, audience, draft, parent_id, occurrence_at)
      select workspace_id, name, kind, 'planning', audience, draft, id, due_at from messaging.campaigns where id = ${id}`;
    undoing = undo(on, id).catch((error: unknown) => error);
    await waitForLock(on);
  });

  expect(await undoing).toMatchObject({ code: "campaign-begun" });
  expect((await read(on, id)).status).toBe("scheduled");
});

test("changeDraft() during the launch delay requires undoLaunch() first", async () => {
  const on = await campaignStageOfTest({ contacts: 1 });
  const campaignId = await draftNews(on);
  await launchDelayed(on, campaignId);

  const change = changeDraft(on, on.workspaceId, { campaignId, body: { name: "Other" }, by: on.ann });

  await expect(change).rejects.toMatchObject({
    code: "campaign-starting",
    message: expect.stringContaining("Undo its launch"),
  });
});

async function waitForLock(on: CampaignStage): Promise<void> {
  await expect
    .poll(
      async () =>
        (
          await on.sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
        ).length,
      { timeout: 10_000 },
    )
    .toBeGreaterThan(0);
}
