import { afterAll, beforeAll, expect, test } from "vitest";
import { type DeliveryStage, openDeliveryStage } from "../testing/delivery_stage.ts";
import { insertCampaign } from "../testing/insert_campaign.ts";
import type { StageContact, StagePage } from "../testing/pages.ts";
import { until } from "../../std/testing.ts";
import { workspaceChannel } from "../deps.ts";
import { checkBreakers } from "./campaign_breakers.ts";
import { foldCounts } from "../campaign_state/counts.ts";
import { finishCampaigns } from "../campaign_state/stops.ts";

let on: DeliveryStage;
beforeAll(async () => {
  on = await openDeliveryStage();
});
afterAll(() => on.close());

const holdElsewhere = ({ psid }: StageContact) =>
  on.control("POST", `/persons/${psid}/owner`, { appId: "999" });

/** Conversations in live events from now on. */
function listen({ workspaceId }: StagePage): unknown[] {
  const heard: unknown[] = [];
  on.live.subscribe(workspaceChannel(workspaceId), ({ name, data }) => {
    if (name === "conversation") heard.push(data.conversationId);
  });
  return heard;
}

const isPageFree = async ({ pageId }: StagePage) =>
  (
    await on.database.sql`select 1 from messaging.pages p where id = ${pageId} and status = 'connected'
      and not exists (select from messaging.lanes l where l.page_id = p.id and l.held_until is not null)`
  ).length === 1;

test("another app's control fails only the reply, and the conversation shows which app", async () => {
  const { sql } = on.database;
  const page = await on.connectPage();
  const contacts = await on.addPeople(page, 4);
  const [unknown, known, passedBack, free] = contacts;
  if (!unknown || !known || !passedBack || !free) throw new Error("Four people are needed");
  for (const contact of [unknown, known, passedBack]) await holdElsewhere(contact);
  const [before] = await sql`select clock_timestamp() as at`;
  await sql`update messaging.conversations set control = 'requested', controlled_by_app = '263902037430900',
      controlled_at = now() - interval '1 h' where id = ${known.id}`;
  // Meta's handover to us came after the attempt and was stored before its response.
  await sql`update messaging.conversations set control = 'ours', controlled_at = now() + interval '1 h' where id = ${passedBack.id}`;
  const replies = new Map<string, string>();
  for (const contact of contacts) replies.set(contact.id, await on.reply(page, contact, "Hello"));
  const heard = listen(page);

  const worker = on.startWorker();
  const states = await until("every reply to end", async () => {
    const all = await Promise.all([...replies.values()].map((id) => on.status(page, id)));
    return all.every((one) => one?.state === "sent" || one?.state === "failed") && all;
  }).finally(() => worker.stop());

  expect(states.map((one) => one?.error?.code ?? one?.state)).toEqual([
    "not_thread_owner",
    "not_thread_owner",
    "not_thread_owner",
    "sent",
  ]);
  expect(await isPageFree(page)).toBe(true);
  const rows =
    await sql`select id, control, controlled_by_app as app, controlled_at >= ${before?.at} as "isNew"
    from messaging.conversations where page_id = ${page.pageId}`;
  expect(new Map(rows.map(({ id, control, app, isNew }) => [id, [control, app, isNew]]))).toEqual(
    new Map([
      [unknown.id, ["other", null, true]],
      [known.id, ["requested", "263902037430900", true]],
      [passedBack.id, ["ours", null, true]],
      [free.id, ["unknown", null, null]],
    ]),
  );
  expect(heard.toSorted()).toEqual(contacts.map(({ id }) => id).toSorted());
});

test("a campaign skips contacts under another app's control, continues, and updates each conversation once", async () => {
  const { sql } = on.database;
  const page = await on.connectPage();
  const contacts = await on.addPeople(page, 60);
  const held = contacts.filter((_, n) => n % 5 === 0);
  for (const contact of held) await holdElsewhere(contact);
  const id = await insertCampaign(on.database, [page]);
  const heard = listen(page);
  const statusOf = async () =>
    (await sql`select status, status_reason from messaging.campaigns where id = ${id}`)[0];

  const worker = on.startWorker();
  const paused = await until("the campaign to end", async () => {
    await foldCounts(on.database);
    const stopped = await checkBreakers(on.database);
    await finishCampaigns(on.database);
    return (await statusOf())?.status !== "running" && [stopped];
  }).finally(() => worker.stop());

  expect(paused).toEqual([[]]);
  expect(await statusOf()).toEqual({ status: "completed", status_reason: null });
  expect(
    await sql`select state, reason, error_code, error_subcode, count(*)::int4 as count from messaging.deliveries
      where campaign_id = ${id} group by 1, 2, 3, 4 order by 1`,
  ).toEqual([
    { state: "sent", reason: null, error_code: null, error_subcode: null, count: 48 },
    { state: "skipped", reason: "another-app", error_code: 10, error_subcode: 2018300, count: 12 },
  ]);
  expect(await isPageFree(page)).toBe(true);
  expect(heard.toSorted()).toEqual(held.map(({ id }) => id).toSorted());

  // The next one has no news about these conversations.
  await on.reply(page, held[0] ?? { id: "", psid: "" }, "Hello");
  await insertCampaign(on.database, [page], { text: "second" });
  heard.length = 0;
  const again = on.startWorker();
  await until("the second to end", async () => {
    const [open] =
      await sql`select 1 from messaging.deliveries where page_id = ${page.pageId} and settled_at is null`;
    return open === undefined;
  }).finally(() => again.stop());
  expect(heard).toEqual([held[0]?.id]);
});
