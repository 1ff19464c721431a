import { expect, test } from "vitest";
import { createTestDatabase } from "./testing.ts";

// Without ops/patches/postgres@3.4.9.patch the second query throws outside of any promise, and the process ends.
test("a query on a connection whose server process died is refused, and the next ones work", async () => {
  const database = await createTestDatabase({ max: 2 });
  const { sql } = database;
  const reserved = await sql.reserve();
  const [row] = await reserved<{ pid: number }[]>`select pg_backend_pid() as pid`;

  await sql`select pg_terminate_backend(${row?.pid ?? 0})`;
  const answers = await Promise.allSettled([
    reserved`select 1`,
    Bun.sleep(50).then(() => reserved`select 2`),
  ]);
  const [other] = await sql`select 3 as n`;

  expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(other).toEqual({ n: 3 });
  await database.close();
});
