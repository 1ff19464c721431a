import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { JobDelayed, type JobRunner, startJobs } from "#db";
import { jobHandlers } from "#messaging";
import { until } from "../../modules/std/testing.ts";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";

let world: Inhabited;
let jobs: JobRunner;
const start = () => startJobs(world.system, jobHandlers(world.system), { pollMs: 20 });
beforeAll(async () => {
  world = await inhabit();
  jobs = start();
});
afterAll(async () => {
  await jobs.stop();
  await world.close();
});

/** Six people with threads: every second one has the tag, is unsubscribed, assigned to the owner and in the segment. */
beforeEach(async () => {
  const { sql } = world.system;
  const { pageId = "", tagId = "", segmentId = "" } = world.here.ids;
  const { workspaceId } = world.here;
  await sql`delete from messaging.contacts where source = 'link'`;
  await sql`
    with made as (
      insert into messaging.contacts (workspace_id, page_id, psid, name, source, subscribed, subscription_reason, subscription_at)
      select ${workspaceId}, ${pageId}, (900000 + n)::text, 'P' || n, 'link', n % 2 = 0,
        case when n % 2 = 1 then 'Said no' end, case when n % 2 = 1 then now() - interval '1 day' end
      from generate_series(1, 6) as n returning *),
    thread as (
      insert into messaging.conversations (workspace_id, page_id, id, last_message_at, preview_direction, assignee_id)
      select workspace_id, page_id, id, now(), 'in', case when not subscribed then
        (select user_id from auth.memberships as m where m.workspace_id = ${workspaceId} and role = 'manager') end from made),
    suppressed as (
      insert into messaging.suppressions (workspace_id, page_id, psid, reason)
      select workspace_id, page_id, psid, 'stop' from made where psid = '900001' on conflict do nothing),
    member as (
      insert into messaging.segment_members (workspace_id, segment_id, contact_id, page_id)
      select workspace_id, ${segmentId}, id, page_id from made where not subscribed)
    insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id, tagged_at)
    select workspace_id, page_id, id, ${tagId}, now() - interval '1 day' from made where not subscribed`;
});

interface Transfer {
  id: string;
  status: string;
  counts: Record<string, number>;
  undoUntil: string | null;
  undoneBy: string | null;
}

async function call(method: string, path: string, body?: unknown) {
  const response = await world.request(method, `/contacts${path}`, { body });
  const answer: { transfer: Transfer } = await response.json();
  return { status: response.status, transfer: answer.transfer };
}

const ended = async ({ id }: Transfer) =>
  await until("a transfer to end", async () => {
    const { transfer } = await call("GET", `/transfers/${id}`);
    return transfer.status === "running" ? null : transfer;
  });

const doAction = async (action: unknown) =>
  await ended((await call("POST", "/bulk", { filter: { source: "link" }, action })).transfer);

/** Everything of these people that a bulk action may change. */
async function people() {
  return await world.system.sql`
    select c.psid, c.subscribed, c.subscription_reason, c.subscription_at::text, v.assignee_id,
      array(select t.tag_id || ' ' || t.tagged_at from messaging.contact_tags as t where t.contact_id = c.id) as tags,
      array(select m.segment_id from messaging.segment_members as m where m.contact_id = c.id) as segments,
      (select s.reason || s.created_at from messaging.suppressions as s where s.page_id = c.page_id and s.psid = c.psid) as listed
    from messaging.contacts as c join messaging.conversations as v on v.id = c.id
    where c.source = 'link' order by c.psid`;
}

const actions = () => ({
  addTags: { addTags: [world.here.ids.tagId] },
  removeTags: { removeTags: [world.here.ids.tagId] },
  subscribe: { subscribe: { reason: "Signed a form" } },
  unsubscribe: { unsubscribe: { reason: "Left" } },
  assign: { assign: null },
  addToSegment: { addToSegment: world.here.ids.segmentId },
});

test.each(["addTags", "removeTags", "subscribe", "unsubscribe", "assign", "addToSegment"] as const)(
  "undoTransfer of %s on a whole filter restores exactly the changed contacts",
  async (name) => {
    const before = await people();

    const done = await doAction(actions()[name]);
    const between = await people();
    const undone = await ended((await call("POST", `/transfers/${done.id}/undo`)).transfer);

    expect(done.counts).toEqual({ seen: 6, changed: 3 });
    expect(between).not.toEqual(before);
    expect(undone).toMatchObject({
      status: "undone",
      counts: { undone: 3 },
      undoneBy: "manager",
      undoUntil: null,
    });
    expect(await people()).toEqual(before);
  },
);

test("undoTransfer keeps changes made since the action", async () => {
  const { sql } = world.system;
  const { tagId = "" } = world.here.ids;
  const tagged = await doAction({ addTags: [tagId] });
  const left = await doAction({ unsubscribe: { reason: "Left" } });
  const [ofTwo] = await sql`select id from messaging.contacts where psid = '900002'`;
  // Added again by a member, and a STOP of the contact.
  await call("PATCH", `/${ofTwo?.id}`, { tagIds: [] });
  await call("PATCH", `/${ofTwo?.id}`, { tagIds: [tagId] });
  await sql`update messaging.contacts set subscription_at = now(), subscription_reason = 'STOP' where psid = '900004'`;

  await ended((await call("POST", `/transfers/${tagged.id}/undo`)).transfer);
  await ended((await call("POST", `/transfers/${left.id}/undo`)).transfer);

  const after = await people();
  expect(after.filter(({ tags }) => tags.length > 0).map(({ psid }) => psid)).toEqual([
    "900001",
    "900002",
    "900003",
    "900005",
  ]);
  expect(after.filter(({ subscribed }) => subscribed).map(({ psid }) => psid)).toEqual(["900002", "900006"]);
});

test("undoTransfer continues after its process died, once, for any number of requests", async () => {
  const before = await people();
  const done = await doAction(actions().addTags);
  await jobs.stop();

  const asked = await Promise.all([1, 2, 3].map(() => call("POST", `/transfers/${done.id}/undo`)));
  jobs = start();
  const undone = await ended(done);
  const again = await call("POST", `/transfers/${done.id}/undo`);

  expect(asked.map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(undone).toMatchObject({ status: "undone", counts: { undone: 3 } });
  expect(again).toMatchObject({ status: 202, transfer: { status: "undone", counts: { undone: 3 } } });
  expect(await people()).toEqual(before);
});

test("undoTransfer restores selected contacts, and refuses deletions, empty actions and those older than a week", async () => {
  const { sql } = world.system;
  const before = await people();
  const contactIds = (
    await sql<{ id: string }[]>`select id from messaging.contacts where source = 'link'`
  ).map(({ id }) => id);
  const tag = { contactIds, action: actions().addTags };

  const picked = await call("POST", "/bulk", tag);
  await ended((await call("POST", `/transfers/${picked.transfer.id}/undo`)).transfer);
  const restored = await people();
  const old = await call("POST", "/bulk", tag);
  const nothing = await call("POST", "/bulk", tag);
  const deletion = await call("POST", "/bulk", {
    contactIds: contactIds.slice(0, 1),
    action: { delete: true },
  });
  await sql`update messaging.contact_transfers set created_at = now() - interval '8 days' where id = ${old.transfer.id}`;
  const refused = await Promise.all(
    [old, nothing, deletion].map(({ transfer }) => call("POST", `/transfers/${transfer.id}/undo`)),
  );
  const forget = jobHandlers(world.system)["contacts.transfers_keep"]?.run({}, "all");
  await expect(forget).rejects.toBeInstanceOf(JobDelayed);

  expect(picked.transfer).toMatchObject({ status: "done", counts: { seen: 6, changed: 3 } });
  expect(restored).toEqual(before);
  expect(refused.map(({ status }) => status)).toEqual([409, 409, 409]);
  expect([nothing.transfer.undoUntil, deletion.transfer.undoUntil]).toEqual([null, null]);
  expect(
    await sql`select 1 from messaging.contact_bulk_rows where transfer_id = ${old.transfer.id}`,
  ).toHaveLength(0);
});
