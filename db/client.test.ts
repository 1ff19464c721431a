import { connect, createServer } from "node:net";
import postgres from "postgres";
import { expect, test } from "vitest";
import { openDatabase } from "./client.ts";
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

/** Ends this transaction's session while `many` of its statements are in flight, and waits for their failure. */
async function loseSession(tx: postgres.TransactionSql, killer: postgres.Sql, many: number): Promise<void> {
  const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const pid = row?.pid ?? 0;
  const work = Promise.allSettled(Array.from({ length: many }, () => tx`select pg_sleep(30)`.execute()));
  const isRunning = async () =>
    (await killer`select from pg_stat_activity where pid = ${pid} and query like 'select pg_sleep%'`).length >
    0;
  while (!(await isRunning())) await Bun.sleep(5);
  await killer`select pg_terminate_backend(${pid})`;
  for (const { status } of await work) expect(status).toBe("rejected");
}

// Without the patch, a transaction's own rollback after its session's end removes the connection from the pool
// forever: a pool of one stops responding.
test("a pool has all its connections again after transactions whose server process died", async () => {
  const database = await createTestDatabase({ max: 1 });
  const killer = openDatabase(database.url, { max: 1 });
  for (const many of [1, 3]) {
    const broken = database.sql.begin(async (tx) => {
      await loseSession(tx, killer.sql, many);
      throw new Error("as any other work");
    });
    await expect(broken).rejects.toThrow(/CONNECTION_CLOSED|as any other work/);

    const answer = await Promise.race([database.sql`select ${many}::int4 as n`, Bun.sleep(3_000)]);
    expect(answer).toEqual([{ n: many }]);
  }
  await killer.close();
  await database.close();
});

// Without the patch, the statement runs alone in the connection's next session, and its writes remain.
test("statements of a transaction after its session's end are refused and write nothing", async () => {
  const database = await createTestDatabase({ max: 1 });
  const { sql } = database;
  const killer = openDatabase(database.url, { max: 1 });
  await sql`create table public.written (n int)`;
  let late: PromiseSettledResult<unknown>[] = [];

  const broken = sql.begin(async (tx) => {
    await loseSession(tx, killer.sql, 1);
    await sql`select 'the next session'`;
    late = await Promise.allSettled([tx`insert into public.written values (1)`]);
  });
  await expect(broken).rejects.toThrow("CONNECTION_CLOSED");
  while (late.length === 0) await Bun.sleep(5);

  expect(late).toMatchObject([{ status: "rejected", reason: { code: "CONNECTION_CLOSED" } }]);
  expect(await killer.sql`select n from public.written`).toEqual([]);
  await killer.close();
  await database.close();
});

// postgres.js queues a query behind another when all connections are busy; there it waits even if another becomes
// free.
test("a query does not wait behind a slow one while another connection is free", async () => {
  const database = await createTestDatabase({ max: 2 });
  const { sql } = database;
  const sleep = (seconds: number) => sql`select 'slept' as word from pg_sleep(${seconds}::float8)`;
  const quick = (n: number) => sql`select ${n}::int4 as n`;
  // A statement that is new to a connection has it to itself anyway.
  await Promise.all([sleep(0.1), sleep(0.1)]);
  await Promise.all([sleep(0.1), sleep(0.1), quick(1), quick(2)]);
  await Promise.all([quick(1), quick(2)]);

  const slow = sleep(1).execute();
  const startedAt = performance.now();
  const answers = await Promise.all([quick(1), quick(2), quick(3), sql.begin((tx) => tx`select 4 as n`)]);
  const took = performance.now() - startedAt;

  expect(answers.flat()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
  expect(took).toBeLessThan(500);
  expect(await slow).toEqual([{ word: "slept" }]);
  await database.close();
});

// Without the patch the failure is silent: the stream waits, or looks finished with the connection's next statement.
test("a COPY that Postgres refuses at its end fails, and the connection continues", async () => {
  const database = await createTestDatabase({ max: 1 });
  const { sql } = database;
  await sql`create table public.copied (n int check (n > 0))`;
  const copy = async (lines: string) => {
    await sql.begin(async (tx) => {
      const writable = await tx`copy public.copied (n) from stdin`.writable();
      await new Promise((done, fail) => writable.on("error", fail).on("finish", done).end(lines));
    });
  };

  const refused = await copy("1\n-1\n").catch((error: unknown) => String(error));
  await copy("2\n3\n");

  expect(refused).toContain("copied_n_check");
  expect(await sql`select n from public.copied order by n`).toEqual([{ n: 2 }, { n: 3 }]);
  await database.close();
});

// Without the patch the process ends: nothing awaits the query for types, which comes before the first query.
test("a database that goes away during a connect refuses the query and ends nothing else", async () => {
  const database = await createTestDatabase();
  const there = new URL(database.url);
  let isAway = false;
  const link = createServer((from) => {
    const to = connect(Number(there.port), there.hostname);
    for (const socket of [from, to]) socket.on("error", () => undefined).on("close", () => from.destroy());
    to.pipe(from);
    from.on("data", (bytes) => {
      if (isAway || !bytes.includes("pg_catalog.pg_type")) return void to.write(bytes);
      isAway = true;
      link.close();
      from.destroy();
      to.destroy();
    });
  });
  const listen = (port: number) => new Promise<void>((done) => link.listen(port, "127.0.0.1", done));
  await listen(0);
  const place = link.address();
  const port = place !== null && typeof place === "object" ? place.port : 0;
  const unheard: unknown[] = [];
  const hear = (error: unknown) => unheard.push(error);
  process.on("unhandledRejection", hear);
  const { sql, close } = openDatabase(Object.assign(new URL(there), { host: `127.0.0.1:${port}` }).href, {
    max: 1,
  });

  const refused = await sql`select 1`.catch((error: unknown) => String(error));
  await Bun.sleep(50);
  await listen(port);
  const [row] = await sql`select array['a', 'b'] as letters`;

  process.off("unhandledRejection", hear);
  expect(refused).toContain("ECONNREFUSED");
  expect(row).toEqual({ letters: ["a", "b"] });
  expect(unheard).toEqual([]);
  await close();
  link.close();
  await database.close();
});

// Without the patch the query waits until the system closes the connection, after a quarter of an hour.
test("a silently vanished server is dropped at the end of the statement limit, and the next one is found", async () => {
  const database = await createTestDatabase();
  const there = new URL(database.url);
  let isSilent = false;
  const link = createServer((from) => {
    const to = connect(Number(there.port), there.hostname);
    for (const socket of [from, to])
      socket
        .on("error", () => undefined)
        .on("close", () => {
          from.destroy();
          to.destroy();
        });
    from.on("data", (bytes) => !isSilent && to.write(bytes));
    to.on("data", (bytes) => !isSilent && from.write(bytes));
  });
  await new Promise<void>((done) => link.listen(0, "127.0.0.1", done));
  const address = link.address();
  const url = new URL(database.url);
  url.port = String(address !== null && typeof address === "object" ? address.port : 0);
  url.hostname = "127.0.0.1";
  const sql = postgres(url.href, { max: 1, connect_timeout: 2, connection: { statement_timeout: 1_200 } });
  await sql`select 1`;
  // Slow, and not silent for longer than it may be.
  const [slow] = await sql`select 'slow' as word from pg_sleep(1)`;

  isSilent = true;
  const startedAt = performance.now();
  const answers = await Promise.allSettled([sql.begin((tx) => tx`select 2`), sql`select 3`]);
  const took = performance.now() - startedAt;
  isSilent = false;

  expect(slow).toEqual({ word: "slow" });
  // The second waited for the connection, and then for a new one.
  expect(answers).toMatchObject([
    { status: "rejected", reason: { code: "CONNECTION_CLOSED" } },
    { status: "rejected", reason: { code: "CONNECT_TIMEOUT" } },
  ]);
  expect(took).toBeLessThan(8_000);
  expect(await sql`select 4 as n`).toEqual([{ n: 4 }]);
  await sql.end();
  link.close();
  await database.close();
});

test("openDatabase() can lift the statement limit above the server's own limit", async () => {
  const database = await createTestDatabase();
  const [name] = await database.sql<{ name: string }[]>`select current_database() as name`;
  await database.sql.unsafe(`alter database ${name?.name} set statement_timeout = 50`);
  const unlimited = openDatabase(database.url, { statementTimeoutMs: 0 });

  await expect(unlimited.sql`select pg_sleep(0.2)`).resolves.toHaveLength(1);

  await unlimited.close();
  await database.close();
});
