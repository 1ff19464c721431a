/**
 * How fast the API reads with 100,000 contacts and 1,000,000 messages, at 16 connections: p50 and p95 of each route
 * beside the bare keyset query over the same driver, and the processor time of one request. The real server in a
 * process of its own; nothing is cached.
 *
 *     bun e2e/bench/api_reads.ts [--short | --large] [--few-unread]
 *
 * `--short` seeds a tenth and asks less often, `--large` seeds ten times as much. Every fifth conversation is unread;
 * with `--few-unread` some 300 open ones are, as where agents keep up. The seeded database stays in `.data/bench` and
 * is used again.
 * DATABASE_URL names a PostgreSQL 18 to use instead of the embedded one.
 */
import postgres, { type Sql } from "postgres";
import { openHttpConnection } from "./support/http_connection.ts";
import { postgresCpuMs, processCpuMs } from "./support/postgres_cpu.ts";
import { account, manyUnread, openReadStage, type ReadStage } from "./support/read_stage.ts";

const isShort = process.argv.includes("--short");
const isLarge = process.argv.includes("--large");
const contacts = isShort ? 10_000 : isLarge ? 1_000_000 : 100_000;
const unreadEvery = process.argv.includes("--few-unread") ? contacts / 500 : manyUnread;
const size = { contacts, messagesPerContact: 10, unreadEvery };
const requests = isShort ? 300 : 2_000;
/** Requests of each kind before the first is measured. */
const warmUps = isShort ? 100 : 800;
const connections = 16;

interface Measured {
  name: string;
  p50: number;
  p95: number;
  perSecond: number;
  /** Processor time per request; null where the machine does not tell. */
  serverCpuMs: number | null;
  postgresCpuMs: number | null;
}

/** Processor time used so far. */
interface Used {
  server: number | null;
  postgres: number | null;
}

/** Asks `requests` times over `connections` loops and sorts the times. */
async function measure(
  name: string,
  used: () => Promise<Used>,
  ask: (n: number, connection: number) => Promise<void>,
): Promise<Measured> {
  for (let n = 0; n < connections * 2; n += 1) await ask(n, n % connections);
  const times: number[] = [];
  let next = 0;
  const before = await used();
  const startedAt = performance.now();
  async function loop(connection: number): Promise<void> {
    while (next < requests) {
      const n = next;
      next += 1;
      const askedAt = performance.now();
      await ask(n, connection);
      times.push(performance.now() - askedAt);
    }
  }
  await Promise.all(Array.from({ length: connections }, (_, connection) => loop(connection)));
  const seconds = (performance.now() - startedAt) / 1_000;
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  const after = await used();
  const each = (from: number | null, to: number | null) =>
    from === null || to === null ? null : (to - from) / requests;
  return {
    name,
    p50: at(0.5),
    p95: at(0.95),
    perSecond: requests / seconds,
    serverCpuMs: each(before.server, after.server),
    postgresCpuMs: each(before.postgres, after.postgres),
  };
}

async function measureRoutes(
  { url, workspaceId, ids }: ReadStage,
  used: () => Promise<Used>,
): Promise<Measured[]> {
  const login = await fetch(`${url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: account.email, password: account.password }),
  });
  const { accessToken } = await login.json();
  const headers = { authorization: `Bearer ${accessToken}` };
  const idAt = (n: number) => ids[n % ids.length] ?? "";
  const wordsAt = (list: readonly string[], n: number) => encodeURIComponent(list[n % list.length] ?? "");
  const frequent = ["order", "delivery", "refund", "monday", "courier", "please"];
  const pairs = ["order refund", "blue voucher", "courier birthday", "thanks monday"];
  const further = await Promise.all(
    pairs.map(async (pair) => {
      const path = `conversations?search=${encodeURIComponent(pair)}`;
      const answer = await fetch(`${url}/api/v1/workspaces/${workspaceId}/${path}`, { headers });
      const { nextCursor } = await answer.json();
      return `${path}&cursor=${nextCursor}`;
    }),
  );
  const routes: Record<string, (n: number) => string> = {
    "conversations, open": () => "conversations",
    "conversations, open, 50": () => "conversations?limit=50",
    "conversations, all": () => "conversations?status=all",
    "conversations, mine": () => "conversations?assignee=me",
    "conversations, nobody's": () => "conversations?assignee=none",
    "conversations, unread": () => "conversations?unread=true",
    counts: () => "conversations/counts",
    conversation: (n) => `conversations/${idAt(n)}`,
    timeline: (n) => `conversations/${idAt(n)}/timeline`,
    messages: (n) => `conversations/${idAt(n)}/messages`,
    contacts: () => "contacts",
    contact: (n) => `contacts/${idAt(n)}`,
    "contacts, by name": (n) => `contacts?search=${wordsAt(["hugo cor", "ada", "olga perstein", "kira"], n)}`,
    "search, frequent word": (n) => `conversations?search=${wordsAt(frequent, n)}`,
    "search, rare word": (n) => `conversations?search=ref${100 + ((n * 37) % 1_900)}`,
    "search, two words": (n) => `conversations?search=${wordsAt(pairs, n)}`,
    "search, two words, next": (n) => further[n % further.length] ?? "",
    "search, name": (n) =>
      `conversations?search=${wordsAt(["hugo cor", "ada berstein", "olga per", "kira"], n)}`,
  };
  const opened = await Promise.all(
    Array.from({ length: connections }, () =>
      openHttpConnection(Number(new URL(url).port), headers.authorization),
    ),
  );
  async function ask(path: string, connection: number): Promise<void> {
    await opened[connection]?.get(`/api/v1/workspaces/${workspaceId}/${path}`);
  }
  // A server compiles what it runs in its first thousands of requests, and then runs for weeks.
  for (let n = 0; n < warmUps; n += connections)
    for (const path of Object.values(routes))
      await Promise.all(Array.from({ length: connections }, (_, at) => ask(path(n + at), at)));
  const measured: Measured[] = [];
  for (const [name, path] of Object.entries(routes))
    measured.push(await measure(name, used, (n, connection) => ask(path(n), connection)));
  for (const one of opened) one.close();
  return measured;
}

/** What the machine can do: the keyset reads alone, without HTTP, rights, joins and shapes. */
async function measureBare(
  sql: Sql,
  { workspaceId, ids }: ReadStage,
  used: () => Promise<Used>,
): Promise<Measured[]> {
  return [
    await measure("bare: conversations", used, async () => {
      await sql`select * from messaging.conversations where workspace_id = ${workspaceId} and status = 'open'
        order by last_message_at desc, id desc limit 51`;
    }),
    await measure("bare: messages", used, async (n) => {
      await sql`select * from messaging.messages where conversation_id = ${ids[n % ids.length] ?? ""}
        order by sent_at desc, id desc limit 51`;
    }),
    await measure("bare: contacts", used, async () => {
      await sql`select * from messaging.contacts where workspace_id = ${workspaceId} order by id desc limit 51`;
    }),
  ];
}

const stage = await openReadStage(size);
const sql = postgres(stage.databaseUrl, { max: connections, onnotice: () => undefined });
try {
  const postgres = () => postgresCpuMs(sql);
  const measured = [
    ...(await measureRoutes(stage, async () => ({
      server: processCpuMs(stage.pid),
      postgres: await postgres(),
    }))),
    ...(await measureBare(sql, stage, async () => ({ server: null, postgres: await postgres() }))),
  ];
  const line = (name: string, ...cells: string[]) =>
    `${name.padEnd(26)}${cells.map((cell) => cell.padStart(12)).join("")}\n`;
  process.stdout.write(line("", "p50 ms", "p95 ms", "per s", "server ms", "Postgres ms"));
  for (const one of measured) {
    const numbers = [one.p50.toFixed(1), one.p95.toFixed(1), one.perSecond.toFixed(0)];
    const times = [one.serverCpuMs?.toFixed(2) ?? "", one.postgresCpuMs?.toFixed(2) ?? ""];
    process.stdout.write(line(one.name, ...numbers, ...times));
  }
  process.stdout.write(`${JSON.stringify({ ...size, connections, requests, measured })}\n`);
} finally {
  await sql.end();
  await stage.close();
}
