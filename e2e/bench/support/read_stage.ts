import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { createWorkspace, ensureOwner, readUserByEmail } from "#auth";
import { freePort, migrate, openDatabase, startEmbeddedPostgres } from "#db";
import { seedWorkspace } from "../api_seed.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Who owns the seeded workspace. */
export const account = { email: "bench@example.com", password: "Korrekt-Pferd-7", name: "Bench" };

/** Every fifth conversation is unread. */
export const manyUnread = 5;

export interface ReadSize {
  contacts: number;
  messagesPerContact: number;
  /** Every how many conversations one is unread; `manyUnread` unless told. */
  unreadEvery?: number;
}

export interface ReadStage {
  /** Of the server. */
  url: string;
  /** Of the server's process. */
  pid: number;
  databaseUrl: string;
  workspaceId: string;
  /** A thousand conversations, in no order. */
  ids: string[];
  /** Ends the server, and the database when it was started here. */
  close: () => Promise<void>;
}

/**
 * A workspace of this size, which stays in `.data/bench` and is used again, and the real server beside it in a process
 * of its own. DATABASE_URL names a PostgreSQL 18 to use instead of the embedded one.
 */
export async function openReadStage({ unreadEvery = manyUnread, ...size }: ReadSize): Promise<ReadStage> {
  const embedded = process.env.DATABASE_URL
    ? null
    : await startEmbeddedPostgres(`${root}.data/bench/postgres`);
  const own = new URL(process.env.DATABASE_URL ?? embedded?.url ?? "");
  const isUsual = unreadEvery === manyUnread;
  const name = `messagesender_bench_${size.contacts}${isUsual ? "" : "_few_unread"}`;
  await createDatabase(own.href, name);
  own.pathname = `/${name}`;
  const seeded = await seed(own.href, { ...size, unreadEvery });
  const { url, child } = await startServer(own.href);
  return {
    ...seeded,
    url,
    pid: child.pid ?? 0,
    databaseUrl: own.href,
    close: async () => {
      const ended = new Promise<void>((done) => child.once("exit", () => done()));
      child.kill("SIGTERM");
      await ended;
      await embedded?.stop();
    },
  };
}

async function createDatabase(url: string, name: string): Promise<void> {
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  const [exists] = await admin`select 1 from pg_database where datname = ${name}`;
  if (!exists) await admin.unsafe(`create database ${name}`);
  await admin.end();
}

async function seed(url: string, size: Required<ReadSize>): Promise<Pick<ReadStage, "workspaceId" | "ids">> {
  await migrate(url);
  const database = openDatabase(url, { max: 1, statementTimeoutMs: 0 });
  try {
    await ensureOwner(database, account);
    const owner = await readUserByEmail(database.sql, account.email);
    if (!owner) throw new Error("Cannot seed: the owner is missing");
    let [workspace] = await database.sql<{ id: string }[]>`
      select workspace_id as id from messaging.contacts group by 1 having count(*) = ${size.contacts}`;
    if (!workspace) {
      workspace = await createWorkspace(database, { name: "Bench", ownerId: owner.id });
      const startedAt = performance.now();
      await seedWorkspace(database.sql, { ...size, workspaceId: workspace.id, userId: owner.id });
      process.stdout.write(`seeded in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s\n`);
    }
    const ids = await database.sql<{ id: string }[]>`
      select id from messaging.conversations where workspace_id = ${workspace.id} order by md5(id::text) limit 1000`;
    return { workspaceId: workspace.id, ids: ids.map((row) => row.id) };
  } finally {
    await database.close();
  }
}

async function startServer(databaseUrl: string): Promise<{ url: string; child: ChildProcess }> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, [`${root}apps/server/main.ts`], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      APP_URL: url,
      DATABASE_URL: databaseUrl,
      DATA_DIR: `${root}.data/bench/server`,
      FACEBOOK_APP_ID: "1",
      GRAPH_API_URL: "http://127.0.0.1:9",
      SIMULATOR: "off",
      ROLE: "api",
      LOG_LEVEL: "warn",
      RATE_LIMIT_PER_MINUTE: "0",
    },
  });
  for (let n = 0; ; n += 1) {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.ok) return { url, child };
    if (n > 100 || child.exitCode !== null) throw new Error("The server does not become ready");
    await Bun.sleep(100);
  }
}
