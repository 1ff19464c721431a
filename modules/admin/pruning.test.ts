import { tmpdir } from "node:os";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startJobs } from "#db";
import { createTestDatabase, emptyTables, type TestDatabase } from "../../db/testing.ts";
import { until } from "../std/testing.ts";
import { pruningHandlers, schedulePruning } from "./pruning.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyTables(database.sql, "auth.users", "auth.workspaces", "auth.login_attempts", "jobs.jobs");
});

/** Runs the daily job once and waits until it is scheduled again. */
async function prune(): Promise<number> {
  await schedulePruning(database);
  const jobs = startJobs(database, pruningHandlers({ ...database, config: { dataDir: tmpdir() } }), {
    pollMs: 20,
  });
  try {
    return await until("the job to be planned again", async () => {
      const [row] = await database.sql<{ hours: number }[]>`
        select extract(epoch from run_at - now())::float8 / 3600 as hours from jobs.jobs
        where kind = 'admin.prune' and leased_until is null and run_at > now()`;
      return row?.hours;
    });
  } finally {
    await jobs.stop();
  }
}

test("pruning deletes login attempts after 90 days", async () => {
  await database.sql`
    insert into auth.login_attempts (email, outcome, address, user_agent, at)
    select days::text, 'wrong', '', '', now() - make_interval(days => days) from unnest(array[0, 89, 91, 400]) as days`;

  const hours = await prune();

  const left = await database.sql`select email from auth.login_attempts order by at desc`;
  expect(left.map(({ email }) => email)).toEqual(["0", "89"]);
  expect(hours).toBeGreaterThan(23);
  expect(hours).toBeLessThanOrEqual(24);
});

test("pruning deletes full login budgets and keeps those in use", async () => {
  await database.sql`
    insert into auth.login_budgets values
      ('a', '', now() + interval '9 minutes'), ('b', '', now()), ('c', '', now() - interval '2 hours')`;

  await prune();

  const left = await database.sql`select account from auth.login_budgets order by 1`;
  expect(left.map(({ account }) => account)).toEqual(["a", "b"]);
});

test("pruning deletes sessions 30 days after their end and keeps live ones of any age", async () => {
  await database.sql`
    with person as (insert into auth.users (email, name, password_hash) values ('a@example.com', 'Ann', 'x') returning id)
    insert into auth.sessions (user_id, refresh_hash, user_agent, expires_at, ended_at, created_at)
    select person.id, 'h', name, now() + expires, now() + ended, now() - interval '400 days'
    from person, (values
      ('alive', interval '1 day', null),
      ('ended yesterday', interval '20 days', interval '-1 day'),
      ('ended long ago', interval '20 days', interval '-31 days'),
      ('ran out lately', interval '-29 days', null),
      ('ran out long ago', interval '-31 days', null)) as s(name, expires, ended)`;

  await prune();

  const left = await database.sql`select user_agent as name from auth.sessions order by 1`;
  expect(left.map(({ name }) => name)).toEqual(["alive", "ended yesterday", "ran out lately"]);
});

test("pruning deletes an expired Facebook login with its sealed token", async () => {
  await database.sql`
    with person as (insert into auth.users (email, name, password_hash) values ('a@example.com', 'Ann', 'x') returning id),
         place as (insert into auth.workspaces (name) values ('Here') returning id)
    insert into messaging.facebook_logins (state_hash, workspace_id, user_id, token_sealed, expires_at)
    select minutes::text, place.id, person.id, 'sealed', now() + make_interval(mins => minutes)
    from person, place, unnest(array[-1, 5]) as minutes`;

  await prune();

  const left = await database.sql`select state_hash as name from messaging.facebook_logins`;
  expect(left.map(({ name }) => name)).toEqual(["5"]);
});

test("pruning deletes an unsent reply file after a day and keeps sent files and the library", async () => {
  await database.sql`
    with place as (insert into auth.workspaces (name) values ('Here') returning id),
    file as (
      insert into messaging.media_files (workspace_id, name, type, mime_type, bytes, file_key, conversation_id, created_at)
      select place.id, name, 'file', 'x/y', 1, 'ee/' || left(md5(name), 30), case when name <> 'library' then gen_random_uuid() end,
        now() - age
      from place, (values
        ('unsent', interval '25 hours'),
        ('just added', interval '23 hours'),
        ('sent', interval '25 hours'),
        ('sent on a card', interval '25 hours'),
        ('library', interval '25 hours')) as f(name, age)
      returning workspace_id, id, name)
    insert into messaging.contents (workspace_id, message, media_file_id, image_file_ids)
    select workspace_id, '{}', case when name = 'sent' then id end,
      case when name = 'sent on a card' then array[id] else '{}' end
    from file where name like 'sent%'`;

  await prune();

  const left = await database.sql`select name from messaging.media_files order by 1`;
  expect(left.map(({ name }) => name)).toEqual(["just added", "library", "sent", "sent on a card"]);
});
