import { eq } from "drizzle-orm";
import { integer, pgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Handle, orm } from "./orm.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

const both = pgTable("both_ways", { byTheBuilder: integer(), byHand: integer() });
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ max: 2 });
  await database.sql`create table public.both_ways (by_the_builder int, by_hand int)`;
});
afterAll(() => database.close());

async function insertBoth(sql: Handle, n: number): Promise<void> {
  await orm(sql).insert(both).values({ byTheBuilder: n });
  await sql`insert into public.both_ways (by_hand) values (${n})`;
}

const read = async (n: number) => ({
  byTheBuilder: await orm(database.sql).$count(both, eq(both.byTheBuilder, n)),
  byHand: await orm(database.sql).$count(both, eq(both.byHand, n)),
});

test("orm() runs Drizzle's statements in the transaction of hand-written ones: both commit or both roll back", async () => {
  const { sql } = database;
  await sql.begin((tx) => insertBoth(tx, 1));
  const failing = sql.begin(async (tx) => {
    await insertBoth(tx, 2);
    throw new Error("after both");
  });
  await expect(failing).rejects.toThrow("after both");

  expect(await read(1)).toEqual({ byTheBuilder: 1, byHand: 1 });
  expect(await read(2)).toEqual({ byTheBuilder: 0, byHand: 0 });
});

test("orm() of a savepoint rolls back with it and keeps earlier changes", async () => {
  await database.sql.begin(async (tx) => {
    await insertBoth(tx, 3);
    const inner = tx.savepoint(async (point) => {
      await insertBoth(point, 4);
      throw new Error("only the inner");
    });
    await expect(inner).rejects.toThrow("only the inner");
  });

  expect(await read(3)).toEqual({ byTheBuilder: 1, byHand: 1 });
  expect(await read(4)).toEqual({ byTheBuilder: 0, byHand: 0 });
});

test("orm() prepares its statements like hand-written ones", async () => {
  const runs = await database.sql.begin(async (tx) => {
    for (let n = 0; n < 2; n += 1) {
      await orm(tx).select().from(both).where(eq(both.byHand, n));
      await tx`select by_hand from public.both_ways where by_hand = ${n}`;
    }
    return await tx<{ runs: number }[]>`select (generic_plans + custom_plans)::int4 as runs
      from pg_prepared_statements where statement ~ '^select "by_the|^select by_hand'`;
  });

  expect([...runs]).toEqual([{ runs: 2 }, { runs: 2 }]);
});
