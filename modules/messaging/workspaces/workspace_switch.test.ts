import { afterEach, beforeEach, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { createDraft } from "../campaign_draft/draft.ts";
import { launch } from "../campaign_plan/launch.ts";
import { planSome } from "../campaign_plan/plan.ts";
import { startDue } from "../campaign_plan/start_due.ts";
import { remindOfStart } from "../campaign_plan/notify_members.ts";
import { readWaits } from "../campaign_results/waits.ts";
import { advanceSequences } from "../sequences/advance.ts";
import { sendAutoReplies } from "../sequences/send_auto_replies.ts";
import { enrolByHand } from "../sequences/enrolments.ts";
import { writeAutoReplies } from "../sequences/auto_replies.ts";
import { createSequence, startSequence } from "../sequences/sequence_store.ts";
import { runTriggers } from "../sequences/triggers.ts";
import { disableWorkspace, enableWorkspace, readSwitch } from "./workspace_switch.ts";

let stage: CampaignStage;
let by: { workspaceId: string; userId: string };
let contacts: string[];
beforeEach(async () => {
  stage = await openCampaignStage({ contacts: 3 });
  by = { workspaceId: stage.workspaceId, userId: stage.userId };
  await stage.sql`insert into auth.memberships (workspace_id, user_id, role)
    values (${by.workspaceId}, ${by.userId}, 'owner')`;
  contacts = (await stage.sql<{ id: string }[]>`select id from messaging.contacts order by id`).map(
    ({ id }) => id,
  );
});
afterEach(() => stage.close());

async function launched(at: string | null): Promise<string> {
  const body = {
    name: "News",
    kind: "window",
    audience: { all: true },
    content: { text: "Hi" },
    schedule: at === null ? null : { at, remindMinutes: 30 },
  } as const;
  const campaignId = await createDraft(stage, by.workspaceId, { body, userId: by.userId });
  await launch(stage, by.workspaceId, { campaignId, by: stage.ann });
  return campaignId;
}

async function sequence(trigger: object | null): Promise<string> {
  const { id } = await createSequence(stage.sql, by, {
    name: "Hello",
    steps: [{ delaySeconds: 0, condition: null, content: { text: "one" } }],
    trigger: trigger as never,
    exit: { onReply: false, onClick: false, onTagId: null },
  });
  await startSequence(stage.sql, { ...by, sequenceId: id });
  return id;
}

const minutes = (count: number) => new Date(Date.now() + count * 60_000).toISOString();
const statuses = async (ids: string[]) =>
  (
    await stage.sql<
      { status: string }[]
    >`select status from messaging.campaigns where id = any(${ids}) order by id`
  ).map(({ status }) => status);
/** Somebody writes; so many seconds ago. */
const writes = (contactId: string | undefined, text: string, secondsAgo = 0) => stage.sql`
  with v as (insert into messaging.conversations (workspace_id, id, page_id, last_message_at, preview_direction)
    select workspace_id, id, page_id, now(), 'in' from messaging.contacts where id = ${contactId ?? ""} on conflict do nothing)
  insert into messaging.messages (id, workspace_id, conversation_id, page_id, mid, direction, author_kind, text, sent_at)
  select uuidv7(make_interval(secs => ${-secondsAgo}::int4)), workspace_id, id, page_id, gen_random_uuid(), 'in', 'contact', ${text}, clock_timestamp()
  from messaging.contacts where id = ${contactId ?? ""}`;
const ledger = async () =>
  (await stage.sql<{ count: number }[]>`select count(*)::int4 as count from messaging.deliveries`)[0]?.count;

/** Everything that the ticker does, as often as there is something to do. */
async function clock(): Promise<void> {
  const steps = [startDue, planSome, remindOfStart] as const;
  for (const step of steps) while (await step(stage));
  await advanceSequences(stage.sql);
  await runTriggers(stage.sql);
  await advanceSequences(stage.sql);
  await sendAutoReplies({ sql: stage.sql, config: { appUrl: "https://app.example.com" } });
}

/** As if triggers and pages had been looked at so many seconds before. */
const later = async (seconds: number) => {
  await stage.sql`update messaging.triggers set seen_until = seen_until - make_interval(secs => ${seconds}::int4)`;
  await stage.sql`update messaging.auto_replies set seen_until = seen_until - make_interval(secs => ${seconds}::int4)`;
};

test("a disabled workspace starts, plans, moves and answers nothing; enabled again, queued work continues", async () => {
  await stage.sql`update messaging.pages set created_at = now() - interval '1 day'`;
  const scheduled = await launched(minutes(20));
  const immediate = await launched(null);
  const byHand = await sequence(null);
  await enrolByHand(stage.sql, { workspaceId: by.workspaceId, sequenceId: byHand }, { contactIds: contacts });
  const keyword = {
    kind: "keyword",
    words: ["coffee"],
    how: "is",
    pageIds: [],
    cooldownSeconds: 0,
    maxPerContact: 5,
  };
  await sequence(keyword);
  await writeAutoReplies(
    stage.sql,
    { workspaceId: by.workspaceId, pageId: stage.pageIds[0] ?? "" },
    { welcome: { text: "Welcome" }, away: null, businessHours: null },
  );
  await later(60);

  await disableWorkspace(stage, by);
  await writes(contacts[0], "coffee", 30);
  await clock();
  await stage.sql`update messaging.campaigns set due_at = ${minutes(-1)} where id = ${scheduled}`;
  await clock();
  const off = { statuses: await statuses([scheduled, immediate]), ledger: await ledger() };
  const notified = await stage.sql`select 1 from messaging.notifications`;
  const { automation } = await readSwitch(stage, by.workspaceId);
  await enableWorkspace(stage, by);
  await later(2);
  await clock();

  expect(off).toEqual({ statuses: ["scheduled", "planning"], ledger: 0 });
  expect(notified).toEqual([]);
  expect(automation).toEqual({ running: 1, scheduled: 1, due: 1, sequences: 2 });
  expect(await statuses([scheduled, immediate])).toEqual(["running", "running"]);
  // Both campaigns and the sequence by hand to three people; the word that was written meanwhile begins nothing.
  expect(await ledger()).toBe(9);
  await writes(contacts[1], "coffee");
  await later(2);
  await clock();
  expect(await ledger()).toBe(11);
});

test("a campaign reports that its workspace is disabled, and neither it nor a sequence starts", async () => {
  const campaignId = await launched(null);
  while (await planSome(stage));
  const draft = await createDraft(stage, by.workspaceId, {
    body: { name: "Later", kind: "window", audience: { all: true }, content: { text: "Hi" } },
    userId: by.userId,
  });
  const waits = () => readWaits(stage.sql, { workspaceId: by.workspaceId, campaignId });
  const before = await waits();

  await disableWorkspace(stage, by);

  expect(before).toBeNull();
  expect(await waits()).toMatchObject({ why: "workspace", pages: 1, of: 1 });
  const refused = { code: "workspace-disabled", status: 409 };
  await expect(launch(stage, by.workspaceId, { campaignId: draft, by: stage.ann })).rejects.toMatchObject(
    refused,
  );
  await expect(sequence(null)).rejects.toMatchObject({
    ...refused,
    message: expect.stringMatching(/^Cannot start this sequence: the workspace is switched off/),
  });
});

test("each disable or enable is recorded once with its author, and screens are notified", async () => {
  const heard: string[] = [];
  stage.live.subscribe(`workspace:${by.workspaceId}`, ({ name }) => heard.push(name));

  const off = await Promise.all([disableWorkspace(stage, by), disableWorkspace(stage, by)]);
  const on = await enableWorkspace(stage, by);
  await enableWorkspace(stage, by);

  expect(off.map(({ disabledAt }) => disabledAt !== null)).toEqual([true, true]);
  expect(on.disabledAt).toBeNull();
  const { history } = await readSwitch(stage, by.workspaceId);
  expect(history).toMatchObject([
    { isOn: true, by: { id: by.userId, name: "Ann" } },
    { isOn: false, by: { id: by.userId, name: "Ann" } },
  ]);
  expect(heard.filter((name) => name === "workspace")).toHaveLength(2);
});

test("enableWorkspace() skips events of the disabled time and enables, or does neither", async () => {
  await sequence({
    kind: "keyword",
    words: ["coffee"],
    how: "is",
    pageIds: [],
    cooldownSeconds: 0,
    maxPerContact: 5,
  });
  await later(60);
  await disableWorkspace(stage, by);
  const seen = async () => (await stage.sql`select seen_until from messaging.triggers`)[0];
  const before = await seen();
  await stage.sql`alter table auth.workspace_switches add constraint refuse check (not is_on)`;

  await expect(enableWorkspace(stage, by)).rejects.toThrow("workspace_switches");
  const refused = await seen();
  await stage.sql`alter table auth.workspace_switches drop constraint refuse`;
  const { disabledAt } = await enableWorkspace(stage, by);

  expect(refused).toEqual(before);
  expect(await seen()).not.toEqual(before);
  expect(disabledAt).toBeNull();
});
