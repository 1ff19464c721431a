import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newTraceId, withTrace } from "#std";
import { createTestDatabase, emptyTables, type TestDatabase } from "../../../db/testing.ts";
import { asActor, currentActor, setActor } from "./actor.ts";
import { changesOf } from "./changes.ts";
import { activityRows, recordActivity, recordRefusal } from "./record.ts";

const nobodysId = "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10";
const ann = { kind: "user", id: nobodysId, name: "Ann", address: "192.0.2.7" } as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => emptyTables(database.sql, "auth.activity"));

const rows = async () => [...(await database.sql`select * from auth.activity order by id`)];

test("recordActivity() writes the row in the transaction of the change, with its author", async () => {
  const { sql } = database;
  const change = { action: "tag.created", subject: { id: nobodysId, name: "VIP" } } as const;

  await asActor(ann, () =>
    sql.begin(async (tx) => {
      await recordActivity(tx, { ...change, after: { colour: "blue" } });
    }),
  );
  const rolledBack = asActor(ann, () =>
    sql.begin(async (tx) => {
      await recordActivity(tx, change);
      throw new Error("rolled back");
    }),
  );
  await expect(rolledBack).rejects.toThrow("rolled back");

  expect(await rows()).toMatchObject([
    {
      actor_kind: "user",
      actor_id: nobodysId,
      actor_name: "Ann",
      address: "192.0.2.7",
      action: "tag.created",
      subject_id: nobodysId,
      subject_name: "VIP",
      before: null,
      after: { colour: "blue" },
    },
  ]);
});

test("activityRows() writes a row for each row that the same statement changed", async () => {
  const { sql } = database;
  const recorded = () =>
    activityRows(
      sql,
      { action: "workspace.changed", after: { accent: "rose" } },
      {
        from: sql`changed`,
        id: sql`id`,
        name: sql`name`,
        workspaceId: sql`id`,
      },
    );
  await sql`insert into auth.workspaces (name) values ('One'), ('Two')`;

  await asActor(ann, async () => {
    await sql`with changed as (update auth.workspaces set accent = 'rose' where name = 'One' returning id, name),
      recorded as (${recorded()}) select id from changed`;
  });
  await sql`with changed as (update auth.workspaces set accent = 'rose' returning id, name),
    recorded as (${recorded()}) select id from changed`;

  const [row, ...others] = await rows();
  expect(others).toEqual([]);
  expect(row).toMatchObject({ action: "workspace.changed", subject_name: "One", after: { accent: "rose" } });
  expect(row?.workspace_id).toBe(row?.subject_id);
});

test("a job has no author, also when the request that woke it had one", async () => {
  await asActor(ann, async () => {
    expect(currentActor()).toEqual(ann);
    await withTrace(newTraceId(), async () => {
      expect(currentActor()).toBeNull();
      await recordActivity(database.sql, { action: "tag.created" });
    });
  });

  expect(await rows()).toEqual([]);
});

test("two requests at once keep their own authors", async () => {
  const ben = { ...ann, name: "Ben" };
  await Promise.all(
    [ann, ben].map((actor) =>
      withTrace(newTraceId(), async () => {
        await Promise.resolve();
        setActor(actor);
        await database.sql`select pg_sleep(0.05)`;
        await recordActivity(database.sql, { action: "tag.created", subject: { name: actor.name } });
      }),
    ),
  );

  const written = await rows();
  expect(written.map((row) => row.actor_name).toSorted()).toEqual(["Ann", "Ben"]);
  for (const row of written) expect(row.subject_name).toBe(row.actor_name);
});

test("the database refuses to change, delete or truncate rows, and prunes only old ones", async () => {
  const { sql } = database;
  await asActor(ann, () => recordActivity(sql, { action: "tag.created" }));
  await sql`insert into auth.activity (id, actor_kind, actor_name, address, action)
    values (uuidv7(interval '-40 days'), 'user', 'Old', '', 'tag.deleted')`;
  const refused = "it only grows";

  await expect(sql`update auth.activity set actor_name = 'Ben'`.execute()).rejects.toThrow(refused);
  await expect(sql`delete from auth.activity`.execute()).rejects.toThrow(refused);
  await expect(sql`truncate auth.activity`.execute()).rejects.toThrow(refused);
  await expect(
    sql.begin(async (tx) => {
      await tx`set local auth.prunes_activity = 'on'`;
      await tx`delete from auth.activity`;
    }),
  ).rejects.toThrow(refused);
  await expect(sql`select auth.prune_activity(interval '1 day', 10)`.execute()).rejects.toThrow(
    "at least 30 days",
  );
  expect(await rows()).toHaveLength(2);

  const [pruned] = await sql`select auth.prune_activity(interval '35 days', 10) as count`;
  expect(pruned).toEqual({ count: 1 });
  expect((await rows()).map((row) => row.action)).toEqual(["tag.created"]);
});

test("a workspace and its people can be deleted; their history stays", async () => {
  const { sql } = database;
  const [place] = await sql`insert into auth.workspaces (name) values ('Gone') returning id`;
  await asActor(ann, () => recordActivity(sql, { action: "workspace.created", workspaceId: place?.id }));

  await sql`delete from auth.workspaces where id = ${place?.id}`;

  expect(await rows()).toMatchObject([{ workspace_id: place?.id }]);
});

test("recordRefusal() writes at most so many rows in a minute", async () => {
  const { sql } = database;
  const refusal = { action: "permission.refused", after: { permission: "pages:manage" } } as const;
  const ben = { ...ann, id: crypto.randomUUID(), name: "Ben" };

  for (let i = 0; i < 5; i += 1) await recordRefusal(sql, ann, refusal, { most: 3, per: "actor" });
  await recordRefusal(sql, ben, refusal, { most: 3, per: "actor" });

  expect((await rows()).map((row) => row.actor_name)).toEqual(["Ann", "Ann", "Ann", "Ben"]);
});

test("changesOf() keeps the fields that differ, without the values of unseen ones", () => {
  const before = { name: "A", colour: "blue", text: "old", note: null };
  const after = { name: "B", colour: "blue", text: "new", note: undefined };

  expect(changesOf(before, after, { unseen: ["text"] })).toEqual({
    before: { name: "A", text: null },
    after: { name: "B", text: null },
  });
});

test("a row holds any value: long, deep, with NUL or lone surrogates", async () => {
  const values = {
    long: "x".repeat(100_000),
    nul: "a\u0000b",
    lone: "\ud800",
    inside: { text: "a\u0000b" },
    big: Array.from({ length: 10_000 }, (_, i) => i),
    ["key".repeat(1_000)]: 1,
    ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, "\u0001".repeat(1_000)])),
  };
  await asActor({ ...ann, name: "n".repeat(1_000), address: "a".repeat(1_000) }, () =>
    recordActivity(database.sql, {
      action: "tag.created",
      subject: { name: "\u0000\ud800".repeat(1_000) },
      before: values,
      after: values,
    }),
  );

  const [row] = await rows();
  expect(row?.after).toMatchObject({ nul: "ab", inside: null, big: null });
  expect(JSON.stringify(row?.after).length).toBeLessThan(30_000);
});
