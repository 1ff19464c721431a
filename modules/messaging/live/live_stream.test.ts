import { connect } from "node:net";
import { Elysia } from "elysia";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authRoutes, createMember, createWorkspace, ensureOwner, readUserByEmail } from "#auth";
import { createLocalLiveBus, createLocalRateLimiter, type LiveBus, problemPlugin, systemClock } from "#std";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { workspaceChannel } from "../deps.ts";
import { liveRoutes } from "./live_stream.ts";
import type { LiveEvent } from "../live_event.ts";

let database: TestDatabase;
let stopping: AbortController;
let server: { port: number; stop(): Promise<void> };
let bus: LiveBus<LiveEvent>;
let workspaceId: string;
let channel: string;
let token: string;
let member = "";
const password = "Korrekt-Pferd-7";
const config = {
  jwtSecret: "a".repeat(40),
  jwtRefreshSecret: "b".repeat(40),
  appUrl: "http://localhost",
  trustedProxies: [],
};

beforeAll(async () => {
  database = await createTestDatabase();
  await ensureOwner(database, { email: "owner@example.com", password, name: "Olga" });
  const owner = await readUserByEmail(database.sql, "owner@example.com");
  workspaceId = (await createWorkspace(database, { name: "Ours", ownerId: owner?.id ?? "" })).id;
  channel = workspaceChannel(workspaceId);
  bus = createLocalLiveBus<LiveEvent>();
  stopping = new AbortController();
  const on = {
    sql: database.sql,
    clock: systemClock,
    rateLimiter: createLocalRateLimiter(systemClock),
    config,
    live: bus,
    stopping: stopping.signal,
  };
  const app = new Elysia()
    .use(problemPlugin())
    .group("/api/v1", (api) =>
      api.use(authRoutes(on)).use(
        liveRoutes(on, {
          heartbeatMs: 150,
          queueLimit: 50,
          limits: { perUser: 5, perProcess: 6, checkMs: 200 },
        }),
      ),
    )
    .listen({ port: 0, hostname: "127.0.0.1" });
  const port = app.server?.port;
  if (!port) throw new Error("The test server has no port");
  server = { port, stop: async () => void (await app.stop(true)) };
  token = await logIn();
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

async function logIn(email = "owner@example.com"): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${server.port}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  return (await response.json()).accessToken;
}

const path = () => `/api/v1/workspaces/${workspaceId}/live`;

interface Reader {
  status: number;
  /** All text read so far once it contains the given text, or everything until the stream ended. */
  until(text: string): Promise<string>;
  /** Drops the text read so far: looking through megabytes for each event would take seconds. */
  forget(): void;
  ended: Promise<void>;
  leave(): void;
}

async function open({ bearer = token, lastEventId = "", query = "" } = {}): Promise<Reader> {
  const abort = new AbortController();
  const response = await fetch(`http://127.0.0.1:${server.port}${path()}${query}`, {
    headers: { authorization: `Bearer ${bearer}`, ...(lastEventId ? { "last-event-id": lastEventId } : {}) },
    signal: abort.signal,
  });
  let read = "";
  const state = { isEnded: false };
  let wake: () => void = () => undefined;
  const ended = (async () => {
    try {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        read += decoder.decode(chunk, { stream: true });
        wake();
      }
    } catch {
      // Left by the test itself.
    } finally {
      state.isEnded = true;
      wake();
    }
  })();
  return {
    status: response.status,
    async until(text) {
      while (!read.includes(text) && !state.isEnded) await new Promise<void>((done) => (wake = done));
      return read;
    },
    forget() {
      read = "";
    },
    ended,
    leave: () => abort.abort(),
  };
}

const idsIn = (text: string) => [...text.matchAll(/^id: (\S+)$/gm)].map((match) => match[1] ?? "");
const say = (n: number) =>
  bus.publish(channel, [{ name: "conversation", data: { conversationId: `c${n}.` } }]);

test("liveRoutes() sends hello and each event with its id, and after a reconnect exactly the missed ones", async () => {
  const first = await open();
  await first.until("event: hello");
  await say(1);
  await say(2);
  const before = await first.until("c2.");
  first.leave();
  await first.ended;
  await say(3);
  await say(4);

  const second = await open({ lastEventId: idsIn(before).at(-1) ?? "" });
  await second.until("c4.");
  await say(5);
  const after = await second.until("c5.");
  second.leave();

  expect(first.status).toBe(200);
  expect(before).toContain("retry: 2000\n");
  expect([...after.matchAll(/c(\d)\./g)].map((match) => match[1])).toEqual(["3", "4", "5"]);
  expect(new Set(idsIn(after)).size).toBe(3);
});

test("liveRoutes() sends refetch to a reader whose last event is too old, and continues", async () => {
  const reader = await open({ lastEventId: "k0-1" });
  await reader.until("event: refetch");
  await say(6);
  const text = await reader.until("c6.");
  reader.leave();

  expect(text.indexOf("event: refetch")).toBeLessThan(text.indexOf("c6."));
});

test("liveRoutes() disconnects a reader that does not read; others stay", async () => {
  const other = await open();
  await other.until("event: hello");
  let isClosed = false;
  const slow = connect(server.port, "127.0.0.1");
  slow.on("close", () => (isClosed = true));
  slow.on("error", () => (isClosed = true));
  slow.write(`GET ${path()} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\n\r\n`);
  await new Promise<void>((done) => slow.once("data", () => done()));
  slow.pause();
  const padding = "x".repeat(100_000);

  for (let n = 0; n < 120; n += 1) {
    await bus.publish(channel, [{ name: "conversation", data: { conversationId: `${padding}${n}.` } }]);
    await other.until(`x${n}."`);
    other.forget();
  }
  slow.resume();
  await expect.poll(() => isClosed, { timeout: 5_000 }).toBe(true);
  await say(7);
  const text = await other.until("c7.");
  other.leave();

  expect(text).toContain("c7.");
});

test("liveRoutes() resumes by the URL for a reader without headers", async () => {
  const first = await open();
  await first.until("event: hello");
  await say(20);
  const id = idsIn(await first.until("c20.")).at(-1) ?? "";
  first.leave();
  await say(21);
  const second = await open({ query: `?lastEventId=${id}` });
  const text = await second.until("c21.");
  second.leave();

  expect(text).not.toContain("c20.");
  expect(text).not.toContain("event: refetch");
});

/** In the database alone, as another process does it. */
const revocations = {
  "the session ends": () => database.sql`update auth.sessions set ended_at = now() where user_id = ${member}`,
  "the person is deactivated": () =>
    database.sql`update auth.users set deactivated_at = now() where id = ${member}`,
  "the role changes": () =>
    database.sql`update auth.memberships set role = 'viewer' where user_id = ${member}`,
  "the person leaves the workspace": () =>
    database.sql`delete from auth.memberships where user_id = ${member}`,
};

test.each(Object.entries(revocations))(
  "liveRoutes() sends no event after %s, and ends within moments without one",
  async (_, revoke) => {
    const email = `m${crypto.randomUUID()}@example.com`;
    ({ id: member } = await createMember(database, {
      workspaceId,
      email,
      role: "operator",
      name: "Mia",
      password,
    }));
    const bearer = await logIn(email);
    const [told, idle, other] = [await open({ bearer }), await open({ bearer }), await open()];
    for (const reader of [told, idle, other]) await reader.until("event: hello");

    await revoke();
    await say(30);
    await other.until("c30.");
    await Promise.all([told.ended, idle.ended]);
    other.leave();

    expect(await told.until("the end")).not.toContain("c30.");
  },
);

test("liveRoutes() limits the streams per person and per process", async () => {
  const email = `m${crypto.randomUUID()}@example.com`;
  await createMember(database, { workspaceId, email, role: "operator", name: "Max", password });
  const bearer = await logIn(email);
  const own = await Promise.all(Array.from({ length: 5 }, () => open({ bearer })));
  const sixth = await open({ bearer });
  const [another, last] = [await open(), await open()];
  own[0]?.leave();
  const statuses = [...own, another].map(({ status }) => status);
  await expect
    .poll(async () => {
      const again = await open({ bearer });
      again.leave();
      return again.status;
    })
    .toBe(200);
  for (const reader of [...own, another]) reader.leave();

  expect(statuses).toEqual(Array(6).fill(200));
  expect([sixth.status, last.status]).toEqual([429, 503]);
});

test("liveRoutes() sends nothing of another workspace, and nothing without a login", async () => {
  const stranger = await fetch(`http://127.0.0.1:${server.port}${path()}`);
  const elsewhere = await fetch(
    `http://127.0.0.1:${server.port}/api/v1/workspaces/019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10/live`,
    { headers: { authorization: `Bearer ${token}` } },
  );

  expect([stranger.status, elsewhere.status]).toEqual([401, 404]);
});

test("liveRoutes() ends all streams when the server stops, and refuses new ones", async () => {
  const reader = await open();
  await reader.until("event: hello");

  stopping.abort();
  await reader.ended;
  const late = await open();

  expect(late.status).toBe(503);
});
