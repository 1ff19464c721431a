import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let facebookId: string;
let psid: string;
let id: string;
beforeAll(async () => {
  on = await openAppWithMeta();
  ({ facebookId } = await on.connectNewPage());
});
afterAll(() => on.close());
beforeEach(async () => {
  await on.database.sql`delete from messaging.contacts`;
  psid = String((await on.control("POST", "/persons", { pageId: facebookId, name: "Bot Ulrich" })).psid);
  await write("Cheap followers");
  id = await until("the conversation", async () => {
    const [row] = await on.database.sql<{ id: string }[]>`
      select v.id from messaging.conversations v join messaging.contacts c on c.id = v.id
      where c.psid = ${psid} and v.unread_count = 1`;
    return row?.id;
  });
});

const write = (text: string) => on.control("POST", `/persons/${psid}/write`, { text });
const here = (method: string, path: string, body?: unknown) =>
  on.call(on.managerToken, method, `/workspaces/${on.workspaceId}${path}`, body);
const setStatus = (status: string) => here("PATCH", `/conversations/${id}`, { status });
const isSpamAtMeta = async () => (await on.control("GET", `/persons/${psid}`)).isInSpam === true;
const jobs = () => on.database.sql`select 1 from jobs.jobs where kind = 'conversation.spam'`;

/** Skips the wait for an undo. */
async function runJobs(): Promise<void> {
  await on.database.sql`update jobs.jobs set run_at = now() where kind = 'conversation.spam'`;
  await until("the jobs", async () => (await jobs()).length === 0);
}

async function listed(status?: string): Promise<number> {
  const { body } = await here("GET", `/conversations${status === undefined ? "" : `?status=${status}`}`);
  return Array.isArray(body.items) ? body.items.length : -1;
}

const counts = async (status: string) => (await here("GET", `/conversations/counts?status=${status}`)).body;

async function lines(): Promise<string[]> {
  const { body } = await here("GET", `/conversations/${id}/timeline`);
  const items = Array.isArray(body.items) ? body.items : [];
  return items.flatMap((item) => (item.type === "event" ? [item.event.text] : []));
}

test("spam leaves all other lists and counts, here and at Meta, and later messages are not unread", async () => {
  const before = await counts("all");
  const moved = await setStatus("spam");
  await runJobs();
  await write("Very cheap");
  await until("the second message", async () => {
    const rows = await on.database.sql`
      select 1 from messaging.messages where conversation_id = ${id} and direction = 'in'`;
    return rows.length === 2;
  });
  const { body } = await here("GET", `/conversations/${id}`);
  await here("POST", `/conversations/${id}/unread`);

  expect(before).toEqual({ mine: 0, unassigned: 1, all: 1, unread: 1 });
  expect(moved).toMatchObject({ status: 200, body: { conversation: { status: "spam", unreadCount: 0 } } });
  expect(await isSpamAtMeta()).toBe(true);
  expect(body.conversation).toMatchObject({
    status: "spam",
    unreadCount: 0,
    preview: { text: "Very cheap" },
  });
  expect([await listed(), await listed("all"), await listed("spam")]).toEqual([0, 0, 1]);
  expect(await counts("all")).toEqual({ mine: 0, unassigned: 0, all: 0, unread: 0 });
  expect(await counts("spam")).toEqual({ mine: 0, unassigned: 1, all: 1, unread: 0 });
  expect((await here("GET", "/conversations?status=all&search=followers")).body.items).toEqual([]);
  expect((await here("GET", "/conversations?status=spam&search=followers")).body.items).toHaveLength(1);
});

test("a conversation moved out of spam is open, shows that Facebook keeps it there, and counts new messages as unread", async () => {
  await setStatus("spam");
  await runJobs();
  await setStatus("open");
  await write("Sorry, that was my brother");
  await until("the unread message", async () => (await counts("open")).unread === 1);

  expect(await isSpamAtMeta()).toBe(true);
  expect((await lines()).toSorted()).toEqual([
    "The conversation is in spam on Facebook too. There, only a person can move it back",
    "here@example.com moved the conversation out of spam",
    "here@example.com moved the conversation to spam",
  ]);
});

test("spam undone within its seconds never reaches Meta", async () => {
  await setStatus("spam");
  await setStatus("open");
  await runJobs();

  expect(await isSpamAtMeta()).toBe(false);
});

test('the text "false" from Meta appears in the timeline; several conversations are all moved', async () => {
  await on.control("PATCH", "/switches", { refuseModeration: true });
  const { status } = await here("POST", "/conversations/changes", { ids: [id], change: { status: "spam" } });
  await runJobs();
  await on.control("PATCH", "/switches", { refuseModeration: false });

  expect(status).toBe(200);
  expect(await isSpamAtMeta()).toBe(false);
  expect(await lines()).toContain(
    "Cannot move the conversation to spam on Facebook: Facebook refused without a reason. Try again, or use the page's inbox on Facebook",
  );
});
