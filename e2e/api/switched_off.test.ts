import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { askCampaign, draftCampaign } from "../support/app_campaigns.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let psid: string;
let path: string;
beforeAll(async () => {
  on = await openAppWithMeta();
  const { facebookId } = await on.connectNewPage();
  psid = String((await on.control("POST", "/persons", { pageId: facebookId })).psid);
  path = `/conversations/${await written("Hello")}`;
});
afterAll(() => on.close());

/** Writes as the person; the conversation's id once the words are in it. */
async function written(text: string): Promise<string> {
  await on.control("POST", `/persons/${psid}/write`, { text });
  return await until("the message", async () => {
    const [row] = await on.database.sql<{ id: string }[]>`
      select conversation_id as id from messaging.messages where direction = 'in' and text = ${text}`;
    return row?.id;
  });
}

const switchWorkspace = (isOn: boolean) =>
  on.database
    .sql`update auth.workspaces set disabled_at = ${isOn ? null : new Date().toISOString()} where id = ${on.workspaceId}`;

/** Types and opens the conversation, and waits until the following job ended. */
async function typeAndRead(token: string): Promise<void> {
  await on.request("POST", `${path}/typing`, { token });
  await on.request("POST", `${path}/read`, { token });
  await until("the job to be over", async () => {
    const jobs = await on.database.sql`select 1 from jobs.jobs where kind = 'conversation.seen'`;
    return jobs.length === 0 || undefined;
  });
}

/** Whether the phone shows typing and "Seen". */
async function shown(): Promise<{ typing: boolean; seen: boolean }> {
  const { person } = (await on.control("GET", `/persons/${psid}/thread`)) as {
    person: { typingUntil: number; seenUntil: number };
  };
  return { typing: person.typingUntil > 0, seen: person.seenUntil > 0 };
}

test("a disabled workspace is shown in each conversation, and shows contacts nothing until enabled", async () => {
  await switchWorkspace(false);
  const off = await on.here("GET", path);
  const list = await on.here("GET", "/conversations");
  await typeAndRead(on.managerToken);
  const whileOff = await shown();
  await switchWorkspace(true);
  await written("Are you there?");
  const back = await on.here("GET", path);
  await typeAndRead(on.ownerToken);

  const refused = {
    allowed: false,
    reason: expect.stringContaining("switched off"),
    remedy: expect.stringContaining("owner"),
    utility: false,
  };
  expect(off.body).toMatchObject({ conversation: { canReply: refused } });
  expect(list.body).toMatchObject({ items: [{ canReply: refused }] });
  expect(whileOff).toEqual({ typing: false, seen: false });
  expect(back.body).toMatchObject({ conversation: { canReply: { allowed: true } } });
  await until("the phone to show it", async () => {
    const { typing, seen } = await shown();
    return (typing && seen) || undefined;
  });
});

test("only the owner disables a workspace; a running campaign stops at once and continues when enabled", async () => {
  const workspace = `/workspaces/${on.workspaceId}`;
  const count = 60;
  const { pageId } = await on.pageWithContacts(count, "Busy");
  const audience = { pageIds: [pageId] };
  const { id } = await draftCampaign(on, { audience, speed: 20, options: { ignoreQuietHours: true } });
  await askCampaign(on, "POST", `/${id}/launch`);
  const sent = async () =>
    (
      await on.database.sql<{ count: number }[]>`
        select count(*)::int4 as count from messaging.deliveries where campaign_id = ${id} and state = 'sent'`
    )[0]?.count ?? 0;
  await until("the first", async () => (await sent()) > 0 || undefined);

  const byManager = await on.here("POST", "/disable");
  const off = await on.call(on.ownerToken, "POST", `${workspace}/disable`);
  // Messages claimed before are in flight.
  await Bun.sleep(1_000);
  const stopped = await sent();
  await Bun.sleep(1_500);
  const later = await sent();
  const seen = await on.here("GET", "/switch");
  const other = await draftCampaign(on, { audience });
  const refused = await on.here("POST", `/campaigns/${other.id}/launch`);
  const enabled = await on.call(on.ownerToken, "POST", `${workspace}/enable`);

  expect(byManager.status).toBe(403);
  expect(off.body).toMatchObject({ workspace: { disabledAt: expect.any(String) } });
  expect(later).toBe(stopped);
  expect(stopped).toBeLessThan(count);
  expect(seen.body).toMatchObject({
    history: [{ isOn: false, by: { name: expect.any(String) } }],
    automation: { running: 1, scheduled: 0, due: 0, sequences: 0 },
  });
  expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining("switched off") } });
  expect(enabled.body).toMatchObject({ workspace: { disabledAt: null } });
  await until("everybody", async () => (await sent()) === count || undefined);
});
