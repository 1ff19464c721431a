import { afterAll, beforeAll, expect, test } from "vitest";
import { asActor, listActivity, recordActivity } from "#auth";
import { openDatabase } from "#db";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";
import { apiRequest } from "../../apps/server/testing/api_request.ts";

let world: Inhabited;
const ann = { kind: "user", id: crypto.randomUUID(), name: "Ann", address: "192.0.2.7" } as const;
const ben = { kind: "user", id: crypto.randomUUID(), name: "Ben", address: "192.0.2.8" } as const;
const script = { kind: "command-line", id: null, name: "", address: "" } as const;
const subject = crypto.randomUUID();
let from: string;

beforeAll(async () => {
  world = await inhabit();
  const { sql } = world.database;
  const workspaceId = world.here.workspaceId;
  from = new Date(Date.now() + 1).toISOString();
  await Bun.sleep(5);
  await asActor(ann, async () => {
    await recordActivity(sql, {
      action: "campaign.created",
      workspaceId,
      subject: { id: subject, name: "=May" },
    });
    await recordActivity(sql, {
      action: "campaign.changed",
      workspaceId,
      subject: { id: subject, name: "June" },
      before: { name: "=May" },
      after: { name: "June" },
    });
  });
  await asActor(ben, () =>
    recordActivity(sql, { action: "tag.created", workspaceId, subject: { name: "VIP" } }),
  );
  await asActor(script, () => recordActivity(sql, { action: "encryption-key.rotated" }));
});
afterAll(() => world.close());

async function ask(query: object, path = "", token: string = world.tokens.owner): Promise<Response> {
  const search = new URLSearchParams({ since: from, ...query });
  return await world.app.handle(
    apiRequest("GET", `http://localhost/api/v1/activity${path}?${search}`, { token }),
  );
}

const actionsOf = async (query: object) => {
  const { items }: { items: { action: string }[] } = await (await ask(query)).json();
  return items.map(({ action }) => action).filter((action) => !action.startsWith("activity."));
};

test("listActivity gives everything of a row, newest first, and each filter its own", async () => {
  const { items } = await (await ask({ actorId: ann.id })).json();
  const until = new Date(Date.parse(items[1].at) + 1).toISOString();

  expect(items).toEqual([
    {
      id: expect.any(String),
      at: expect.stringMatching(/Z$/),
      workspace: { id: world.here.workspaceId, name: "Here" },
      actor: { kind: "user", id: ann.id, name: "Ann" },
      address: "192.0.2.7",
      action: "campaign.changed",
      kind: "campaign",
      subject: { id: subject, name: "June" },
      before: { name: "=May" },
      after: { name: "June" },
      requestId: expect.any(String),
    },
    expect.objectContaining({ action: "campaign.created", before: null, after: null }),
  ]);
  const both = ["campaign.changed", "campaign.created"];
  expect(await actionsOf({})).toEqual(["encryption-key.rotated", "tag.created", ...both]);
  expect(await actionsOf({ workspaceId: world.here.workspaceId })).toEqual(["tag.created", ...both]);
  expect(await actionsOf({ subjectId: subject })).toEqual(both);
  expect(await actionsOf({ kind: "campaign" })).toEqual(both);
  expect(await actionsOf({ kind: "campaign", actorId: ben.id })).toEqual([]);
  expect(await actionsOf({ action: "tag.created" })).toEqual(["tag.created"]);
  expect(await actionsOf({ actorKind: "command-line" })).toEqual(["encryption-key.rotated"]);
  expect(await actionsOf({ actorId: ann.id, until })).not.toContain("tag.created");
  expect(await actionsOf({ until: from })).toEqual([]);
});

test("listActivity pages without gaps or repeats, in one kind too", async () => {
  for (const query of [{}, { kind: "campaign" }]) {
    const whole = await actionsOf(query);
    const paged: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: { action: string }[]; nextCursor: string | null } = await (
        await ask({ ...query, limit: 1, ...(cursor === null ? {} : { cursor }) })
      ).json();
      paged.push(...page.items.map(({ action }) => action));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(paged.filter((action) => !action.startsWith("activity."))).toEqual(whole);
  }
});

test("the activity log is the owner's: others get 403, and odd filters 422", async () => {
  for (const path of ["", "/people", "/file"])
    for (const role of ["viewer", "operator", "manager", "stranger"] as const)
      expect((await ask({}, path, world.tokens[role])).status, `${role} ${path}`).toBe(403);

  for (const query of [
    { action: "none" },
    { kind: "none" },
    { subjectId: "'" },
    { since: "soon" },
    { cursor: "x" },
  ])
    expect((await ask(query)).status, JSON.stringify(query)).toBe(422);
  expect((await (await ask({}, "/people")).json()).items).toContainEqual(
    expect.objectContaining({ name: "manager" }),
  );
});

test("exportActivity streams CSV without formulas, and JSON lines; each export has a row", async () => {
  const csv = await ask({ subjectId: subject }, "/file");
  const lines = (await csv.text()).trim().split("\r\n");
  const jsonl = await ask({ subjectId: subject, format: "jsonl" }, "/file");
  const objects = (await jsonl.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

  expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(lines[0]).toContain("time,workspace,who,address,action");
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain(`campaign.changed,${subject},June,"{""name"":""=May""}"`);
  expect(lines[2]).toContain(`campaign.created,${subject},'=May,`);
  expect(objects.map(({ action }) => action)).toEqual(["campaign.changed", "campaign.created"]);
  const { items } = await (await ask({ action: "activity.exported" })).json();
  expect(items).toMatchObject([
    { actor: { name: "Owner" }, after: { format: "jsonl", subjectId: subject } },
    { actor: { name: "Owner" }, after: { format: "csv", subjectId: subject } },
  ]);
});

/** ACTIVITY_ROWS=1000000 looks at a million. */
const rows = Number(process.env.ACTIVITY_ROWS ?? 100_000);

test(
  "listActivity reads few blocks for each filter, however many rows there are",
  { timeout: 400_000 },
  async () => {
    const { sql } = world.database;
    const people = Array.from({ length: 50 }, () => crypto.randomUUID());
    const workspaces = Array.from({ length: 5 }, () => crypto.randomUUID());
    // Skewed: one workspace, one person and one action have most rows; deletions are rare.
    for (let after = 0; after < rows; after += 50_000)
      await sql.unsafe(
        `insert into auth.activity (id, workspace_id, actor_kind, actor_id, actor_name, address, action, subject_id)
     select uuidv7(make_interval(secs => -n * 20)), ($2::uuid[])[1 + case when n % 10 < 8 then 0 else n % 5 end], 'user',
       ($1::uuid[])[1 + case when n % 10 < 7 then 0 else n % 50 end], 'P', '192.0.2.1',
       case when n % 10 < 9 then 'conversation.replied' when n % 5000 = 9 then 'campaign.deleted' else 'contact.changed' end,
       case when n % 10 < 9 then (n % 5000)::text else gen_random_uuid()::text end
     from generate_series($3::int4 + 1, $3::int4 + 50000) n`,
        [people, workspaces, after],
      );
    await sql`vacuum analyze auth.activity`;

    const middle = {
      since: "2000-01-01T00:00:00Z",
      until: new Date(Date.now() - rows * 10_000).toISOString(),
    };
    const filters = [
      {},
      middle,
      { workspaceId: workspaces[0] },
      { workspaceId: workspaces[4] },
      { workspaceId: crypto.randomUUID() },
      { actorId: people[0] },
      { actorId: people[49], workspaceId: workspaces[4] },
      { actorId: people[49], kind: "campaign" },
      { subjectId: "7" },
      { subjectId: "7", workspaceId: workspaces[0] },
      { kind: "campaign" },
      { kind: "conversation", ...middle },
      { action: "campaign.deleted" },
      { action: "page.connected" },
      { actorKind: "command-line" },
      { workspaceId: workspaces[0], action: "campaign.deleted" },
    ] as const;
    // One connection: it reports what its own statements read.
    const database = openDatabase(world.database.url, { max: 1 });
    const blocksRead = async () => {
      await database.sql`select pg_stat_force_next_flush()`;
      const [row] = await database.sql<{ blocks: number }[]>`
      select sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::int4 as blocks
      from pg_statio_user_tables where relname = 'activity'`;
      return row?.blocks ?? 0;
    };
    const report: string[] = [];
    for (const filter of filters) {
      const before = await blocksRead();
      const { items } = await listActivity(database, filter);
      const blocks = (await blocksRead()) - before;
      report.push(`${blocks} blocks for ${items.length} rows of ${JSON.stringify(filter)}`);
      if (blocks > 1_500) report.push("too many");
    }
    await database.close();
    expect(report, report.join("\n")).not.toContain("too many");
  },
);
