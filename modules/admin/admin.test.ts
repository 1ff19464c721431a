import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { Elysia } from "elysia";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorkspace, ensureOwner, readUserByEmail } from "#auth";
import { enqueueJobs, openDatabase, startJobs } from "#db";
import { problemPlugin, systemClock } from "#std";
import { createTestDatabase, type TestDatabase } from "../../db/testing.ts";
import { checkReady, readSystemHealth } from "./checks.ts";
import type { AdminDeps } from "./deps.ts";
import { listJobsPage, retryFailedJob } from "./jobs.ts";
import { readMetrics } from "./metrics.ts";
import { readOnboarding } from "./onboarding.ts";
import { healthRoutes } from "./routes_health.ts";

let database: TestDatabase;
let on: AdminDeps;
let workspaceId: string;
let userId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  on = {
    sql: database.sql,
    clock: systemClock,
    config: {
      version: "1.2.3",
      commit: "abc1234",
      jwtSecret: "a".repeat(40),
      jwtRefreshSecret: "b".repeat(40),
      appUrl: "http://localhost",
      trustedProxies: [],
      simulatorUrl: null,
      dataDir: tmpdir(),
      backup: null,
    },
    graph: { clockOffsetMs: () => 310_400 },
    redis: null,
    webhookCounts: async () => ({ failed: 2, unrouted: 1, lastReceivedAt: new Date(0) }),
  };
  await ensureOwner(on, { email: "owner@example.com", password: "Korrekt-Pferd-7", name: "Olga" });
  userId = (await readUserByEmail(on.sql, "owner@example.com"))?.id ?? "";
  workspaceId = (await createWorkspace(on, { name: "Ours", ownerId: userId })).id;
});
afterAll(() => database.close());

const done = async (config: AdminDeps["config"] = on.config) =>
  (await readOnboarding({ ...on, config }, workspaceId)).steps
    .filter((step) => step.done)
    .map((step) => step.key);

async function ready(given: Partial<AdminDeps>) {
  const app = new Elysia().use(problemPlugin()).use(healthRoutes({ ...on, ...given }));
  const response = await app.handle(new Request("http://localhost/health/ready"));
  return { status: response.status, body: await response.json() };
}

test("checkReady() returns 503 with the failed part: no database, a full webhook queue, a stopping process", async () => {
  const gone = openDatabase("postgres://nobody:x@127.0.0.1:1/none", { max: 1 });

  const answers = [
    await ready({}),
    await ready({ sql: gone.sql }),
    await ready({ canIngest: () => false }),
    await ready({ stopping: AbortSignal.abort() }),
  ];
  await gone.close();

  expect(answers.map((answer) => answer.status)).toEqual([200, 503, 503, 503]);
  expect(answers[1]?.body).toMatchObject({ code: "not-ready", detail: expect.stringContaining("database") });
  expect(answers[2]?.body).toMatchObject({ code: "webhooks-full" });
  expect(answers[3]?.body).toMatchObject({ code: "process-stopping" });
});

test("readMetrics() reports a database outage and still returns this process's counters", async () => {
  const gone = openDatabase("postgres://nobody:x@127.0.0.1:1/none", { max: 1 });

  const text = await readMetrics({ ...on, sql: gone.sql });
  await gone.close();

  expect(text).toContain('messagesender_part_up{part="database"} 0\n');
  expect(text).toContain("# TYPE process_resident_memory_bytes gauge\n");
  expect(text).not.toContain("messagesender_jobs_pending");
});

test("checkReady() does not wait for a database that hangs", async () => {
  const silent = createServer();
  await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));
  const address = silent.address();
  const port = address && typeof address === "object" ? address.port : 0;
  const hanging = openDatabase(`postgres://nobody:x@127.0.0.1:${port}/none`, { max: 1 });
  const startedAt = performance.now();

  const checked = await checkReady({ sql: hanging.sql }, { timeoutMs: 200 });
  const tookMs = performance.now() - startedAt;
  silent.close();
  await hanging.sql.end({ timeout: 0 });

  expect(checked).toEqual({ ready: false, part: "database" });
  expect(tookMs).toBeLessThan(2_000);
});

test("readOnboarding() completes each step by the row that proves it", async () => {
  const before = await done();
  await database.sql`insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    values (${workspaceId}, '1', 'Bakery', 'connected', 'sealed')`;
  const connected = await done();
  await database.sql`update messaging.pages set checked_at = now(), scopes = '{pages_messaging}',
    subscribed_fields = '{messages,messaging_postbacks,message_echoes}'`;
  const passed = await done();
  await database.sql`
    with person as (insert into messaging.contacts (workspace_id, page_id, psid)
      select workspace_id, id, '7' from messaging.pages returning workspace_id, id, page_id),
    thread as (insert into messaging.conversations (workspace_id, id, page_id, last_message_at, preview_direction)
      select *, now(), 'in' from person returning workspace_id, id, page_id)
    insert into messaging.messages (workspace_id, conversation_id, page_id, mid, direction, author_kind, sent_at)
    select *, 'm_1', 'in', 'contact', now() from thread`;
  const received = await done();
  const reply = await database.sql<{ id: string }[]>`
    insert into messaging.messages (workspace_id, conversation_id, page_id, direction, author_kind, author_user_id, idempotency_key, sent_at)
    select workspace_id, id, page_id, 'out', 'user', ${userId}, 'key-0001', now() from messaging.conversations returning id`;
  const waiting = await done();
  await database.sql`update messaging.messages set mid = 'm_2' where id = ${reply[0]?.id ?? ""}`;

  expect(before).toEqual([]);
  expect(connected).toEqual(["connect_page"]);
  expect(passed).toEqual(["connect_page", "doctor"]);
  expect(received).toEqual(["connect_page", "doctor", "receive_message"]);
  expect(waiting).toEqual(received);
  expect(await done()).toEqual(["connect_page", "doctor", "receive_message", "reply"]);
});

test("readOnboarding() lists the simulator only if configured, and completes it only while it listens", async () => {
  const simulator = createServer((socket) => socket.end());
  await new Promise<void>((listening) => simulator.listen(0, "127.0.0.1", listening));
  const address = simulator.address();
  const simulatorUrl = `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;
  const config = { ...on.config, simulatorUrl };

  const running = await done(config);
  await new Promise<void>((closed) => simulator.close(() => closed()));
  const stopped = await readOnboarding({ ...on, config }, workspaceId);
  const without = await readOnboarding(on, workspaceId);

  expect(running).toContain("simulator");
  expect(stopped.steps[0]).toEqual({ key: "simulator", done: false });
  expect(without.steps.map((step) => step.key)).not.toContain("simulator");
});

test("retryFailedJob() runs a failed job again; metrics count it and lists show its error", async () => {
  let isBroken = true;
  const runner = startJobs(
    on,
    {
      "test.job": {
        maxAttempts: 1,
        async run() {
          if (isBroken) throw new Error("Meta is away");
        },
      },
    },
    { pollMs: 20 },
  );
  await enqueueJobs(on.sql, [{ kind: "test.job", key: "1" }]);
  await expect.poll(async () => (await readSystemHealth(on)).jobs.failed).toBe(1);
  const [failed] = (await listJobsPage(on, { state: "failed" })).items;
  isBroken = false;

  await retryFailedJob(on, Number(failed?.id));
  await expect.poll(async () => (await listJobsPage(on, { state: "pending" })).items).toEqual([]);
  await on.sql`insert into messaging.app_holds (reason, are_replies_free, holds, held_until)
    values ('The secret is wrong', false, 1, '2100-01-01T00:00:00Z')`;
  const health = await readSystemHealth(on);
  await runner.stop();

  expect(failed).toMatchObject({ kind: "test.job", state: "failed", attempts: 1, error: "Meta is away" });
  expect(health).toMatchObject({
    database: { state: "ok" },
    redis: null,
    jobs: { failed: 0 },
    webhooks: { failed: 2 },
    meta: {
      clockOffsetSeconds: 310,
      hold: { reason: "The secret is wrong", until: "2100-01-01T00:00:00.000Z" },
    },
  });
  await expect(retryFailedJob(on, Number(failed?.id))).rejects.toMatchObject({ status: 404 });
});
