import { Elysia } from "elysia";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createLocalRateLimiter, parseKeyring, problemPlugin, systemClock } from "#std";
import { createTestDatabase, emptyTables, type TestDatabase } from "../../db/testing.ts";
import { accountRoutes } from "./routes_account.ts";
import { memberSessionRoutes } from "./routes_member_sessions.ts";
import { authRoutes } from "./routes_auth.ts";

const password = "Korrekt-Pferd-7";
const nextPassword = "Anderer-Esel-8";
const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";

let database: TestDatabase;
let now: number;
let hash: string;
beforeAll(async () => {
  database = await createTestDatabase();
  // Cheaper than those of the product, for many logins.
  hash = await Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 });
});
afterAll(() => database.close());
beforeEach(async () => {
  now = Date.now();
  await emptyTables(database.sql, "auth.users", "auth.login_budgets");
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

function openApp() {
  const on = {
    sql: database.sql,
    clock: () => now,
    rateLimiter: createLocalRateLimiter(systemClock),
    keyring: parseKeyring("0123456789abcdef".repeat(4)),
    config: {
      jwtSecret: "a".repeat(40),
      jwtRefreshSecret: "b".repeat(40),
      appUrl: "http://localhost:3000",
      trustedProxies: [],
      mailServer: null,
      passwordCost: 4,
    },
  };
  const app = new Elysia()
    .use(problemPlugin())
    .use(authRoutes(on))
    .use(accountRoutes(on))
    .use(memberSessionRoutes(on));
  async function ask(method: string, path: string, { token = "", body = {}, agent = firefox } = {}) {
    const request = new Request(`http://localhost:3000${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        "user-agent": agent,
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(method !== "GET" && { body: JSON.stringify(body) }),
    });
    const response = await app.handle(request);
    return { status: response.status, answer: await response.json(), response };
  }
  return ask;
}

/** Two people, and a way to log in. */
async function people() {
  const ask = openApp();
  const rows = [
    { email: "ana@example.com", name: "Ana", password_hash: hash, is_owner: true },
    { email: "ben@example.com", name: "Ben", password_hash: hash, is_owner: false },
  ];
  await database.sql`insert into auth.users ${database.sql(rows)}`;
  async function logIn(email: string, options: { password?: string; agent?: string } = {}) {
    const body = { email, password: options.password ?? password };
    const { answer } = await ask("POST", "/auth/login", { body, ...options });
    return answer.accessToken as string;
  }
  return { ask, logIn };
}

test("a person changes their name, language and time zone, and nobody else's", async () => {
  const { ask, logIn } = await people();
  const ana = await logIn("ana@example.com");
  const ben = await logIn("ben@example.com");

  const body = {
    name: "  Benjamin ",
    language: "ar",
    timeZone: "Africa/Cairo",
    email: "x@example.com",
    isOwner: true,
  };
  const changed = await ask("PATCH", "/account", { token: ben, body });

  const benjamin = { name: "Benjamin", language: "ar", timeZone: "Africa/Cairo" };
  expect(changed.answer.user).toMatchObject({ ...benjamin, email: "ben@example.com", isOwner: false });
  expect((await ask("GET", "/auth/me", { token: ben })).answer.user).toMatchObject(benjamin);
  expect((await ask("GET", "/auth/me", { token: ana })).answer.user).toMatchObject({
    name: "Ana",
    language: null,
    timeZone: null,
  });
  const browsers = await ask("PATCH", "/account", { token: ben, body: { language: null, timeZone: null } });
  expect(browsers.answer.user).toMatchObject({ name: "Benjamin", language: null, timeZone: null });
});

test.each([
  [{ timeZone: "Mars/Olympus" }, "timezone-unknown"],
  [{ language: "../en" }, "invalid-request"],
  [{ name: " " }, "invalid-request"],
  [{}, "invalid-request"],
])("a person cannot change their account to %j", async (body, code) => {
  const { ask, logIn } = await people();

  const { status, answer } = await ask("PATCH", "/account", { token: await logIn("ben@example.com"), body });

  expect({ status, code: answer.code }).toEqual({ status: 422, code });
});

test("a new password ends the other sessions and keeps this one", async () => {
  const { ask, logIn } = await people();
  const here = await logIn("ben@example.com");
  const elsewhere = await logIn("ben@example.com");
  const ana = await logIn("ana@example.com");

  const body = { currentPassword: password, newPassword: nextPassword };
  const changed = await ask("POST", "/account/password", { token: here, body });

  expect(changed.status).toBe(200);
  expect((await ask("GET", "/auth/me", { token: here })).status).toBe(200);
  expect((await ask("GET", "/auth/me", { token: elsewhere })).status).toBe(401);
  expect((await ask("GET", "/auth/me", { token: ana })).status).toBe(200);
  expect(await logIn("ben@example.com")).toBeUndefined();
  expect(await logIn("ben@example.com", { password: nextPassword })).toEqual(expect.any(String));
});

test("a new password must be good, and one of two at once is set", async () => {
  const { ask, logIn } = await people();
  const token = await logIn("ben@example.com");
  const change = (newPassword: string) =>
    ask("POST", "/account/password", { token, body: { currentPassword: password, newPassword } });

  const weak = await change("Password123");
  const both = await Promise.all([change("Anderer-Esel-8"), change("Dritter-Hund-9")]);

  expect(weak.answer).toMatchObject({ code: "password-weak", errors: [{ path: "/newPassword" }] });
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)[0]).toBe(200);
  expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
});

test("wrong current passwords are counted, and do not keep the person from logging in", async () => {
  const { ask, logIn } = await people();
  const token = await logIn("ben@example.com");
  const guess = (currentPassword: string) =>
    ask("POST", "/account/password", { token, body: { currentPassword, newPassword: nextPassword } });

  const codes: string[] = [];
  for (let at = 0; at < 6; at++) codes.push((await guess(`Wrong-Guess-${at}`)).answer.code);
  const right = await guess(password);

  expect(codes).toEqual([...Array<string>(5).fill("password-wrong"), "password-guesses"]);
  expect(right.status).toBe(429);
  expect(await logIn("ben@example.com")).toEqual(expect.any(String));
  now += 3 * 60_000;
  expect((await guess(password)).status).toBe(200);
});

test("a person sees their sessions and ends one or all others, which stop at once", async () => {
  const { ask, logIn } = await people();
  const phone = await logIn("ben@example.com", {
    agent:
      "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36",
  });
  const script = await logIn("ben@example.com", { agent: "" });
  const here = await logIn("ben@example.com");
  const ana = await logIn("ana@example.com");

  const { items } = (await ask("GET", "/account/sessions", { token: here })).answer;

  const seen = items.map(({ browser, system, isCurrent }: Record<string, unknown>) => ({
    browser,
    system,
    isCurrent,
  }));
  expect(seen).toEqual([
    { browser: "Firefox", system: "Windows", isCurrent: true },
    { browser: null, system: null, isCurrent: false },
    { browser: "Chrome", system: "Android", isCurrent: false },
  ]);
  expect((await ask("DELETE", `/account/sessions/${items[2].id}`, { token: ana })).status).toBe(404);
  expect((await ask("DELETE", `/account/sessions/${items[2].id}`, { token: here })).status).toBe(200);
  expect((await ask("DELETE", `/account/sessions/${items[2].id}`, { token: here })).status).toBe(404);
  const after = async () =>
    await Promise.all(
      [phone, script, here, ana].map(async (token) => (await ask("GET", "/auth/me", { token })).status),
    );
  expect(await after()).toEqual([401, 200, 200, 200]);
  expect((await ask("POST", "/account/sessions/end-others", { token: here })).answer).toEqual({ ended: 1 });
  expect(await after()).toEqual([401, 401, 200, 200]);
});

test("an owner sees and ends the sessions of anyone, which stop at once; nobody else does", async () => {
  const { ask, logIn } = await people();
  const phone = await logIn("ben@example.com");
  const laptop = await logIn("ben@example.com");
  const tablet = await logIn("ben@example.com");
  const ana = await logIn("ana@example.com");
  const [ben] = await database.sql`select id from auth.users where name = 'Ben'`;
  const [owner] = await database.sql`select id from auth.users where name = 'Ana'`;
  const of = `/team/members/${ben?.id}/sessions`;
  const statuses = async () =>
    await Promise.all(
      [phone, laptop, tablet, ana].map(async (token) => (await ask("GET", "/auth/me", { token })).status),
    );

  const { items } = (await ask("GET", of, { token: ana })).answer;
  expect(items).toHaveLength(3);
  expect(items[0]).toMatchObject({ browser: "Firefox", system: "Windows", isCurrent: false });
  expect((await ask("GET", of, { token: phone })).status).toBe(403);
  expect((await ask("DELETE", `${of}/${items[2].id}`, { token: phone })).status).toBe(403);
  // A session of another person is none of this one.
  expect(
    (await ask("DELETE", `/team/members/${owner?.id}/sessions/${items[2].id}`, { token: ana })).status,
  ).toBe(404);
  expect((await ask("DELETE", `${of}/${items[2].id}`, { token: ana })).status).toBe(200);
  expect(await statuses()).toEqual([401, 200, 200, 200]);
  expect((await ask("POST", `${of}/end-all`, { token: ana })).answer).toEqual({ ended: 2 });
  expect(await statuses()).toEqual([401, 401, 401, 200]);
  // Of their own all others end.
  expect((await ask("POST", `/team/members/${owner?.id}/sessions/end-all`, { token: ana })).answer).toEqual({
    ended: 0,
  });
  expect(await statuses()).toEqual([401, 401, 401, 200]);
  expect((await ask("GET", `/team/members/${crypto.randomUUID()}/sessions`, { token: ana })).status).toBe(
    404,
  );
});
