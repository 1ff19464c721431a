import { afterEach, beforeEach, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { readCalendar } from "../campaign_draft/calendar.ts";
import { listCampaigns } from "../campaign_draft/campaign_list.ts";
import { readCampaign } from "../campaigns/campaign_live.ts";
import { changeDraft } from "../campaign_draft/draft.ts";
import type { Schedule } from "../campaigns/schedule.ts";
import { startDue } from "./start_due.ts";
import { cancel, pause, resume } from "./campaign_control.ts";
import { launchNews, planAll } from "./testing.ts";

let stage: CampaignStage;
beforeEach(async () => {
  stage = await openCampaignStage({ contacts: 3 });
});
afterEach(() => stage.close());

const hourMs = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * hourMs).toISOString();
const read = (id: string) => readCampaign(stage, stage.workspaceId, id);
const occurrences = async (parentId: string) =>
  (await listCampaigns(stage, stage.workspaceId, { parentId })).items.toReversed();

const launched = (schedule: Schedule) => launchNews(stage, { schedule });

/** As if its time had come so long ago. */
const setDue = (id: string, hoursAgo: number) =>
  stage.sql`update messaging.campaigns set due_at = ${inHours(-hoursAgo)}::timestamptz where id = ${id}`;

async function startAll(): Promise<void> {
  const looks = await Promise.all(Array.from({ length: 4 }, () => startDue(stage)));
  if (looks.some(Boolean)) await startAll();
}

test("startDue() starts a scheduled campaign at its time, once for any number of processes", async () => {
  const id = await launched({ at: inHours(1) });

  await startAll();
  expect(await read(id)).toMatchObject({ status: "scheduled", counts: { planned: 0 } });
  await setDue(id, 0.001);
  await startAll();
  await planAll(stage);

  expect(await read(id)).toMatchObject({ status: "running", counts: { planned: 3 } });
});

test("a recurring campaign creates one campaign per occurrence and waits for the next", async () => {
  const id = await launched({ timezone: "UTC", recurrence: { every: "day", time: "09:30" } });
  const first = (await read(id)).dueAt;
  await setDue(id, 0.01);

  await startAll();
  await planAll(stage);

  const [child, ...others] = await occurrences(id);
  expect(others).toEqual([]);
  expect(child).toMatchObject({ parentId: id, status: "running", counts: { planned: 3, queued: 3 } });
  expect(child?.expiresAt).toBe(first);
  expect(child?.name).toMatch(/^News · \d+ \w+ \d{4}$/);
  expect(await read(id)).toMatchObject({ status: "scheduled", dueAt: first });
});

test("a recurring campaign without a zone keeps the workspace's zone of its launch", async () => {
  const { sql, workspaceId } = stage;
  const setZone = (zone: string) => sql`
    insert into messaging.sending_rules (workspace_id, timezone) values (${workspaceId}, ${zone})
    on conflict (workspace_id) do update set timezone = excluded.timezone`;
  await setZone("Asia/Tokyo");
  const id = await launched({ recurrence: { every: "day", time: "09:30" } });
  const { dueAt } = await read(id);

  await setZone("America/New_York");
  await setDue(id, 0.01);
  await startAll();
  const later = await read(id);
  await changeDraft(stage, workspaceId, { campaignId: id, body: { name: "Renamed" }, by: stage.ann });

  expect(dueAt).toMatch(/T00:30:00/);
  expect(later).toMatchObject({ dueAt, schedule: { timezone: "Asia/Tokyo" } });
  expect(await read(id)).toMatchObject({ dueAt, name: "Renamed" });
});

test("startDue() makes up only the newest missed occurrence after an outage", async () => {
  const id = await launched({ timezone: "UTC", recurrence: { every: "day", time: "09:30" } });
  await setDue(id, 24 * 10);

  await startAll();

  const made = await occurrences(id);
  expect(made).toHaveLength(1);
  expect(Date.now() - Date.parse(made[0]?.occurrenceAt ?? "")).toBeLessThan(24 * hourMs);
  expect(Date.parse((await read(id)).dueAt ?? "")).toBeGreaterThan(Date.now());
});

test("the last occurrence completes a recurring campaign; a cancelled one creates no more", async () => {
  const { workspaceId } = stage;
  const ending = await launched({
    timezone: "UTC",
    recurrence: { every: "day", time: "09:30", until: inHours(26) },
  });
  const cancelled = await launched({ timezone: "UTC", recurrence: { every: "day", time: "09:30" } });
  await setDue(ending, 0.01);
  await stage.sql`update messaging.campaigns
    set schedule = jsonb_set(schedule, '{recurrence,until}', to_jsonb(${inHours(0)}::text)) where id = ${ending}`;
  await cancel(stage, workspaceId, { campaignId: cancelled, by: stage.ann });
  await setDue(cancelled, 0.01);

  await startAll();

  expect(await read(ending)).toMatchObject({ status: "completed", finishedAt: expect.any(String) });
  expect(await occurrences(ending)).toHaveLength(1);
  expect(await occurrences(cancelled)).toEqual([]);
});

test("a recurring campaign paused over an occurrence continues with the next", async () => {
  const id = await launched({ timezone: "UTC", recurrence: { every: "day", time: "09:30" } });
  await pause(stage, stage.workspaceId, { campaignId: id, by: stage.ann });
  await setDue(id, 30);

  await startAll();
  expect(await occurrences(id)).toEqual([]);
  const resumed = await resume(stage, stage.workspaceId, { campaignId: id, by: stage.ann });

  expect(resumed.status).toBe("scheduled");
  expect(Date.parse(resumed.dueAt ?? "")).toBeGreaterThan(Date.now());
});

test("a recurring campaign paused over its last occurrence completes on resume and sends nothing", async () => {
  const until = inHours(30);
  const id = await launched({ timezone: "UTC", recurrence: { every: "day", time: "09:30", until } });
  await pause(stage, stage.workspaceId, { campaignId: id, by: stage.ann });
  await setDue(id, 30);
  await stage.sql`update messaging.campaigns
    set schedule = jsonb_set(schedule, '{recurrence,until}', to_jsonb(${inHours(-1)}::text)) where id = ${id}`;

  const resumed = await resume(stage, stage.workspaceId, { campaignId: id, by: stage.ann });
  await startAll();

  expect(resumed.status).toBe("completed");
  expect(await occurrences(id)).toEqual([]);
});

test("changeDraft() of a scheduled campaign changes time and content; after its start it is 409", async () => {
  const id = await launched({ at: inHours(1) });
  const { workspaceId, sql } = stage;
  const at = inHours(5);

  await changeDraft(stage, workspaceId, {
    campaignId: id,
    body: { schedule: { at }, content: { text: "Changed" } },
    by: stage.ann,
  });

  expect(await read(id)).toMatchObject({ status: "scheduled", dueAt: at });
  const texts = await sql`select c.message ->> 'text' as text from messaging.campaign_variants v
    join messaging.contents c on c.id = v.content_id where v.campaign_id = ${id}`;
  expect(texts).toEqual([{ text: "Changed" }]);
  await setDue(id, 0.01);
  await startAll();
  await expect(
    changeDraft(stage, workspaceId, { campaignId: id, body: { name: "Late" }, by: stage.ann }),
  ).rejects.toMatchObject({ code: "campaign-not-editable", status: 409, remedy: expect.any(String) });
});

test("readCalendar() shows future occurrences of recurring campaigns and past campaigns", async () => {
  const once = await launched({ at: inHours(24 * 3) });
  const daily = await launched({ timezone: "UTC", recurrence: { every: "day", time: "09:30" } });
  await setDue(daily, 0.01);
  await startAll();
  const [child] = await occurrences(daily);

  const { items: entries, nextCursor } = await readCalendar(stage, stage.workspaceId, {
    from: inHours(-24),
    until: inHours(24 * 5),
  });

  expect(entries.filter((entry) => entry.id === once)).toHaveLength(1);
  expect(entries.filter((entry) => entry.id === daily)).toHaveLength(5);
  expect(entries.filter((entry) => entry.id === child?.id)).toMatchObject([{ isRecurring: true }]);
  expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).toSorted());
  expect(nextCursor).toBeNull();
});

test("readCalendar() pages through any number of campaigns without a gap", async () => {
  const { workspaceId, userId } = stage;
  const daily = await launched({ timezone: "UTC", recurrence: { every: "day", time: "09:30" } });
  await stage.sql`
    insert into messaging.campaigns (workspace_id, name, kind, audience, draft, created_by, status, launched_at, due_at)
    select ${workspaceId}, 'Many ' || n, 'window', '{"all": true}', '{"variants": []}', ${userId}, 'completed', now(),
      now() + make_interval(mins => n / 2) from generate_series(1, 2100) as n`;
  const range = { from: inHours(-1), until: inHours(24 * 5) };

  const first = await readCalendar(stage, workspaceId, range);
  const second = await readCalendar(stage, workspaceId, { ...range, cursor: first.nextCursor ?? "" });
  const third = await readCalendar(stage, workspaceId, { ...range, cursor: second.nextCursor ?? "" });

  const all = [first, second, third].flatMap(({ items }) => items);
  expect([first.items.length, second.items.length, third.nextCursor]).toEqual([1_000, 1_000, null]);
  expect(new Set(all.map(({ id, at }) => `${id} ${at}`)).size).toBe(all.length);
  expect(all.filter(({ id }) => id === daily)).toHaveLength(5);
  expect(all).toHaveLength(2_105);
  expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted());
});

test("readCalendar() shows a campaign in each contact's zone at its author's chosen time", async () => {
  const at = inHours(48);
  const id = await launched({ at, timezone: "Europe/Berlin", inContactZone: true });

  const { items } = await readCalendar(stage, stage.workspaceId, { from: inHours(47), until: inHours(49) });

  expect(items).toMatchObject([{ id, at }]);
});
