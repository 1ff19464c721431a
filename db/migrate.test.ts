import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "#db";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test("migrate() is harmless when several processes start at once", async () => {
  await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);

  const [row] = await database.sql`select count(*)::int as n from drizzle.__drizzle_migrations`;
  const files = [...new Bun.Glob("*.sql").scanSync("db/migrations")];
  expect(row?.n).toBe(files.length);
});

test("a database that keeps text in another way is refused before anything is made", async () => {
  const other = new URL(database.url);
  other.pathname = "/other_encoding";
  await database.sql`create database other_encoding encoding 'SQL_ASCII' locale 'C' template template0`;
  try {
    await expect(migrate(other.href)).rejects.toThrow("need UTF8");
  } finally {
    await database.sql`drop database other_encoding`;
  }
});

test("the schema keeps a row from pointing into another workspace", async () => {
  const { sql } = database;
  const [a, b] = await sql`insert into auth.workspaces (name) values ('A'), ('B') returning id`;
  const [page] = await sql`insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    values (${a?.id}, '1', 'Page', 'connected', 'x') returning id`;

  const stranger = sql`insert into messaging.contacts (workspace_id, page_id, psid) values (${b?.id}, ${page?.id}, '7')`;

  await expect(stranger).rejects.toThrow(/foreign key/);
});
