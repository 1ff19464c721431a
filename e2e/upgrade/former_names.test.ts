/**
 * The statements of 0.2.0 on tables that have another name now: its processes run on until an update replaced them.
 * Their texts are those of commit 87cc2f7.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../db/testing.ts";

let database: TestDatabase;
const workspaceId = crypto.randomUUID();
beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql`insert into auth.workspaces (id, name) values (${workspaceId}, 'Luna Coffee')`;
});
afterAll(() => database.close());

test("a process of 0.2.0 reads and writes the assignment rules by their former name", async () => {
  const { sql } = database;
  const userIds = [crypto.randomUUID(), crypto.randomUUID()];
  const write = (how: string) => sql`
    insert into messaging.giving_rules as r (workspace_id, how, user_ids, most_open)
    values (${workspaceId}, ${how}, ${userIds}::uuid[], ${5}::int2)
    on conflict (workspace_id) do update set how = excluded.how, user_ids = excluded.user_ids,
      most_open = excluded.most_open, since = case when r.how = 'off' then now() else r.since end`;
  await write("off");
  await write("in_turn");

  const locked = await sql.begin(async (tx) => {
    const rows = await tx`
      select workspace_id, how, user_ids, most_open, last_user_id, since::text from messaging.giving_rules
      where workspace_id = ${workspaceId} and how <> 'off' for no key update skip locked`;
    const others = await sql`
      select from messaging.assignment_rules where workspace_id = ${workspaceId} for no key update skip locked`;
    await tx`update messaging.giving_rules set last_user_id = ${userIds[1] ?? null}
      where workspace_id = ${workspaceId}`;
    return { rows: rows.length, others: others.length };
  });

  // One process at a time, of whichever version.
  expect(locked).toEqual({ rows: 1, others: 0 });
  expect(await sql`select how, user_ids, most_open, last_user_id from messaging.assignment_rules`).toEqual([
    { how: "in_turn", user_ids: userIds, most_open: 5, last_user_id: userIds[1] },
  ]);
});
