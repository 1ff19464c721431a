import { Elysia } from "elysia";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
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
import { addressRoutes, ownAddressRoutes } from "./routes_address.ts";
import { authRoutes } from "./routes_auth.ts";

const password = "Korrekt-Pferd-7";
const nextPassword = "Anderer-Esel-8";

let database: TestDatabase;
let outbox: Outbox;
let jobs: JobRunner;
let hash: string;
beforeAll(async () => {
  setLogLevel("error");
  database = await createTestDatabase();
  outbox = openOutbox(0, () => undefined);
  hash = await Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 });
});
afterAll(async () => {
  setLogLevel("info");
  outbox.stop();
  await database.close();
});
beforeEach(async () => {
  outbox.mails.splice(0);
  await emptyTables(database.sql, "auth.users", "auth.login_budgets", "mail.mails", "jobs.jobs");
  const rows = ["ana", "ben"].map((name) => ({ email: `${name}@example.com`, name, password_hash: hash }));
  await database.sql`insert into auth.users ${database.sql(rows)}`;
  jobs = startJobs(database, mailHandlers(depsOf()), { pollMs: 20 });
});
afterEach(() => jobs.stop());

function depsOf({ hasMail = true } = {}) {
  const from = { name: "Luna", address: "team@luna.example" };
  const server = { host: "127.0.0.1", port: outbox.port, security: "none" as const, login: null, from };
  return {
    sql: database.sql,
    clock: systemClock,
    rateLimiter: createLocalRateLimiter(systemClock),
    keyring: parseKeyring("0123456789abcdef".repeat(4)),
    config: {
      jwtSecret: "a".repeat(40),
      jwtRefreshSecret: "b".repeat(40),
      appUrl: "http://localhost:3000",
      trustedProxies: [],
      passwordCost: 4,
      mailServer: hasMail ? { ...server, authority: null } : null,
    },
  };
}

function openApp(options = {}) {
  const on = depsOf(options);
  const app = new Elysia()
    .use(tracePlugin())
    .use(problemPlugin())
    .use(authRoutes(on))
    .use(ownAddressRoutes(on))
    .use(addressRoutes(on));
  async function ask(path: string, body: object | null, token = "") {
    const response = await app.handle(
      new Request(`http://localhost:3000${path}`, {
        method: body ? "POST" : "GET",
        headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
        ...(body && { body: JSON.stringify(body) }),
      }),
    );
    return { status: response.status, answer: await response.json() };
  }
  const logIn = async (email: string, word = password) =>
    (await ask("/auth/login", { email, password: word })).answer.accessToken as string | undefined;
  const change = async (token: string | undefined, email: string, currentPassword = password) =>
    await ask("/account/address", { email, currentPassword }, token);
  return { ask, logIn, change };
}

/** The token of the newest of `count` mails to an address. */
async function tokenTo(email: string, count = 1): Promise<string> {
  const mails = () => outbox.mails.filter(({ to }) => to.includes(email));
  await expect.poll(() => mails().length, { timeout: 15_000 }).toBe(count);
  return /#(?:token|undo)=([\w-]+)/.exec(mails()[0]?.text ?? "")?.[1] ?? "";
}

test("a new address is used after its mail is confirmed, once, and the former one is told", async () => {
  const { ask, logIn, change } = openApp();
  const ben = await logIn("ben@example.com");

  const wrong = await change(ben, "benny@example.org", "Wrong-Horse-1");
  expect(wrong.answer).toMatchObject({ code: "password-wrong", errors: [{ path: "/currentPassword" }] });
  expect((await change(ben, "benny@example.org")).status).toBe(202);
  expect((await ask("/account/address", null, ben)).answer.pending).toMatchObject({
    email: "benny@example.org",
  });
  expect(await logIn("benny@example.org")).toBeUndefined();
  const token = await tokenTo("benny@example.org");
  const preview = await ask("/auth/address/preview", { token, kind: "address" });
  expect(preview.answer).toEqual({ email: "benny@example.org", accountEmail: "ben@example.com" });
  // The link of one purpose is none of the other.
  expect((await ask("/auth/address/undo", { token, password: nextPassword })).answer.code).toBe(
    "address-over",
  );
  const both = await Promise.all([1, 2].map(() => ask("/auth/address/confirm", { token })));

  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 410]);
  expect(await logIn("ben@example.com")).toBeUndefined();
  expect(await logIn("benny@example.org")).toEqual(expect.any(String));
  expect((await ask("/auth/me", null, ben)).answer.user.email).toBe("benny@example.org");
  expect((await ask("/account/address", null, ben)).answer.pending).toBeNull();
  await tokenTo("ben@example.com");
  expect(outbox.mails[0]?.subject).toBe("The address of your account was changed");
  const log = await database.sql`
    select action, actor_name as by, before, after from auth.activity
    where action like 'user.%' order by id desc limit 2`;
  expect([...log]).toEqual([
    {
      action: "user.address-changed",
      by: "ben",
      before: { email: "ben@example.com" },
      after: { email: "benny@example.org" },
    },
    { action: "user.address-requested", by: "ben", before: null, after: { email: "benny@example.org" } },
  ]);
});

test("a thief who changes the address twice loses the account to its first mailbox, and cannot take it again", async () => {
  const { ask, logIn, change } = openApp();
  const thief = await logIn("ben@example.com");
  await change(thief, "eve@example.org");
  await ask("/auth/address/confirm", { token: await tokenTo("eve@example.org") });
  const undo = await tokenTo("ben@example.com");
  await change(thief, "mallory@example.org");
  await ask("/auth/address/confirm", { token: await tokenTo("mallory@example.org") });
  const thiefsUndo = await tokenTo("eve@example.org", 2);
  await change(thief, "trudy@example.org");
  const pending = await tokenTo("trudy@example.org");

  expect((await ask("/auth/address/undo", { token: undo, password: "Password123" })).answer.code).toBe(
    "password-weak",
  );
  const back = await ask("/auth/address/undo", { token: undo, password: nextPassword });

  expect(back).toEqual({ status: 200, answer: { email: "ben@example.com" } });
  expect((await ask("/auth/me", null, thief)).status).toBe(401);
  expect(await logIn("ben@example.com")).toBeUndefined();
  expect(await logIn("ben@example.com", nextPassword)).toEqual(expect.any(String));
  const again = [
    await ask("/auth/address/undo", { token: thiefsUndo, password }),
    await ask("/auth/address/confirm", { token: pending }),
    await ask("/auth/address/undo", { token: undo, password }),
  ];
  expect(again.map(({ answer }) => answer.code)).toEqual(Array(3).fill("address-over"));
});

test("an address of another account is refused, also when it was taken before the confirmation", async () => {
  const { ask, logIn, change } = openApp();
  const ben = await logIn("ben@example.com");
  expect((await change(ben, "ANA@example.com")).answer.code).toBe("email-in-use");

  await change(ben, "new@example.com");
  const token = await tokenTo("new@example.com");
  await database.sql`update auth.users set email = 'NEW@example.com' where name = 'ana'`;
  const late = await ask("/auth/address/confirm", { token });
  expect(late.answer).toMatchObject({ code: "email-in-use", status: 409 });
  await database.sql`update auth.users set email = 'ana@example.com' where name = 'ana'`;
  expect((await ask("/auth/address/confirm", { token })).status).toBe(200);
});

test("a link ends after an hour and by another request; five requests are let through, and none without mail", async () => {
  const { ask, logIn, change } = openApp();
  const ben = await logIn("ben@example.com");
  await change(ben, "one@example.com");
  const first = await tokenTo("one@example.com");
  await change(ben, "two@example.com");
  const second = await tokenTo("two@example.com");
  expect((await ask("/auth/address/confirm", { token: first })).status).toBe(410);
  await database.sql`update auth.mailed_links set expires_at = now()`;
  expect((await ask("/auth/address/confirm", { token: second })).status).toBe(410);
  expect((await ask("/account/address", null, ben)).answer.pending).toBeNull();

  const statuses: number[] = [];
  for (let n = 0; n < 4; n += 1) statuses.push((await change(ben, `more-${n}@example.com`)).status);
  expect(statuses).toEqual([202, 202, 202, 429]);
  const off = openApp({ hasMail: false });
  expect((await off.change(ben, "x@example.com")).answer.code).toBe("no-mail");
  expect((await off.ask("/account/address", null, ben)).answer).toMatchObject({ hasMail: false });
});
