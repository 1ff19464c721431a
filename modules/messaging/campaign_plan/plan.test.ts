import { expect, test } from "vitest";
import { beforeCommit } from "../../../db/testing.ts";
import { until } from "../../std/testing.ts";
import { type CampaignStage, campaignStageOfTest, insertContacts } from "../testing/campaign_stage.ts";
import { readCampaign } from "../campaigns/campaign_live.ts";
import { previewAudience } from "../campaign_draft/preview.ts";
import { endRows } from "./end_rows.ts";
import { launch } from "./launch.ts";
import { planSome } from "./plan.ts";
import { cancel, pause, resume } from "./campaign_control.ts";
import { draftNews, launchNews, planAll } from "./testing.ts";

const read = (stage: CampaignStage, id: string) => readCampaign(stage, stage.workspaceId, id);

test("planSome() writes a row for each person, with the reason for skipped ones", async () => {
  const stage = await campaignStageOfTest({ pages: 2, contacts: 5 });
  const { sql, pageIds } = stage;
  const [first = "", second = ""] = pageIds;
  const ids = await insertContacts(stage, first, 6);
  await sql`update messaging.contacts set last_inbound_at = now() - interval '2 days' where id = ${ids[0] ?? ""}`;
  await sql`update messaging.contacts set subscribed = false where id = ${ids[1] ?? ""}`;
  await sql`update messaging.contacts set blocked_at = now() where id = ${ids[2] ?? ""}`;
  await sql`update messaging.contacts set last_inbound_at = null where id = ${ids[3] ?? ""}`;
  await sql`insert into messaging.suppressions (workspace_id, page_id, psid, reason)
    select workspace_id, page_id, psid, 'manual' from messaging.contacts where id = ${ids[4] ?? ""}`;
  await sql`update messaging.pages set status = 'token_dead' where id = ${second}`;

  const id = await launchNews(stage);
  await planAll(stage, 4);

  const rows = await sql`select state, reason, count(*)::int4 as count from messaging.deliveries
    where campaign_id = ${id} group by 1, 2 order by 1, 2`;
  expect(rows).toEqual([
    { state: "queued", reason: null, count: 6 },
    { state: "skipped", reason: "blocked", count: 1 },
    { state: "skipped", reason: "never-wrote", count: 1 },
    { state: "skipped", reason: "page-token-dead", count: 5 },
    { state: "skipped", reason: "suppressed", count: 1 },
    { state: "skipped", reason: "unsubscribed", count: 1 },
    { state: "skipped", reason: "window-closed", count: 1 },
  ]);
  expect(await read(stage, id)).toMatchObject({
    status: "running",
    counts: { planned: 16, queued: 6, skipped: 10, sent: 0 },
  });
});

test("planSome() leaves out people whose conversation is spam, and the preview says so", async () => {
  const stage = await campaignStageOfTest({ contacts: 3 });
  const { sql, workspaceId } = stage;
  await sql`insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction, status)
    select id, workspace_id, page_id, now(), 'in', case when n = 1 then 'spam' else 'resolved' end
    from (select *, row_number() over (order by id) as n from messaging.contacts) c where n < 3`;

  const preview = await previewAudience(stage, workspaceId, { kind: "window", audience: { all: true } });
  const id = await launchNews(stage);
  await planAll(stage);

  expect(preview).toMatchObject({ count: 2, reasons: [{ reason: "spam", count: 1 }] });
  expect(preview.funnel.map(({ count }) => count)).toEqual([3, 3, 2, 2, 2, 2, 2]);
  const rows = await sql`select state, reason, count(*)::int4 as count from messaging.deliveries
    where campaign_id = ${id} group by 1, 2 order by 1, 2`;
  expect(rows).toEqual([
    { state: "queued", reason: null, count: 2 },
    { state: "skipped", reason: "spam", count: 1 },
  ]);
});

test("planSome() plans each person once in several processes, stopped and restarted at any chunk", async () => {
  const stage = await campaignStageOfTest({ pages: 3, contacts: 40 });
  const id = await launchNews(stage);

  // Some of these stop in the middle, as a killed process does: their transaction never commits.
  const dying = beforeCommit(stage.sql, () => {
    throw Object.assign(new Error("Killed"), { code: "CONNECTION_CLOSED" });
  });
  for (let round = 0; round < 200; round += 1) {
    const on = round % 3 === 0 ? { ...stage, sql: dying } : stage;
    const results = await Promise.allSettled([planSome(on, { chunk: 7 }), planSome(stage, { chunk: 7 })]);
    if (results.every((one) => one.status === "fulfilled" && !one.value)) break;
  }

  const [row] = await stage.sql`select count(*)::int4 as rows, count(distinct (page_id, psid))::int4 as people
    from messaging.deliveries where campaign_id = ${id} and state = 'queued'`;
  expect(row).toEqual({ rows: 120, people: 120 });
  expect((await read(stage, id)).counts).toMatchObject({ planned: 120, queued: 120 });
});

test("planSome() twice at once writes two ranges, and the later of the last two ends the plan", async () => {
  const stage = await campaignStageOfTest({ contacts: 8 });
  const id = await launchNews(stage);
  await planSome(stage, { chunk: 3 });
  const isWaiting = async () =>
    (
      await stage.sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    ).length > 0;

  // The first one's transaction stays open until the second one wants to end, too.
  const slow = beforeCommit(stage.sql, async (_tx, hasPlanned) => {
    if (hasPlanned === true) await until("the second to wait", isWaiting);
  });
  const results = await Promise.all([planSome({ ...stage, sql: slow }), planSome(stage)]);

  expect(results).toEqual([true, true]);
  expect((await read(stage, id)).counts).toMatchObject({ planned: 8, queued: 8 });
  const planned =
    await stage.sql`select from messaging.campaigns where id = ${id} and planned_at is not null`;
  expect(planned).toHaveLength(1);
});

test("launch() by two people at once launches once; the other gets 409 with a remedy", async () => {
  const stage = await campaignStageOfTest({ contacts: 3 });
  const campaignId = await draftNews(stage);
  const click = () => launch(stage, stage.workspaceId, { campaignId, by: stage.ann });

  const clicks = await Promise.allSettled([click(), click(), click()]);
  await planAll(stage);

  const refused = clicks.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  expect(refused).toHaveLength(2);
  for (const reason of refused)
    expect(reason).toMatchObject({
      code: expect.stringMatching(/^campaign-(not-draft|changed)$/),
      status: 409,
      remedy: expect.any(String),
    });
  expect((await read(stage, campaignId)).counts.queued).toBe(3);
});

test("pause() between two chunks stops planning; two resumes resume once, and each person is planned once", async () => {
  const stage = await campaignStageOfTest({ contacts: 10 });
  const id = await launchNews(stage);
  await planSome(stage, { chunk: 4 });

  await pause(stage, stage.workspaceId, { campaignId: id, by: stage.ann });
  expect(await planSome(stage, { chunk: 4 })).toBe(false);
  expect(await read(stage, id)).toMatchObject({ status: "paused", counts: { planned: 4 } });
  const resumes = await Promise.allSettled([
    resume(stage, stage.workspaceId, { campaignId: id, by: stage.ann }),
    resume(stage, stage.workspaceId, { campaignId: id, by: stage.ann }),
  ]);
  await planAll(stage, 4);

  expect(resumes.map((one) => one.status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(await read(stage, id)).toMatchObject({ status: "running", counts: { planned: 10, queued: 10 } });
});

test("cancel() during planning cancels queued rows and adds none", async () => {
  const stage = await campaignStageOfTest({ contacts: 10 });
  const id = await launchNews(stage);
  await planSome(stage, { chunk: 6 });

  await cancel(stage, stage.workspaceId, { campaignId: id, by: stage.ann });
  while (await endRows(stage));
  await planAll(stage);

  expect(await read(stage, id)).toMatchObject({
    status: "cancelled",
    statusReason: "Canceled by Ann",
    counts: { planned: 6, queued: 0, cancelled: 6 },
  });
  await expect(resume(stage, stage.workspaceId, { campaignId: id, by: stage.ann })).rejects.toMatchObject({
    status: 409,
  });
});

test("rows queued past a campaign's expiry are skipped as expired", async () => {
  const stage = await campaignStageOfTest({ contacts: 5 });
  const id = await launchNews(stage, { expiresAt: new Date(Date.now() + 60_000).toISOString() });
  await planAll(stage);
  await stage.sql`update messaging.campaigns set expires_at = now()`;

  while (await endRows(stage));

  const reasons =
    await stage.sql`select distinct state, reason from messaging.deliveries where campaign_id = ${id}`;
  expect(reasons).toEqual([{ state: "skipped", reason: "expired" }]);
  expect((await read(stage, id)).counts).toMatchObject({ planned: 5, queued: 0, skipped: 5 });
});

/** The variant of each person who gets it, by PSID; -1 for those who wait for the winner. */
async function variantsOf(stage: CampaignStage, campaignId: string): Promise<Map<string, number>> {
  const rows = await stage.sql<{ psid: string; variant: number }[]>`
    select psid, variant::int4 from messaging.deliveries
    where campaign_id = ${campaignId} and state = 'queued' order by psid`;
  return new Map(rows.map(({ psid, variant }) => [psid, variant]));
}

const weights = [
  { people: 19, percents: [50, 50], holdoutPercent: 0, chunk: undefined },
  { people: 19, percents: [34, 33, 33], holdoutPercent: 20, chunk: undefined },
  { people: 7, percents: [90, 0, 10], holdoutPercent: 60, chunk: undefined },
  { people: 1, percents: [50, 50], holdoutPercent: 0, chunk: undefined },
  { people: 2_000, percents: [70, 30], holdoutPercent: 50, chunk: 500 },
];

test.each(weights)(
  "a split of $people people into $percents, $holdoutPercent held back, is off by at most one in each range",
  async ({ people, percents, holdoutPercent, chunk }) => {
    const stage = await campaignStageOfTest({ contacts: people });
    const [pageId = ""] = stage.pageIds;
    // Skipped contacts take no place of a variant.
    const skipped = await insertContacts(stage, pageId, 21);
    await stage.sql`update messaging.contacts set last_inbound_at = null where id = any(${skipped}::uuid[])`;
    const letters = percents.map((weight, n) => ({ content: { text: `Variant ${n}` }, weight }));
    const split = { holdoutPercent, winnerBy: "replied" as const, afterMinutes: 60 };
    const id = await launchNews(stage, { content: undefined, variants: letters, split });

    await planAll(stage, chunk);

    const given = [...(await variantsOf(stage, id)).values()];
    const share = (variant: number) => given.filter((one) => one === variant).length;
    const mostOff = chunk === undefined ? 1 : Math.ceil((people + 21) / chunk);
    const rest = people - share(-1);
    expect(given).toHaveLength(people);
    expect(Math.abs(share(-1) - (people * holdoutPercent) / 100)).toBeLessThanOrEqual(mostOff);
    for (const [variant, percent] of percents.entries())
      expect(Math.abs(share(variant) - (rest * percent) / 100)).toBeLessThanOrEqual(mostOff);
    const [waits] = await stage.sql`
      select bool_and((variant = -1) = (due_at = 'infinity')) as right from messaging.deliveries
      where campaign_id = ${id} and state = 'queued'`;
    expect(waits).toEqual({ right: true });
  },
);

test("a campaign that is planned anew gives each person the same variant", async () => {
  const stage = await campaignStageOfTest({ contacts: 40 });
  const letters = ["A", "B"].map((text) => ({ content: { text }, weight: 50 }));
  const split = { holdoutPercent: 25, winnerBy: "replied" as const, afterMinutes: 60 };
  const id = await launchNews(stage, { content: undefined, variants: letters, split });
  await planAll(stage);
  const before = await variantsOf(stage, id);

  await stage.sql`delete from messaging.deliveries where campaign_id = ${id}`;
  await stage.sql`update messaging.campaigns set status = 'planning', planned_at = null where id = ${id}`;
  await planAll(stage);

  expect(before.size).toBe(40);
  expect(await variantsOf(stage, id)).toEqual(before);
});

test("a frequency cap skips contacts at their limit, unless the campaign ignores it", async () => {
  const stage = await campaignStageOfTest({ contacts: 4 });
  const { sql, workspaceId } = stage;
  await sql`insert into messaging.sending_rules (workspace_id, cap_count, cap_hours) values (${workspaceId}, 1, 24)`;
  const first = await launchNews(stage);
  await planAll(stage);
  const ids = await sql<{ id: string }[]>`select id from messaging.deliveries order by id limit 3`;
  await sql`update messaging.deliveries set state = 'sent', attempt_at = case when id = ${ids[0]?.id ?? ""}
    then now() - interval '25 hours' else now() end where id = any(${ids.map(({ id }) => id)}::uuid[])`;
  expect((await read(stage, first)).counts.planned).toBe(4);

  const second = await launchNews(stage);
  const third = await launchNews(stage, { options: { ignoreCap: true } });
  await planAll(stage);

  const reasons = await sql`select reason, count(*)::int4 as count from messaging.deliveries
    where campaign_id = ${second} group by 1 order by 1`;
  expect(reasons).toEqual([
    { reason: "capped", count: 2 },
    { reason: null, count: 2 },
  ]);
  expect((await read(stage, third)).counts).toMatchObject({ queued: 4, skipped: 0 });
});

test("a time in each contact's zone is due by their own clock", async () => {
  const stage = await campaignStageOfTest({ contacts: 4 });
  const [first = ""] = stage.pageIds;
  const ids = await insertContacts(stage, first, 3);
  for (const [n, zone] of ["Asia/Tokyo", "America/New_York", "-3.5"].entries())
    await stage.sql`update messaging.contacts set timezone = ${zone} where id = ${ids[n] ?? ""}`;
  const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  const id = await launchNews(stage, {
    schedule: { at: `${day}T09:00:00Z`, timezone: "UTC", inContactZone: true },
  });
  await stage.sql`update messaging.campaigns set status = 'planning', due_at = null where id = ${id}`;

  await planAll(stage);

  const rows = await stage.sql<{ zone: string | null; hour: number }[]>`
    select distinct c.timezone as zone, (extract(epoch from d.due_at - ${`${day}T09:00:00Z`}::timestamptz) / 3600)::float8 as hour
    from messaging.deliveries d join messaging.contacts c on c.id = d.contact_id where d.campaign_id = ${id} order by 2`;
  const newYork = new Date(`${day}T12:00:00Z`).toLocaleString("en-US", {
    timeZone: "America/New_York",
    timeZoneName: "shortOffset",
  });
  expect(rows).toEqual([
    { zone: "Asia/Tokyo", hour: -9 },
    { zone: null, hour: 0 },
    { zone: "-3.5", hour: 3.5 },
    { zone: "America/New_York", hour: newYork.includes("GMT-4") ? 4 : 5 },
  ]);
});

test("a campaign that cannot be planned pauses itself with the reason and does not delay others", async () => {
  const stage = await campaignStageOfTest({ contacts: 3 });
  const { sql } = stage;
  const [segment] = await sql<{ id: string }[]>`insert into messaging.segments (workspace_id, name, kind)
    values (${stage.workspaceId}, 'Gone', 'static') returning id`;
  const broken = await launchNews(stage, { audience: { segmentId: segment?.id ?? "" } });
  const other = await launchNews(stage);
  await sql`delete from messaging.segments`;

  await planAll(stage);

  const reason = expect.stringMatching(/^Paused by itself: .*segment/);
  expect(await read(stage, broken)).toMatchObject({ status: "paused", statusReason: reason });
  expect((await read(stage, other)).counts.queued).toBe(3);
});
