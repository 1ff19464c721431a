import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { wordCount } from "./word_sample.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test("wordCount() counts texts by beginnings of words, without accents, and keeps its sample for a while", async () => {
  const { sql } = database;
  const add = (name: string, times: number) => sql`
    insert into messaging.contacts (workspace_id, page_id, psid, name)
    select p.workspace_id, p.id, gen_random_uuid(), ${name} from messaging.pages p, generate_series(1, ${times}::int)`;
  await sql`
    with w as (insert into auth.workspaces (name) values ('Roastery') returning id)
    insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    select id, '1', 'Roastery', 'connected', 'sealed' from w`;
  await add("Đặng Hồng", 30);
  await add("Dan Hopper", 20);
  await add("Ada", 10);

  const count = await wordCount(sql, "names");
  await add("Ada", 10);

  expect(["dang", "da", "ho", "hopper", "ad", "hoppers", "e"].map(count)).toEqual([30, 50, 50, 20, 10, 0, 0]);
  expect(["+dan+hop", "+dan+hon", "+dan+ho", "dan"].map(count)).toEqual([20, 30, 50, 50]);
  expect((await wordCount(sql, "names"))("ada")).toBe(10);
  expect((await wordCount(sql, "messages"))("ada")).toBe(0);
});
