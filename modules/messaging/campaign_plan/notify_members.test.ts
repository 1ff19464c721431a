import { afterEach, beforeEach, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { checkBreakers } from "../delivery/campaign_breakers.ts";
import { finishCampaigns } from "../campaign_state/stops.ts";
import { countUnread, listNotifications, markRead } from "../notifications/notification_store.ts";
import type { Schedule } from "../campaigns/schedule.ts";
import { startDue } from "./start_due.ts";
import { pause, resume } from "./campaign_control.ts";
import { notifyOverdue, notifyMembers, remindOfStart } from "./notify_members.ts";
import { draftNews, launchNews } from "./testing.ts";

let stage: CampaignStage;
let miaId: string;
beforeEach(async () => {
  stage = await openCampaignStage();
  const [mia] = await stage.sql<{ user_id: string }[]>`
    with u as (insert into auth.users (email, name, password_hash) values ('mia', 'Mia', 'x') returning id)
    insert into auth.memberships (workspace_id, user_id, role)
    select ${stage.workspaceId}::uuid, u.id, 'manager' from u
    union all select ${stage.workspaceId}::uuid, ${stage.userId}::uuid, 'operator' returning user_id`;
  miaId = mia?.user_id ?? "";
});
afterEach(() => stage.close());

const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString();

const launched = (schedule?: Schedule) => launchNews(stage, { schedule });

/** As if many processes looked at once, until nothing is left. */
async function notifyAll(step: typeof notifyMembers): Promise<void> {
  const looks = await Promise.all(Array.from({ length: 4 }, () => step(stage)));
  if (looks.some(Boolean)) await notifyAll(step);
}

const notified = () => stage.sql<
  { name: string; kind: string; detail: string | null; starts_at: string | null }[]
>`
  select u.name, n.kind, n.detail, n.starts_at from messaging.notifications n join auth.users u on u.id = n.user_id
  order by n.id, u.name`;

test("remindOfStart() reminds the author and approvers once, and again after the time was moved", async () => {
  const at = minutes(20);
  const id = await launched({ at, remindMinutes: 30 });
  await launched({ at: minutes(40), remindMinutes: 30 });
  await launched({ at: minutes(20) });
  const heard: unknown[] = [];
  stage.live.subscribe(`workspace:${stage.workspaceId}`, ({ name, data }) => {
    if (name === "notification") heard.push(data.userId);
  });

  await notifyAll(remindOfStart);
  await notifyAll(remindOfStart);

  const first = await notified();
  expect(first.map(({ name, kind }) => `${name}: ${kind}`).toSorted()).toEqual([
    "Ann: campaign-soon",
    "Mia: campaign-soon",
  ]);
  expect(first.map(({ starts_at }) => new Date(starts_at ?? "").toISOString())).toEqual([at, at]);
  expect(heard.toSorted()).toEqual([stage.userId, miaId].toSorted());
  await stage.sql`update messaging.campaigns set due_at = ${minutes(25)} where id = ${id}`;
  await notifyAll(remindOfStart);
  expect(await notified()).toHaveLength(4);
});

test("remindOfStart() reminds before each occurrence of a recurring campaign, and mentions a missing approval", async () => {
  const id = await launched({
    timezone: "UTC",
    recurrence: { every: "day", time: "09:30" },
    remindMinutes: 5,
  });
  await stage.sql`update messaging.campaigns set due_at = ${minutes(4)} where id = ${id}`;

  await notifyAll(remindOfStart);
  await stage.sql`update messaging.campaigns set due_at = ${minutes(-1)} where id = ${id}`;
  await startDue(stage);
  await notifyAll(remindOfStart);
  expect(await notified()).toHaveLength(2);
  await stage.sql`update messaging.campaigns set due_at = ${minutes(4)}, approval = 'asked', approval_at = now()
    where id = ${id}`;
  await notifyAll(remindOfStart);

  const all = await notified();
  expect(all).toHaveLength(4);
  expect(all.map(({ detail }) => detail?.includes("approval") ?? false)).toEqual([false, false, true, true]);
});

test("a campaign that stops itself or finishes is reported once; actions of people are not", async () => {
  const stopped = await launched();
  const over = await launched();
  const results = [{ sent: 40, failed: 60, optedOut: 0, errors: {} }];
  await stage.sql`update messaging.campaigns set status = 'running', recent = ${JSON.stringify(results)}::jsonb
    where id = ${stopped}`;
  await stage.sql`update messaging.campaigns set status = 'running', planned_at = now() where id = ${over}`;
  const byHand = await launched();
  await pause(stage, stage.workspaceId, { campaignId: byHand, by: stage.ann });
  await resume(stage, stage.workspaceId, { campaignId: byHand, by: stage.ann });

  await checkBreakers(stage);
  await notifyAll(notifyMembers);
  await finishCampaigns(stage);
  await notifyAll(notifyMembers);
  await notifyAll(notifyMembers);

  const all = await notified();
  expect(all.map(({ name, kind }) => `${name}: ${kind}`).toSorted()).toEqual([
    "Ann: campaign-finished",
    "Ann: campaign-paused",
    "Mia: campaign-paused",
  ]);
  expect(all.find(({ kind }) => kind === "campaign-paused")?.detail).toMatch(/60 of the last 100/);
});

const paused = (reason: string, id: string) => stage.sql`
  update messaging.campaigns set status = 'paused', paused_from = 'running', untold = 'paused', status_reason = ${reason}
  where id = ${id}`;

test("the reason why a campaign stopped itself is a separate sentence", async () => {
  await paused("Paused by itself: choosing its people failed 3 times", await launched());

  await notifyAll(notifyMembers);

  const details = new Set((await notified()).map(({ detail }) => detail));
  const notes = await stage.sql`select note from messaging.campaign_actions where action = 'paused'`;
  expect([...details]).toEqual(["Choosing its people failed 3 times"]);
  expect(notes).toEqual([{ note: "Choosing its people failed 3 times" }]);
});

test("notifyOverdue() notifies author and approvers once per time about a missed approval", async () => {
  const approvalAsked = (id: string, at: string) => stage.sql`
    update messaging.campaigns set approval = 'asked', approval_asked_by = ${stage.userId},
      due_at = case when status = 'scheduled' then ${at}::timestamptz end,
      schedule = schedule || jsonb_build_object('at', ${at}::text) where id = ${id}`;
  const draft = (schedule: Schedule) => draftNews(stage, { name: "Draft", schedule });
  const recurrence = { every: "day", time: "09:30" } as const;
  const late = await launched({ at: minutes(20) });
  const recurring = await launched({ timezone: "UTC", recurrence });
  const lateDraft = await draft({ at: minutes(20) });
  const drafts = [await draft({ at: minutes(20) }), await draft({ at: minutes(-60), recurrence })];
  const approved = await launched({ at: minutes(20) });
  await notifyAll(notifyOverdue);
  const before = await notified();
  for (const id of [late, recurring, lateDraft]) await approvalAsked(id, minutes(-1));
  for (const id of drafts)
    await stage.sql`update messaging.campaigns set approval = 'asked' where id = ${id}`;
  await stage.sql`update messaging.campaigns set approval = 'given', due_at = ${minutes(-1)} where id = ${approved}`;

  await notifyAll(notifyOverdue);
  await notifyAll(notifyOverdue);

  const words = (await stage.sql<{ id: string; name: string; detail: string }[]>`
    select n.campaign_id as id, u.name, n.detail from messaging.notifications n join auth.users u on u.id = n.user_id
    where n.kind = 'approval-overdue'`) as { id: string; name: string; detail: string }[];
  expect(before).toEqual([]);
  expect(words).toHaveLength(6);
  for (const [id, detail] of [
    [late, "It begins as soon as somebody approves it"],
    [recurring, "Once somebody approves it, it goes on with its next time"],
    [lateDraft, "Give it another time: it cannot be approved with one that is over"],
  ]) {
    const ofIt = words.filter((one) => one.id === id);
    expect(ofIt.map(({ name }) => name).toSorted()).toEqual(["Ann", "Mia"]);
    expect(ofIt.map((one) => one.detail)).toEqual([detail, detail]);
  }
  await approvalAsked(late, minutes(-0.5));
  await notifyAll(notifyOverdue);
  expect((await notified()).filter(({ kind }) => kind === "approval-overdue")).toHaveLength(8);
});

test("notifications are read, counted and marked per person and workspace", async () => {
  await launched({ at: minutes(20), remindMinutes: 30 });
  await launched({ at: minutes(21), remindMinutes: 30 });
  await notifyAll(remindOfStart);
  const ann = { workspaceId: stage.workspaceId, userId: stage.userId };
  const mia = { ...ann, userId: miaId };

  const { items, nextCursor } = await listNotifications(stage, ann, { limit: 1 });
  const rest = await listNotifications(stage, ann, { limit: 1, cursor: nextCursor ?? "" });
  const left = await markRead(stage, ann, [items[0]?.id ?? ""]);
  const hers = await markRead(
    stage,
    mia,
    rest.items.map(({ id }) => id),
  );

  expect([items.length, rest.items.length, rest.nextCursor]).toEqual([1, 1, null]);
  expect([left, hers]).toEqual([1, 2]);
  expect((await listNotifications(stage, ann, { unread: true })).items).toEqual(rest.items);
  expect(await markRead(stage, ann)).toBe(0);
  expect(await countUnread(stage, mia)).toBe(2);
});
