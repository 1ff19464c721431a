import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Elysia } from "elysia";
import { type JobRunner, startJobs } from "#db";
import { mailHandlers } from "#mail";
import {
  createLocalRateLimiter,
  parseKeyring,
  problemPlugin,
  setLogLevel,
  systemClock,
  tracePlugin,
} from "#std";
import { openOutbox, type Outbox } from "../../apps/simulator/outbox.ts";
import { createTestDatabase, emptyTables, type TestDatabase } from "../../db/testing.ts";
import { accountHandlers } from "./reset_job.ts";
import { accountRoutes } from "./routes_account.ts";
import { authRoutes } from "./routes_auth.ts";
import { resetRoutes } from "./routes_reset.ts";

const password = "Korrekt-Pferd-7";
const nextPassword = "Anderer-Esel-8";
const minute = 60_000;

let database: TestDatabase;
let outbox: Outbox;
let jobs: JobRunner | null = null;
let now: number;
let hash: string;
beforeAll(async () => {
  setLogLevel("error");
  database = await createTestDatabase();
  outbox = openOutbox(0, () => undefined);
  // Cheaper than those of the product.
  hash = await Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 });
});
afterAll(async () => {
  setLogLevel("info");
  outbox.stop();
  await database.close();
});
beforeEach(async () => {
  now = Date.now();
  outbox.mails.splice(0);
  await emptyTables(database.sql, "auth.users", "auth.login_budgets", "mail.mails", "jobs.jobs");
  const rows = [
    { email: "Ana@example.com", name: "Ana", password_hash: hash, is_owner: true, language: "es" },
    { email: "ben@example.com", name: "Ben", password_hash: hash, is_owner: false, language: null },
  ];
  await database.sql`insert into auth.users ${database.sql(rows)}`;
});
afterEach(async () => {
  await jobs?.stop();
  jobs = null;
});

function openApp({ hasMail = true } = {}) {
  const on = {
    sql: database.sql,
    clock: () => now,
    rateLimiter: createLocalRateLimiter(systemClock),
    keyring: parseKeyring("0123456789abcdef".repeat(4)),
    config: {
      jwtSecret: "a".repeat(40),
      jwtRefreshSecret: "b".repeat(40),
      appUrl: "http://localhost:3000",
      trustedProxies: ["192.0.2.0/24"],
      passwordCost: 4,
      mailServer: hasMail
        ? {
            host: "127.0.0.1",
            port: outbox.port,
            security: "none" as const,
            login: null,
            from: { name: "Luna", address: "team@luna.example" },
            authority: null,
          }
        : null,
    },
  };
  const app = new Elysia()
    .use(tracePlugin())
    .use(problemPlugin())
    .use(authRoutes(on))
    .use(resetRoutes(on))
    .use(accountRoutes(on));
  async function ask(
    method: string,
    path: string,
    {
      body,
      token = "",
      headers = {},
    }: { body?: object; token?: string; headers?: Record<string, string> } = {},
  ) {
    const request = new Request(`http://localhost:3000${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const response = await app.handle(request);
    return { status: response.status, answer: await response.json(), headers: response.headers };
  }
  const work = () =>
    (jobs ??= startJobs(database, { ...mailHandlers(on), ...accountHandlers(on) }, { pollMs: 20 }));
  const reset = (email: string, headers = {}) =>
    ask("POST", "/auth/password-reset", { body: { email }, headers });
  return { ask, work, reset };
}

const mailsTo = (email: string) => outbox.mails.filter(({ to }) => to.includes(email));
const untilMails = (email: string, count: number) =>
  expect.poll(() => mailsTo(email).length, { timeout: 15_000 }).toBe(count);
const tokenIn = (text = "") => /#token=([\w-]+)/.exec(text)?.[1] ?? "";
const untilIdle = () =>
  expect.poll(async () => (await database.sql`select from jobs.jobs`).length, { timeout: 15_000 }).toBe(0);

async function mailedToken(app: ReturnType<typeof openApp>, email: string): Promise<string> {
  const before = mailsTo(email).length;
  app.work();
  await app.reset(email);
  await untilMails(email, before + 1);
  return tokenIn(mailsTo(email)[0]?.text);
}

test("a mailed link sets a new password once, ends all sessions, and the person hears of it", async () => {
  const app = openApp();
  const logIn = (word: string) =>
    app.ask("POST", "/auth/login", { body: { email: "ana@example.com", password: word } });
  const { accessToken } = (await logIn(password)).answer;
  const token = await mailedToken(app, "Ana@example.com");

  expect(mailsTo("Ana@example.com")[0]?.subject).toBe("Establezca una contraseña nueva");
  expect(Buffer.from(token, "base64url")).toHaveLength(32);
  const rows = JSON.stringify([
    await database.sql`select * from auth.mailed_links`,
    await database.sql`select * from auth.activity`,
  ]);
  expect(rows).not.toContain(token);
  const preview = await app.ask("POST", "/auth/password-reset/preview", { body: { token } });
  expect(preview.answer).toEqual({ email: "Ana@example.com" });
  const weak = await app.ask("POST", "/auth/password-reset/complete", {
    body: { token, password: "Password123" },
  });
  expect(weak.answer).toMatchObject({ code: "password-weak", errors: [{ path: "/password" }] });
  const complete = () =>
    app.ask("POST", "/auth/password-reset/complete", { body: { token, password: nextPassword } });
  const both = await Promise.all([complete(), complete()]);

  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 410]);
  expect((await app.ask("GET", "/auth/me", { token: accessToken })).status).toBe(401);
  expect([(await logIn(password)).status, (await logIn(nextPassword)).status]).toEqual([401, 200]);
  await untilMails("Ana@example.com", 2);
  expect(mailsTo("Ana@example.com")[0]?.subject).toBe("Se cambió su contraseña");
  const log = await database.sql`
    select action, actor_kind as by, subject_name as whom from auth.activity
    where action like 'user.%' order by id desc limit 2`;
  expect([...log]).toEqual([
    { action: "user.password-reset", by: "user", whom: "Ana" },
    { action: "user.password-reset-requested", by: "nobody", whom: "Ana" },
  ]);
});

test("after a reset its browser logs in while many addresses guess at the account", async () => {
  const app = openApp();
  const token = await mailedToken(app, "ben@example.com");
  const done = await app.ask("POST", "/auth/password-reset/complete", {
    body: { token, password: nextPassword },
  });
  const cookie = done.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  const logIn = (word: string, headers: Record<string, string>) =>
    app.ask("POST", "/auth/login", { body: { email: "ben@example.com", password: word }, headers });
  for (let n = 0; n < 8; n += 1) await logIn("Wrong-Horse-1", {});

  expect((await logIn(nextPassword, {})).status).toBe(429);
  expect((await logIn(nextPassword, { cookie })).status).toBe(200);
});

test("a link ends after an hour, with the account, with another password and with another link's use", async () => {
  const app = openApp();
  const use = async (token: string) =>
    (await app.ask("POST", "/auth/password-reset/complete", { body: { token, password: "Dritter-Hund-9" } }))
      .answer.code;
  const late = await mailedToken(app, "ben@example.com");
  await database.sql`update auth.mailed_links set expires_at = now()`;
  expect(await use(late)).toBe("reset-over");

  const first = await mailedToken(app, "ben@example.com");
  const second = await mailedToken(app, "ben@example.com");
  await database.sql`update auth.users set deactivated_at = now() where name = 'Ben'`;
  expect(await use(first)).toBe("reset-over");
  await database.sql`update auth.users set deactivated_at = null where name = 'Ben'`;
  expect(await use(first)).toBeUndefined();
  expect(await use(second)).toBe("reset-over");

  const open = await mailedToken(app, "Ana@example.com");
  const { accessToken } = (
    await app.ask("POST", "/auth/login", { body: { email: "ana@example.com", password } })
  ).answer;
  const body = { currentPassword: password, newPassword: nextPassword };
  expect((await app.ask("POST", "/account/password", { token: accessToken, body })).status).toBe(200);
  expect(await use(open)).toBe("reset-over");
  await untilMails("Ana@example.com", 2);
});

test("known, unknown and deactivated addresses get the same answers, and only an account gets a mail", async () => {
  const app = openApp();
  await database.sql`update auth.users set deactivated_at = now() where name = 'Ben'`;
  app.work();
  const series = async (email: string, address: string) => {
    const seen: unknown[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { status, answer, headers } = await app.reset(email, { "x-forwarded-for": address });
      seen.push({ status, code: answer.code, detail: answer.detail, wait: headers.get("retry-after") });
    }
    return seen;
  };
  const known = await series("ana@example.com", "203.0.113.1");
  const unknown = await series("nobody@example.com", "203.0.113.2");
  const closed = await series("ben@example.com", "203.0.113.3");
  await untilIdle();

  expect(known.map((one) => (one as { status: number }).status)).toEqual([202, 202, 202, 429, 429]);
  expect([unknown, closed]).toEqual([known, known]);
  // Requests for one account that wait for their job are one mail.
  expect(new Set(outbox.mails.flatMap(({ to }) => to))).toEqual(new Set(["Ana@example.com"]));
  expect(outbox.mails.length).toBeGreaterThan(0);
  now += 20 * minute;
  expect((await app.reset("ana@example.com")).status).toBe(202);
});

test("one client has 20 requests over all addresses, with any X-Forwarded-For; they do not limit logins", async () => {
  const app = openApp();
  const statuses: number[] = [];
  // Without a socket in this test the client is not a trusted proxy, so the header counts for nothing.
  for (let n = 0; n < 22; n += 1)
    statuses.push(
      (await app.reset(`person-${n}@example.com`, { "x-forwarded-for": `203.0.113.${n}` })).status,
    );

  expect(statuses).toEqual([...Array<number>(20).fill(202), 429, 429]);
  const login = await app.ask("POST", "/auth/login", { body: { email: "ana@example.com", password } });
  expect(login.status).toBe(200);
});

test("a form of another site cannot ask, and without mail the answer names an owner", async () => {
  const foreign = await openApp().reset("ana@example.com", { origin: "https://evil.example" });
  const off = openApp({ hasMail: false });
  const none = await off.reset("ana@example.com");

  expect(foreign.answer.code).toBe("foreign-origin");
  expect(none.answer).toMatchObject({
    code: "no-mail",
    status: 409,
    remedy: expect.stringContaining("owner"),
  });
  expect((await off.ask("GET", "/auth/password-reset")).answer).toEqual({ isOn: false });
  expect(await database.sql`select from jobs.jobs`).toEqual([]);
});
