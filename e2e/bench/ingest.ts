/**
 * Measures the inbound path: signed POSTs until every event is durable in its final place, on this machine, with the
 * load generator and the database beside. Ratios are to two ceilings taken in the same run: a server that answers
 * after the signature alone, and plain multi-row inserts into the same Postgres. On a machine with other work the
 * processor time per event is what can be compared.
 *
 *     bun e2e/bench/ingest.ts [--short]
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { migrate, startEmbeddedPostgres } from "#db";
import { postgresCpuMs } from "./support/postgres_cpu.ts";

const isShort = process.argv.includes("--short");
const secret = "bench-secret";
const pages = Array.from({ length: 10 }, (_, i) => `1048100690682${String(i).padStart(2, "0")}`);
const contacts = 20_000;

interface Outcome {
  seconds: number;
  statuses: Record<string, number>;
  unique: number;
  p50: number;
  p99: number;
  max: number;
}

interface Row {
  what: string;
  eventsPerSecond: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  rssMb: number;
  /** Processor time per event in µs; null where it cannot be told. */
  serverCpuUs: number;
  postgresCpuUs: number | null;
}

/** What server and Postgres had used at one moment. */
interface Taken {
  server: Usage;
  postgresMs: number | null;
}

interface Usage {
  rss: number;
  cpu: { user: number; system: number };
}

const here = new URL("./support/", import.meta.url).pathname;

async function withServer<T>(
  settings: { mode: string; url: string },
  work: (port: number, usage: () => Promise<Usage>) => Promise<T>,
): Promise<T> {
  let answer: (usage: Usage) => void = () => undefined;
  const server = Bun.spawn(
    [process.execPath, `${here}ingest_server.ts`, JSON.stringify({ ...settings, secret })],
    { stdout: "pipe", stderr: "inherit", ipc: (message) => answer(message) },
  );
  try {
    const reader = server.stdout.getReader();
    const first = await reader.read();
    const port = Number(new TextDecoder().decode(first.value).trim());
    return await work(
      port,
      () =>
        new Promise((resolve) => {
          answer = resolve;
          server.send("usage");
        }),
    );
  } finally {
    server.kill();
    await server.exited;
  }
}

interface Load {
  requests: number;
  eventsPerRequest: number;
  connections: number;
}

async function run(port: number, given: Load, name: string): Promise<Outcome> {
  const load = { port, secret, pages, contacts, duplicateEvery: 20, ...given };
  const child = Bun.spawn(
    [process.execPath, `${here}ingest_load.ts`, JSON.stringify({ ...load, run: name })],
    { stdout: "pipe", stderr: "inherit" },
  );
  const text = await new Response(child.stdout).text();
  await child.exited;
  const outcome: Outcome = JSON.parse(text);
  const refused = Object.entries(outcome.statuses).filter(([status]) => status !== "200");
  if (refused.length > 0)
    throw new Error(`Not every request was answered 200: ${JSON.stringify(outcome.statuses)}`);
  return outcome;
}

function rowOf(
  what: string,
  outcome: Outcome,
  { requests, eventsPerRequest, before, after }: Load & { before: Taken; after: Taken },
): Row {
  const perEvent = (us: number) => Math.round(us / (requests * eventsPerRequest));
  const server = (taken: Taken) => taken.server.cpu.user + taken.server.cpu.system;
  return {
    what,
    eventsPerSecond: Math.round((requests * eventsPerRequest) / outcome.seconds),
    requestsPerSecond: Math.round(requests / outcome.seconds),
    p50Ms: Number(outcome.p50.toFixed(2)),
    p99Ms: Number(outcome.p99.toFixed(2)),
    maxMs: Number(outcome.max.toFixed(1)),
    rssMb: Math.round(after.server.rss / 1024 / 1024),
    serverCpuUs: perEvent(server(after) - server(before)),
    postgresCpuUs:
      before.postgresMs === null || after.postgresMs === null
        ? null
        : perEvent((after.postgresMs - before.postgresMs) * 1_000),
  };
}

/** Multi-row inserts of the same bodies into a table with one key: the limit of this Postgres. */
async function plainInserts(sql: postgres.Sql, rows: number): Promise<number> {
  await sql.unsafe("create table plain (id uuid primary key default uuidv7(), mid text, body text)");
  const body = JSON.stringify({
    object: "page",
    entry: [{ id: pages[0], messaging: [{ text: "x".repeat(250) }] }],
  });
  const size = 32;
  let made = 0;
  const startedAt = performance.now();
  async function lane(): Promise<void> {
    while (made < rows) {
      made += size;
      const mids = Array.from({ length: size }, (_, i) => `m_${"x".repeat(60)}${made}_${i}`);
      await sql.unsafe(
        "insert into plain (mid, body) select * from unnest($1::text[], $2::text[])",
        [mids, mids.map(() => body)],
        { prepare: true },
      );
    }
  }
  await Promise.all([lane(), lane()]);
  return Math.round(made / ((performance.now() - startedAt) / 1_000));
}

const directory = await mkdtemp(join(tmpdir(), "messagesender-bench-"));
spawnSync("chmod", ["755", directory]);
const server = await startEmbeddedPostgres(directory);
const sql = postgres(server.url, { max: 2, onnotice: () => undefined });
try {
  await migrate(server.url);
  const [workspace] = await sql`insert into auth.workspaces (name) values ('Bench') returning id`;
  for (const page of pages)
    await sql`insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
      values (${workspace?.id}, ${page}, 'Bench', 'connected', 'x')`;

  const rows: Row[] = [];
  let expected = 0;
  const take = async (usage: () => Promise<Usage>): Promise<Taken> => ({
    server: await usage(),
    postgresMs: await postgresCpuMs(sql),
  });
  async function measure(mode: "product" | "direct", load: Load): Promise<void> {
    const what = `${mode}, ${load.eventsPerRequest} per POST, ${load.connections} at once`;
    await withServer({ mode, url: server.url }, async (port, usage) => {
      // The first second pays for statements, code and contacts that are not there yet.
      const warm = await run(port, { ...load, requests: Math.ceil(load.requests / 5) }, `w${rows.length}_`);
      const before = await take(usage);
      const outcome = await run(port, load, `r${rows.length}_`);
      const after = await take(usage);
      expected += warm.unique + outcome.unique;
      rows.push(rowOf(what, outcome, { ...load, before, after }));
    });
    const [count] = await sql`select count(*)::int4 as n from messaging.messages`;
    if (count?.n !== expected) throw new Error(`Durable: ${count?.n} messages, sent: ${expected}`);
  }

  const scale = isShort ? 1 : 5;
  const single = { requests: 20_000 * scale, eventsPerRequest: 1, connections: 64 };
  await measure("product", single);
  await measure("product", { ...single, connections: 128 });
  await measure("product", { ...single, requests: 1_500 * scale, eventsPerRequest: 20 });
  await measure("direct", single);
  const signature = await withServer({ mode: "signature", url: server.url }, async (port, usage) => {
    await run(port, { ...single, requests: 5_000 * scale }, "ws");
    const before = await take(usage);
    const outcome = await run(port, single, "rs");
    const after = await take(usage);
    return rowOf("200 after the signature", outcome, { ...single, before, after });
  });
  rows.push(signature);
  const plain = await plainInserts(sql, 20_000 * scale);
  const [first] = rows;
  const perEvent = first?.eventsPerSecond ?? 0;
  const summary = {
    rows,
    plainInsertsPerSecond: plain,
    ratioToSignature: Number((perEvent / signature.eventsPerSecond).toFixed(2)),
    ratioToPlainInserts: Number((perEvent / plain).toFixed(2)),
  };
  for (const row of rows)
    process.stdout.write(
      `${row.what.padEnd(36)} ${String(row.eventsPerSecond).padStart(7)} events/s  p50 ${row.p50Ms} ms  p99 ${row.p99Ms} ms  max ${row.maxMs} ms  RSS ${row.rssMb} MB  CPU per event: server ${row.serverCpuUs} µs, Postgres ${row.postgresCpuUs ?? "?"} µs\n`,
    );
  process.stdout.write(
    `${"plain multi-row inserts".padEnd(36)} ${String(plain).padStart(7)} rows/s\n` +
      `ratio to the signature alone ${summary.ratioToSignature}, to plain inserts ${summary.ratioToPlainInserts}\n` +
      `${JSON.stringify(summary)}\n`,
  );
} finally {
  await sql.end({ timeout: 5 });
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
