import { afterEach, beforeEach, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import type { Actor } from "../campaigns/actor.ts";
import { approve, askApproval, sendBack } from "./approval.ts";
import { listActions } from "../campaigns/campaign_actions.ts";
import { readCampaign } from "../campaigns/campaign_live.ts";
import { changeDraft } from "./draft.ts";
import { launch } from "../campaign_plan/launch.ts";
import type { NewCampaign } from "../campaigns/schema.ts";
import { startDue } from "../campaign_plan/start_due.ts";
import { draftNews } from "../campaign_plan/testing.ts";

let stage: CampaignStage;
let ben: Actor;
let mia: Actor;
beforeEach(async () => {
  stage = await openCampaignStage({ contacts: 2 });
  ben = await member("Ben", "operator");
  mia = await member("Mia", "manager");
});
afterEach(() => stage.close());

async function member(name: string, role: string): Promise<Actor> {
  const [row] = await stage.sql<{ user_id: string }[]>`
    with u as (insert into auth.users (email, name, password_hash) values (${name}, ${name}, 'x') returning id)
    insert into auth.memberships (workspace_id, user_id, role)
    select ${stage.workspaceId}, id, ${role} from u returning user_id`;
  return { userId: row?.user_id ?? "", name, maySend: role === "manager" };
}

const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
const read = (id: string) => readCampaign(stage, stage.workspaceId, id);
const needsApproval = (isNeeded: boolean) => stage.sql`
  insert into messaging.sending_rules (workspace_id, operators_need_approval) values (${stage.workspaceId}, ${isNeeded})`;

const draftOfBen = (changes?: Partial<NewCampaign>) => draftNews({ ...stage, ann: ben }, changes);

const on = (campaignId: string) => ({
  ask: (by = ben) => askApproval(stage, stage.workspaceId, { campaignId, by }),
  approve: async (updatedAt?: string) =>
    await approve(stage, stage.workspaceId, {
      campaignId,
      by: mia,
      updatedAt: updatedAt ?? (await read(campaignId)).updatedAt,
    }),
  sendBack: (note: string) => sendBack(stage, stage.workspaceId, { campaignId, by: mia, note }),
  launch: (by: Actor) => launch(stage, stage.workspaceId, { campaignId, by }),
  change: (by: Actor, text: string) =>
    changeDraft(stage, stage.workspaceId, { campaignId, by, body: { content: { text } } }),
});

/** The notifications, oldest first. */
const notified = () => stage.sql<{ name: string; kind: string; by: string | null; detail: string | null }[]>`
  select u.name, n.kind, a.name as by, n.detail from messaging.notifications n join auth.users u on u.id = n.user_id
  left join auth.users a on a.id = n.actor_user_id order by n.id`;

test("launch() by an operator requires a manager's approval; each is notified of the other's action", async () => {
  const id = await draftOfBen();
  const it = on(id);

  await expect(it.launch(ben)).rejects.toMatchObject({ code: "approval-missing", status: 409 });
  await it.ask();
  await expect(it.ask()).rejects.toMatchObject({ code: "approval-asked" });
  await expect(it.launch(ben)).rejects.toMatchObject({ code: "approval-missing" });
  await it.sendBack("Shorter, please");
  await expect(it.launch(ben)).rejects.toMatchObject({ code: "approval-missing" });
  expect(await read(id)).toMatchObject({ approval: { state: "refused", note: "Shorter, please" } });
  await it.ask();
  await it.approve();
  const launches = await Promise.allSettled([it.launch(ben), it.launch(ben)]);

  expect(launches.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(await read(id)).toMatchObject({
    status: "planning",
    approval: { state: "given", askedById: ben.userId, decidedById: mia.userId, note: null },
  });
  expect(await notified()).toEqual([
    { name: "Mia", kind: "approval-asked", by: "Ben", detail: null },
    { name: "Ben", kind: "approval-refused", by: "Mia", detail: "Shorter, please" },
    { name: "Mia", kind: "approval-asked", by: "Ben", detail: null },
    { name: "Ben", kind: "approval-given", by: "Mia", detail: null },
  ]);
  const { items } = await listActions(stage, stage.workspaceId, { campaignId: id });
  expect(items.map(({ action, by }) => `${by?.name}: ${action}`)).toEqual([
    "Ben: launched",
    "Mia: approval-given",
    "Ben: approval-asked",
    "Mia: approval-refused",
    "Ben: approval-asked",
  ]);
});

test("approve() covers the version that was read: a change before refuses it, a change after removes it", async () => {
  const id = await draftOfBen();
  const it = on(id);
  const { updatedAt } = await it.ask();

  await it.change(ben, "Something else");
  await expect(it.approve(updatedAt)).rejects.toMatchObject({ code: "approval-changed", status: 409 });
  expect((await read(id)).approval?.state).toBe("asked");
  await it.approve();
  await it.change(ben, "Something else again");

  expect((await read(id)).approval).toBeNull();
  await expect(it.launch(ben)).rejects.toMatchObject({ code: "approval-missing" });
  await expect(it.approve()).rejects.toMatchObject({ code: "approval-not-asked" });
});

test("a scheduled campaign changed by an operator waits past its time for a manager's approval", async () => {
  const id = await draftOfBen({ schedule: { at: hours(1) } });
  const it = on(id);
  await it.launch(mia);
  await it.change(ben, "Other words");
  await stage.sql`update messaging.campaigns set due_at = ${hours(-1)} where id = ${id}`;

  expect(await startDue(stage)).toBe(false);
  expect(await read(id)).toMatchObject({
    status: "scheduled",
    approval: { state: "asked", askedById: ben.userId },
  });
  await it.sendBack("No");
  expect(await startDue(stage)).toBe(false);
  await it.ask();
  await it.approve();

  expect(await startDue(stage)).toBe(true);
  expect(await read(id)).toMatchObject({ status: "planning" });
});

test("approve() of a recurring campaign skips missed occurrences, and ends it after the last", async () => {
  const minuteAgo = new Date(Date.now() - 60_000).toISOString();
  const schedule = { timezone: "UTC", recurrence: { every: "day", time: minuteAgo.slice(11, 16) } } as const;
  const daily = await draftOfBen({ schedule });
  const last = await draftOfBen({
    schedule: { ...schedule, recurrence: { ...schedule.recurrence, until: hours(25) } },
  });
  for (const id of [daily, last]) {
    await on(id).launch(mia);
    await on(id).change(ben, "Other words");
    await stage.sql`update messaging.campaigns set due_at = ${minuteAgo} where id = ${id}`;
  }
  await stage.sql`update messaging.campaigns
    set schedule = jsonb_set(schedule, '{recurrence,until}', to_jsonb(${minuteAgo}::text)) where id = ${last}`;

  await on(daily).approve();
  await on(last).approve();

  expect(await startDue(stage)).toBe(false);
  const { status, dueAt } = await read(daily);
  expect(status).toBe("scheduled");
  expect(Date.parse(dueAt ?? "")).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  expect(await read(last)).toMatchObject({ status: "completed", approval: { state: "given" } });
});

test("approve() refuses a draft that can no longer be launched unchanged", async () => {
  const id = await draftOfBen({ schedule: { at: hours(1) } });
  await on(id).ask();
  await stage.sql`update messaging.campaigns
    set schedule = jsonb_build_object('at', ${hours(-1)}::text) where id = ${id}`;

  await expect(on(id).approve()).rejects.toMatchObject({ code: "schedule-invalid", status: 422 });

  expect((await read(id)).approval?.state).toBe("asked");
  await on(id).sendBack("Choose a later time");
});

test("changes and launches by a manager need no approval; a launch of a requested campaign approves it", async () => {
  const scheduled = await draftOfBen({ schedule: { at: hours(1) } });
  await on(scheduled).launch(mia);
  await on(scheduled).change(mia, "Other words");
  const asked = await draftOfBen();
  await on(asked).ask();

  await on(asked).launch(mia);

  expect(await read(scheduled)).toMatchObject({ status: "scheduled", approval: null });
  expect(await read(asked)).toMatchObject({ approval: { state: "given", decidedById: mia.userId } });
  expect((await notified()).at(-1)).toEqual({ name: "Ben", kind: "approval-given", by: "Mia", detail: null });
});

test("without required approval, an operator launches and changes scheduled campaigns", async () => {
  await needsApproval(false);
  const id = await draftOfBen({ schedule: { at: hours(1) } });

  await on(id).launch(ben);
  await on(id).change(ben, "Other words");

  expect(await read(id)).toMatchObject({ status: "scheduled", approval: null });
});

test("askApproval() refuses a draft that cannot be launched, and a started campaign", async () => {
  const late = await draftOfBen({ schedule: { at: hours(1) } });
  await stage.sql`update messaging.campaigns
    set schedule = jsonb_build_object('at', ${hours(-1)}::text) where id = ${late}`;
  const begun = await draftOfBen();
  await on(begun).launch(mia);

  await expect(on(late).ask()).rejects.toMatchObject({ code: "schedule-invalid", status: 422 });
  await expect(on(begun).ask()).rejects.toMatchObject({ code: "approval-asked", status: 409 });
});
