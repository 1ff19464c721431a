import { expect, test } from "vitest";
import { createTestDatabase } from "./testing.ts";
import { wideRead } from "./wide_read.ts";

test("only wideRead() reads with parallel workers", async () => {
  const database = await createTestDatabase();
  const { sql } = database;
  await sql`create table wide as select n, n % 7 as rest from generate_series(1, 300000) n`;
  await sql`analyze wide`;
  const planOf = (rows: readonly object[]) => JSON.stringify(rows);
  const query = () => sql`explain select rest, count(*) from wide group by rest`;

  const narrow = planOf(await query());
  const wide = planOf(await wideRead(sql, query()));

  expect(narrow).not.toContain("Workers Planned");
  expect(wide).toContain("Workers Planned");
  await database.close();
});

test("wideRead() leaves connections to fast queries under any number of calls", async () => {
  const database = await createTestDatabase({ max: 4 });
  const { sql } = database;
  const startedAt = performance.now();

  const wide = Array.from({ length: 5 }, (_, n) =>
    wideRead<{ n: number }>(sql, sql`select ${n}::int4 as n from pg_sleep(1)`),
  );
  // A connection is made meanwhile.
  await Bun.sleep(500);
  await sql`select 'quick'`;
  const took = performance.now() - startedAt;
  const found = await Promise.all(wide);

  expect(took).toBeLessThan(950);
  expect(found.flat()).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
  await database.close();
});
