import { afterAll, beforeAll, expect, test } from "vitest";
import { type JobRunner, startJobs } from "#db";
import { jobHandlers } from "#messaging";
import { until } from "../../modules/std/testing.ts";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";

let world: Inhabited;
let jobs: JobRunner;
beforeAll(async () => {
  world = await inhabit();
  jobs = startJobs(world.system, jobHandlers(world.system), { pollMs: 20 });
});
afterAll(async () => {
  await jobs.stop();
  await world.close();
});

interface Row {
  id: string;
  psid: string;
  name: string;
}

interface Answer {
  status: number;
  /** The parts of responses that these tests read; a missing one fails its test. */
  body: {
    contact: Row & Record<string, unknown> & { samePerson: Row[] };
    items: Row[];
    nextCursor: string | null;
    changed: number;
    transfer: { id: string; action: string; actionNames: string[] };
    count: number;
    detail: string;
  };
}

async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await world.request(method, `/contacts${path}`, { body });
  return { status: response.status, body: await response.json() };
}

async function insertMany(first: number, count: number): Promise<void> {
  await world.system.sql`
    insert into messaging.contacts (workspace_id, page_id, psid, name, source, last_inbound_at)
    select ${world.here.workspaceId}, ${world.here.ids.pageId ?? ""}, n::text,
      case when n % 5 <> 0 then (array['Émile', 'anna', 'Zoë', 'Ben'])[1 + n % 4] || ' ' || (n * 7919 % 1000) end, 'link',
      case when n % 3 <> 0 then now() - make_interval(mins => n % 50) end
    from generate_series(${first}::int, ${first + count - 1}::int) as n`;
}

test("changeContact applies all changes or none, and the history has author and reason of an opt-out", async () => {
  const { contactId = "", tagId = "" } = world.here.ids;
  const before = await call("GET", `/${contactId}`);

  const wrong = await call("PATCH", `/${contactId}`, { firstName: "Lost", fields: { city: 7 } });
  const foreign = await call("PATCH", `/${contactId}`, {
    firstName: "Lost",
    tagIds: [world.elsewhere.ids.tagId],
  });
  const nowhere = await call("PATCH", `/${contactId}`, { firstName: "Lost", timezone: "Mars/Olympus" });
  const kept = await call("GET", `/${contactId}`);
  const changed = await call("PATCH", `/${contactId}`, {
    firstName: "Ann",
    lastName: "Lee",
    timezone: "Asia/Tokyo",
    tagIds: [tagId],
    fields: { city: " Berlin " },
    subscribed: false,
    subscriptionReason: "Asked on the phone",
    blocked: true,
  });
  const emptied = await call("PATCH", `/${contactId}`, {
    fields: { city: null },
    tagIds: [],
    blocked: false,
  });
  const events = await call("GET", `/${contactId}/events`);

  expect([wrong.status, foreign.status, nowhere.status]).toEqual([422, 422, 422]);
  expect(kept.body).toEqual(before.body);
  expect(changed.body.contact).toMatchObject({
    name: "Ann Lee",
    timezone: "Asia/Tokyo",
    tagIds: [tagId],
    fields: { city: "Berlin" },
    subscribed: false,
    subscriptionReason: "Asked on the phone",
    blocked: true,
  });
  expect(emptied.body.contact).toMatchObject({ fields: {}, tagIds: [], blocked: false });
  expect(events.body.items[0]).toMatchObject({ kind: "block", text: "manager unblocked Ann Lee" });
  expect(events.body.items).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: "block", text: "manager blocked Ann Lee" }),
      expect.objectContaining({ kind: "consent", text: "manager unsubscribed Ann Lee: Asked on the phone" }),
    ]),
  );
});

test("changeContact keeps both of two concurrent tag changes, and refuses unknown tags", async () => {
  const { contactId = "", tagId = "" } = world.here.ids;
  const [red = "", blue = ""] = await Promise.all(
    ["Red", "Blue"].map(async (name) => {
      const [row] = await world.system.sql<{ id: string }[]>`
        insert into messaging.tags (workspace_id, name, colour) values (${world.here.workspaceId}, ${name}, 'blue')
        returning id`;
      return row?.id ?? "";
    }),
  );
  await call("PATCH", `/${contactId}`, { tagIds: [tagId] });

  await Promise.all([
    call("PATCH", `/${contactId}`, { addTagIds: [red] }),
    call("PATCH", `/${contactId}`, { addTagIds: [blue], removeTagIds: [tagId] }),
  ]);
  const elsewhere = await call("PATCH", `/${contactId}`, { addTagIds: [world.elsewhere.ids.tagId ?? ""] });

  const { body } = await call("GET", `/${contactId}`);
  expect(body.contact.tagIds).toHaveLength(2);
  expect(body.contact.tagIds).toEqual(expect.arrayContaining([red, blue]));
  expect(elsewhere.status).toBe(422);
});

test("a deleted unsubscribed contact stays suppressed after its return, until it subscribes", async () => {
  const { pageId } = world.here.ids;
  const made = await call("POST", "", { pageId, psid: "990001", firstName: "Bo", fields: { city: "Rome" } });
  const twice = await call("POST", "", { pageId, psid: "990001" });
  await call("PATCH", `/${made.body.contact.id}`, { subscribed: false });

  const deleted = await call("DELETE", `/${made.body.contact.id}`);
  const again = await call("POST", "", { pageId, psid: "990001" });
  const renewed = await call("PATCH", `/${again.body.contact.id}`, { subscribed: true });

  expect(made.body.contact).toMatchObject({ name: "Bo", fields: { city: "Rome" }, subscribed: true });
  expect([twice.status, deleted.status]).toEqual([409, 200]);
  expect(again.body.contact).toMatchObject({ subscribed: false, suppressed: true });
  expect(renewed.body.contact).toMatchObject({ subscribed: true, suppressed: false });
});

test("listReceivedCampaigns pages a contact's campaign messages with status and reason", async () => {
  const { contactId = "", campaignId, pageId } = world.here.ids;
  const { sql } = world.system;
  await sql`
    with content as (insert into messaging.contents (workspace_id, message)
        values (${world.here.workspaceId}, '{"text":"hello"}') returning id),
      made as (
        insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, step,
          state, reason, attempt_at, settled_at)
        select ${world.here.workspaceId}, ${pageId ?? ""}, ${contactId}, '7001', 'campaign', content.id, ${campaignId ?? ""},
          n, case n when 1 then 'skipped' else 'sent' end, case n when 1 then 'capped' end, now() - interval '1 h',
          now() - make_interval(hours => 2 - n)
        from content, generate_series(0, 1) as n returning id, step)
    insert into messaging.clicks (delivery_id, link) select id, 0 from made where step = 0`;

  const first = await call("GET", `/${contactId}/campaigns?limit=1`);
  const second = await call("GET", `/${contactId}/campaigns?limit=1&cursor=${first.body.nextCursor}`);
  const none = await call("GET", `/${world.here.cousins.contactId}/campaigns`);

  const campaign = { id: campaignId, name: "Campaign Here", isSequence: false };
  expect(first.body.items).toMatchObject([
    { campaign, state: "skipped", title: expect.stringContaining("frequency cap"), clicked: false },
  ]);
  expect(second.body.items).toMatchObject([
    { campaign, state: "sent", title: null, clicked: true, replied: true },
  ]);
  expect(second.body.nextCursor).toBeNull();
  expect(none.body.items).toEqual([]);
});

test("listContacts filters, sorts and pages: each contact once, in one order, for any page size", async () => {
  await insertMany(100_000, 60);
  const conditions = JSON.stringify({
    match: "all",
    not: true,
    conditions: [{ field: "lastInteraction", op: "never" }],
  });

  for (const sort of ["newest", "oldest", "name", "lastInteraction"]) {
    const query = `?source=link&sort=${sort}&conditions=${encodeURIComponent(conditions)}`;
    const whole = await call("GET", `${query}&limit=100`);
    const pages: Row[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page: Answer = await call("GET", `${query}&limit=7${cursor === "" ? "" : `&cursor=${cursor}`}`);
      pages.push(...page.body.items);
      cursor = page.body.nextCursor;
    }

    expect(whole.body.items, sort).toHaveLength(40);
    expect(
      pages.map((row) => row.psid),
      sort,
    ).toEqual(whole.body.items.map((row) => row.psid));
  }
  const counted = await call("GET", `/count?source=link&conditions=${encodeURIComponent(conditions)}`);
  expect(counted.body).toEqual({ count: 40 });
  const named = await call("GET", "?source=link&sort=name&limit=1");
  const searched = await call("GET", "?source=link&search=emile&limit=100&window=open");
  expect(named.body.items[0]?.name).toMatch(/^anna /);
  expect(searched.body.items.length).toBeGreaterThan(0);
  for (const row of searched.body.items) expect(row.name).toMatch(/^Émile/);
  expect((await call("GET", "?sort=psid")).status).toBe(422);
  expect((await call("GET", "?conditions=x")).status).toBe(422);
});

async function nameOf(table: "tags" | "segments", id = ""): Promise<string> {
  const { sql } = world.system;
  const [row] = await sql<{ name: string }[]>`select name from ${sql(`messaging.${table}`)} where id = ${id}`;
  return row?.name ?? "";
}

test("bulkContacts changes all contacts of a filter in chunks, and no others", async () => {
  const { tagId = "" } = world.here.ids;
  const { sql } = world.system;
  await insertMany(200_000, 4_500);
  const filter = {
    conditions: { match: "all", conditions: [{ field: "tags", op: "none", tagIds: [tagId] }] },
    source: "link",
  };
  const [{ wanted } = { wanted: 0 }] = await sql<{ wanted: number }[]>`
    select count(*)::int4 as wanted from messaging.contacts where source = 'link'`;

  const counted = await call("GET", "/count?source=link&subscribed=true");
  const started = await call("POST", "/bulk", { filter, action: { addTags: [tagId] } });
  const ended = await until("the bulk action to end", async () => {
    const [row] = await sql<{ status: string; counts: unknown }[]>`
      select status, counts from messaging.contact_transfers where id = ${started.body.transfer.id}`;
    return row?.status === "running" ? null : row;
  });
  const [tagged] = await sql`select count(*)::int4 as count,
      count(*) filter (where c.source = 'link')::int4 as wanted
    from messaging.contact_tags as t join messaging.contacts as c on c.id = t.contact_id where tag_id = ${tagId}`;

  expect(counted.body.count).toBe(wanted);
  expect(started.status).toBe(202);
  expect(started.body.transfer).toMatchObject({
    action: "addTags",
    actionNames: [await nameOf("tags", tagId)],
  });
  expect(ended).toEqual({ status: "done", counts: { seen: wanted, changed: wanted } });
  expect(tagged).toEqual({ count: wanted, wanted });
});

test("bulkContacts changes selected contacts at once, and refuses unknown ones", async () => {
  const { contactId = "" } = world.here.ids;
  const stranger = world.elsewhere.ids.contactId;
  const contactIds = [contactId, stranger];

  const ended = await call("POST", "/bulk", { contactIds, action: { unsubscribe: { reason: "Bounced" } } });
  const renewed = await call("POST", "/bulk", { contactIds, action: { subscribe: { reason: "Form" } } });
  const foreign = [
    await call("POST", "/bulk", { contactIds, action: { addTags: [world.elsewhere.ids.tagId] } }),
    await call("POST", "/bulk", { contactIds, action: { addToSegment: world.elsewhere.ids.segmentId } }),
    await call("POST", "/bulk", { contactIds, action: { assign: crypto.randomUUID() } }),
  ];
  const { segmentId } = world.here.ids;
  const putIn = await call("POST", "/bulk", { contactIds, action: { addToSegment: segmentId } });
  const deleted = await call("POST", "/bulk", { contactIds, action: { delete: true } });
  const [left] = await world.system.sql`select count(*)::int4 as count from messaging.contacts
    where id = any(${[contactId, stranger ?? ""]}::uuid[])`;

  expect([ended.body.changed + renewed.body.changed, renewed.body.changed]).toEqual([1, 1]);
  expect(foreign.map(({ status }) => status)).toEqual([422, 404, 422]);
  expect(putIn.body.transfer.actionNames).toEqual([await nameOf("segments", segmentId)]);
  expect(deleted.body).toMatchObject({ changed: 1, transfer: { actionNames: [] } });
  expect(left).toEqual({ count: 1 });
});

test("mergeContacts links contacts that stay as they are, until separateContact", async () => {
  const { pageId } = world.here.ids;
  const made = await Promise.all(
    ["990101", "990102", "990103"].map((psid) =>
      call("POST", "", { pageId, psid, firstName: "Ida", fields: { city: `Town ${psid}` } }),
    ),
  );
  const [first = "", second = "", third = ""] = made.map(({ body }) => body.contact.id);
  const others = (answer: Answer) => answer.body.contact.samePerson.map(({ id }) => id).toSorted();

  const merged = await call("POST", `/${first}/merge`, { contactIds: [second] });
  // A contact merged with one of them earlier is included.
  const all = await call("POST", `/${third}/merge`, { contactIds: [first] });
  const seen = await call("GET", `/${second}`);
  const left = await call("DELETE", `/${second}/merge`);
  const rest = await call("GET", `/${first}`);
  const foreign = await call("POST", `/${first}/merge`, { contactIds: [world.elsewhere.ids.contactId] });

  expect(others(merged)).toEqual([second]);
  expect(others(all)).toEqual([first, second].toSorted());
  expect(others(seen)).toEqual([first, third].toSorted());
  expect(seen.body.contact).toMatchObject({ psid: "990102", fields: { city: "Town 990102" } });
  expect(seen.body.contact.samePerson).toContainEqual(
    expect.objectContaining({ id: first, psid: "990101", fields: { city: "Town 990101" } }),
  );
  expect(others(left)).toEqual([]);
  expect(others(rest)).toEqual([third]);
  expect(foreign.status).toBe(422);
});
