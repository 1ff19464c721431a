import { Elysia } from "elysia";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createLocalRateLimiter, problemPlugin, systemClock, tracePlugin } from "#std";
import { createTestDatabase, emptyTables, type TestDatabase } from "../../db/testing.ts";
import { guard } from "./guard.ts";
import { ensureOwner } from "./owner.ts";
import { authRoutes } from "./routes_auth.ts";

const password = "Korrekt-Pferd-7";
const site = "https://chat.example.com";

let database: TestDatabase;
let lines: string[];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyTables(
    database.sql,
    "auth.users",
    "auth.workspaces",
    "auth.login_attempts",
    "auth.login_budgets",
  );
  lines = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => vi.restoreAllMocks());

function depsOf(appUrl = site, trustedProxies: string[] = []) {
  return {
    sql: database.sql,
    clock: systemClock,
    rateLimiter: createLocalRateLimiter(systemClock),
    config: { jwtSecret: "a".repeat(40), jwtRefreshSecret: "b".repeat(40), appUrl, trustedProxies },
  };
}

function appOf(on = depsOf()) {
  const things = new Elysia().use(guard(on)).post("/things", ({ principal }) => ({ by: principal.name }), {
    signedIn: true,
  });
  return new Elysia()
    .use(tracePlugin())
    .use(problemPlugin())
    .group("/api/v1", (api) => api.use(authRoutes(on)).use(things));
}

interface Call {
  body?: object;
  headers?: Record<string, string>;
}

async function call(app: { handle(request: Request): Promise<Response> }, path: string, call: Call = {}) {
  const headers = { "content-type": "application/json", ...call.headers };
  const body = call.body ? JSON.stringify(call.body) : "{}";
  const response = await app.handle(
    new Request(`http://inside/api/v1${path}`, { method: "POST", headers, body }),
  );
  return {
    status: response.status,
    answer: await response.json(),
    cookies: response.headers.getSetCookie(),
    response,
  };
}

const cookieOf = (cookies: string[], name: string) =>
  cookies.find((cookie) => cookie.startsWith(`${name}=`))?.split(";")[0] ?? `no ${name}`;

/** The owner, logged in, and a caller that sends cookies from our own page. */
async function loggedIn(on = depsOf(), remember = false) {
  await ensureOwner(on, { email: "ana@example.com", password, name: "Ana" });
  const app = appOf(on);
  const login = await call(app, "/auth/login", { body: { email: "ANA@example.com", password, remember } });
  const access = cookieOf(login.cookies, "__Host-ms_access");
  const refresh = cookieOf(login.cookies, "__Host-ms_refresh");
  const own = (path: string, cookie: string) => call(app, path, { headers: { cookie, origin: site } });
  return { app, login, access, refresh, own };
}

test("login makes an unknown device wait, for a missing account too; a known device continues", async () => {
  const { app, login } = await loggedIn();
  const device = cookieOf(login.cookies, "__Host-ms_devices");
  const tries = async (email: string) => {
    const seen: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const { status, answer } = await call(app, "/auth/login", { body: { email, password: `Wrong-${n}` } });
      seen.push(`${status} ${answer.code} ${String(answer.detail).replace(/\d+ seconds/, "… seconds")}`);
    }
    return seen;
  };
  const right = (headers: Record<string, string> = {}) =>
    call(app, "/auth/login", { body: { email: "ana@example.com", password }, headers });

  const known = await tries("ana@example.com");
  const unknown = await tries("nobody@example.com");
  const elsewhere = await right();
  const here = await right({ cookie: device, origin: site });
  await database.sql`update auth.login_budgets set full_at = full_at - interval '5 minutes'`;
  const later = await right();

  expect(known.map((line) => line.slice(0, 3))).toEqual(["401", "401", "401", "401", "429"]);
  expect(unknown).toEqual(known);
  expect([elsewhere.status, here.status, later.status]).toEqual([429, 200, 200]);
  expect(Number(elsewhere.response.headers.get("retry-after"))).toBeGreaterThan(200);
  expect(device).toMatch(/=.+/);
  const outcomes =
    await database.sql`select outcome from auth.login_attempts where email ilike 'ana%' order by id`;
  expect(outcomes.map((row) => row.outcome)).toEqual([
    "success",
    ...Array(4).fill("wrong"),
    "limited",
    "limited",
    "success",
    "success",
  ]);
});

test("refresh marks the device of a session from before device marks", async () => {
  const { own, refresh, login } = await loggedIn();
  const device = cookieOf(login.cookies, "__Host-ms_devices");

  const unmarked = await own("/auth/refresh", refresh);
  const marked = await own("/auth/refresh", `${cookieOf(unmarked.cookies, "__Host-ms_refresh")}; ${device}`);

  const names = (cookies: string[]) => cookies.map((cookie) => cookie.split("=")[0]);
  expect(names(unmarked.cookies)).toContain("__Host-ms_devices");
  expect(names(marked.cookies)).toEqual(["__Host-ms_access", "__Host-ms_refresh"]);
});

test("login takes as long for a missing account as for a wrong password", async () => {
  const on = depsOf();
  await ensureOwner(on, { email: "ana@example.com", password });
  const app = appOf(on);
  const time = async (email: string) => {
    const start = performance.now();
    await call(app, "/auth/login", { body: { email, password: "Wrong-1" } });
    return performance.now() - start;
  };

  const times: { known: number; unknown: number }[] = [];
  // The fastest of three in alternation: a busy machine slows one down now and then.
  for (let turn = 0; turn < 3; turn += 1)
    times.push({ known: await time("ana@example.com"), unknown: await time("nobody@example.com") });
  const known = Math.min(...times.map((turn) => turn.known));
  const unknown = Math.min(...times.map((turn) => turn.unknown));

  expect(unknown / known).toBeGreaterThan(0.5);
  expect(unknown / known).toBeLessThan(2);
});

test("login checks no more of many concurrent guesses than of sequential ones", async () => {
  const on = depsOf();
  await ensureOwner(on, { email: "ana@example.com", password });
  const app = appOf(on);

  const guesses = await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      call(app, "/auth/login", { body: { email: "ana@example.com", password: `Guess-${n}` } }),
    ),
  );

  expect(guesses.filter((guess) => guess.status === 401)).toHaveLength(4);
  expect(guesses.filter((guess) => guess.status === 429)).toHaveLength(8);
});

test("login limits by the socket's address and ignores X-Forwarded-For unless a trusted proxy wrote it", async () => {
  const limitOf = async (trustedProxies: string[]) => {
    const on = depsOf(site, trustedProxies);
    const app = appOf(on).listen({ port: 0, hostname: "127.0.0.1" });
    await database.sql`
      insert into auth.login_budgets values ('', 'address:127.0.0.1', now() + interval '30 minutes')
      on conflict do nothing`;
    const response = await fetch(`http://127.0.0.1:${app.server?.port}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.9" },
      body: JSON.stringify({ email: "nobody@example.com", password: "Wrong-1" }),
    });
    await app.stop(true);
    return response;
  };

  const forged = await limitOf([]);
  const proxied = await limitOf(["127.0.0.0/8"]);

  expect(forged.status).toBe(429);
  // The longest wait of this budget, independent of the row: a clock may have been wrong.
  expect(forged.headers.get("retry-after")).toBe("18");
  expect(proxied.status).toBe(401);
  const rows = await database.sql`select address, outcome from auth.login_attempts order by id`;
  expect(rows).toEqual([
    { address: "127.0.0.1", outcome: "limited" },
    { address: "203.0.113.9", outcome: "wrong" },
  ]);
});

test("login sets cookies that are hidden from scripts, other sites and plain connections", async () => {
  const { login } = await loggedIn(depsOf(), true);

  const plain = await loggedIn(depsOf("http://localhost:3000"));

  const [access, refresh, devices] = login.cookies;
  expect(access).toMatch(/^__Host-ms_access=[^;]+; Path=\/; Max-Age=900; Secure; HttpOnly; SameSite=Strict$/);
  expect(refresh).toMatch(
    /^__Host-ms_refresh=[^;]+; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Strict$/,
  );
  expect(devices).toMatch(
    /^__Host-ms_devices=[^;]+; Path=\/; Max-Age=31536000; Secure; HttpOnly; SameSite=Strict$/,
  );
  const days = Number(/Max-Age=(\d+)/.exec(refresh ?? "")?.[1]) / 86_400;
  expect(days).toBeGreaterThan(29.9);
  const [plainAccess, plainRefresh] = plain.login.cookies;
  expect(plainAccess).toMatch(/^ms_access=[^;]+; Path=\/; Max-Age=900; HttpOnly; SameSite=Strict$/);
  expect(plainRefresh).toMatch(
    /^ms_refresh=[^;]+; Path=\/api\/v1\/auth; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
  );
});

test("refresh moves a session from the cookie names of version 0.2 to the new ones", async () => {
  const { own, access, refresh } = await loggedIn();
  const old = refresh.replace("__Host-", "");

  const plainAccess = await own("/things", access.replace("__Host-", ""));
  const moved = await own("/auth/refresh", old);
  const again = await own("/auth/refresh", `${old}; ${cookieOf(moved.cookies, "__Host-ms_refresh")}`);

  expect([plainAccess.status, moved.status, again.status]).toEqual([401, 200, 200]);
  expect(moved.cookies).toContainEqual(expect.stringMatching(/^ms_access=; Path=\/; Max-Age=0; Secure/));
  expect(moved.cookies).toContainEqual(
    expect.stringMatching(/^ms_refresh=; Path=\/api\/v1\/auth; Max-Age=0; Secure/),
  );
  expect((await own("/things", cookieOf(again.cookies, "__Host-ms_access"))).status).toBe(200);
});

test("refresh rotates, keeps the end, allows two tabs, and ends the family on reuse", async () => {
  const { own, refresh: first } = await loggedIn();
  const endOf = async () =>
    (await database.sql`select expires_at, ended_at, end_reason from auth.sessions`)[0];
  const before = await endOf();

  const faster = await own("/auth/refresh", first);
  const slower = await own("/auth/refresh", first);
  const second = cookieOf(faster.cookies, "__Host-ms_refresh");
  const access = cookieOf(faster.cookies, "__Host-ms_access");
  const worked = await own("/things", access);
  await database.sql`update auth.sessions set rotated_at = now() - interval '11 seconds'`;
  const thief = await own("/auth/refresh", first);
  const victim = await own("/auth/refresh", second);
  const afterwards = await own("/things", access);

  expect([faster.status, slower.status, worked.status]).toEqual([200, 200, 200]);
  expect(second).not.toBe(first);
  expect(slower.cookies.join()).not.toContain("__Host-ms_refresh");
  expect([thief.status, victim.status, afterwards.status]).toEqual([401, 401, 401]);
  expect(await endOf()).toMatchObject({ expires_at: before?.expires_at, end_reason: "reuse" });
});

test("refresh rotates for exactly one of two concurrent tabs", async () => {
  const { own, refresh } = await loggedIn();

  const tabs = await Promise.all([own("/auth/refresh", refresh), own("/auth/refresh", refresh)]);

  expect(tabs.map((tab) => tab.status)).toEqual([200, 200]);
  expect(tabs.filter((tab) => tab.cookies.join().includes("ms_refresh="))).toHaveLength(1);
});

test("a session ends after a day without use, a remembered one does not", async () => {
  const short = await loggedIn();
  const long = await loggedIn(depsOf(), true);
  await database.sql`update auth.sessions set last_seen_at = now() - interval '25 hours'`;

  const statuses = [
    (await short.own("/things", short.access)).status,
    (await short.own("/auth/refresh", short.refresh)).status,
    (await long.own("/things", long.access)).status,
  ];

  expect(statuses).toEqual([401, 401, 200]);
  const [row] =
    await database.sql`select count(*)::int as n from auth.sessions where last_seen_at > now() - interval '1 minute'`;
  expect(row?.n).toBe(1);
});

test("logout ends the session at once, also in another process", async () => {
  const { own, access } = await loggedIn();
  const elsewhere = appOf();
  const there = () => call(elsewhere, "/things", { headers: { cookie: access, origin: site } });
  const before = await there();

  const out = await own("/auth/logout", access);

  expect([before.status, out.status, (await there()).status]).toEqual([200, 200, 401]);
  expect(out.cookies.map((cookie) => cookie.includes("Max-Age=0"))).toEqual([true, true]);
});

test("a form of another site changes nothing with cookies; a bearer token needs no origin", async () => {
  const { app, login, access, refresh } = await loggedIn();
  const from = (path: string, headers: Record<string, string>) => call(app, path, { headers });
  const token = String(login.answer.accessToken);

  const refused = await Promise.all([
    from("/things", { cookie: access, origin: "https://evil.example" }),
    from("/things", { cookie: access, origin: "null" }),
    from("/things", { cookie: access, "sec-fetch-site": "same-site" }),
    from("/things", { cookie: access }),
    from("/auth/logout", { cookie: access, origin: "https://evil.example" }),
    from("/auth/refresh", { cookie: refresh, origin: "https://evil.example" }),
    call(app, "/auth/login", {
      body: { email: "a@b.c", password: "x" },
      headers: { origin: "https://evil.example" },
    }),
  ]);
  const accepted = await Promise.all([
    from("/things", { cookie: access, origin: site }),
    from("/things", { cookie: access, origin: "http://inside" }),
    from("/things", { cookie: access, "sec-fetch-site": "same-origin" }),
    from("/things", { authorization: `Bearer ${token}` }),
  ]);

  expect(refused.map((answer) => answer.status)).toEqual([403, 403, 403, 403, 403, 403, 403]);
  expect(accepted.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
});

test("a client without a browser refreshes and logs out by its cookies alone", async () => {
  const { app, access, refresh } = await loggedIn();

  const refreshed = await call(app, "/auth/refresh", { headers: { cookie: refresh } });
  const newer = refreshed.cookies.map((cookie) => cookie.split(";")[0]).join("; ");
  const out = await call(app, "/auth/logout", { headers: { cookie: newer } });

  expect([refreshed.status, out.status]).toEqual([200, 200]);
  expect((await call(app, "/things", { headers: { cookie: access, origin: site } })).status).toBe(401);
});

test("logs and errors contain no password, token or hash", async () => {
  const { own, app, login, access, refresh } = await loggedIn();
  const body = { email: "ana@example.com", password: "Geheim-Falsch-1" };
  const wrong = await call(app, "/auth/login", { body });
  await own("/auth/refresh", refresh);
  await database.sql`update auth.sessions set rotated_at = now() - interval '11 seconds'`;
  const reused = await own("/auth/refresh", refresh);

  const written = lines.join("") + JSON.stringify([wrong.answer, reused.answer]);

  expect(lines.join("")).toContain("an old refresh token was used again");
  expect(lines.join("")).toContain("Login refused");
  const secrets = [
    body.password,
    password,
    access.slice(access.indexOf("=") + 1),
    refresh.slice(refresh.indexOf("=") + 1),
    String(login.answer.accessToken),
    "$2b$",
  ];
  expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
  expect(JSON.stringify(login.answer)).not.toContain("passwordHash");
});
