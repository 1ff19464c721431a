import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createLocalRateLimiter, Problem, setLogLevel } from "#std";
import { createTestDatabase, emptyTables, type TestDatabase } from "../../db/testing.ts";
import { deactivateUser, resetPassword } from "./accounts.ts";
import { rememberDevice } from "./known_device.ts";
import { logIn } from "./login.ts";
import { pruneBudgets, readWait, returnTry, strangerBudgets, takeTry } from "./login_budget.ts";

const password = "Korrekt-Pferd-7";
const known = "ana@example.com";
const second = 1_000;
const minute = 60 * second;
// Thousands of passwords are checked: use the lowest cost, for real and missing accounts.
const passwordCost = 4;

let database: TestDatabase;
let now: number;
let userId: string;
beforeAll(async () => {
  setLogLevel("error");
  database = await createTestDatabase();
});
afterAll(async () => {
  setLogLevel("info");
  await database.close();
});
beforeEach(async () => {
  await emptyTables(database.sql, "auth.users", "auth.login_attempts", "auth.login_budgets");
  now = Date.UTC(2026, 11, 1);
  userId = await addUser(known);
});

async function addUser(email: string): Promise<string> {
  const hash = await Bun.password.hash(password, { algorithm: "bcrypt", cost: passwordCost });
  const [row] = await database.sql<{ id: string }[]>`
    insert into auth.users (email, name, password_hash) values (${email}, 'Ana', ${hash}) returning id`;
  return row?.id ?? "";
}

const clock = () => now;
const on = () => ({
  sql: database.sql,
  clock,
  rateLimiter: createLocalRateLimiter(clock),
  config: {
    jwtSecret: "a".repeat(40),
    jwtRefreshSecret: "b".repeat(40),
    appUrl: "https://chat.example.com",
    trustedProxies: [],
    passwordCost,
  },
});

interface Try {
  email?: string;
  password?: string;
  address?: string;
  devices?: string | null;
}

async function attempt(deps: ReturnType<typeof on>, tried: Try = {}) {
  const { email = known, address = "203.0.113.1", devices = null } = tried;
  try {
    await logIn(deps, {
      email,
      address,
      devices,
      password: tried.password ?? "Wrong-Horse-1",
      userAgent: "t",
    });
    return { status: 200, code: "in", message: "", retryAfterSeconds: undefined };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { status, code, message, retryAfterSeconds } = error;
    return { status, code, message, retryAfterSeconds };
  }
}

/** How many passwords were checked for the account and found wrong. */
async function guessesOf(email: string): Promise<number> {
  const [row] = await database.sql<{ n: number }[]>`
    select count(*)::int as n from auth.login_attempts where email = ${email} and outcome in ('wrong', 'deactivated')`;
  return row?.n ?? 0;
}

const nobody = { account: "a", isOpen: false };

const blockOf = (n: number) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

test("5,000 wrong logins from as many addresses: the owner logs in on a known device, the attacker gets 485 guesses a day", async () => {
  const deps = on();
  const devices = await rememberDevice(deps, { userId, devices: null });
  const wanted = 5_000;
  const day = 24 * 60 * minute;
  const owner: number[] = [];
  const stranger = { allowed: 0, waits: [] as number[] };

  for (let n = 0; n < wanted; n += 10) {
    const guesses = Array.from({ length: 10 }, (_, i) => attempt(deps, { address: blockOf(n + i) }));
    for (const guess of await Promise.all(guesses)) {
      if (guess.status === 401) stranger.allowed += 1;
      else stranger.waits.push(guess.retryAfterSeconds ?? 0);
    }
    if (n % 100 === 50) owner.push((await attempt(deps, { password, devices })).status);
    now += (10 * day) / wanted;
  }

  // 5 at once, then one per three minutes: 5 + 480 a day. Five per quarter of an hour would be 97 × 5 = 485.
  expect(stranger.allowed).toBeLessThanOrEqual(485);
  expect(stranger.allowed).toBeGreaterThan(450);
  expect(await guessesOf(known)).toBe(stranger.allowed);
  expect(stranger.waits).toHaveLength(wanted - stranger.allowed);
  expect(stranger.waits.every((wait) => wait >= 1 && wait <= 180)).toBe(true);
  expect(owner).toEqual(Array(50).fill(200));
}, 120_000);

test("an attacker at one address leaves attempts for a new device elsewhere", async () => {
  const deps = on();
  const seen: number[] = [];
  for (let n = 0; n < 40; n += 1) {
    await attempt(deps);
    now += 30 * second;
    seen.push((await attempt(deps, { password, address: "198.51.100.7" })).status);
  }

  expect(seen).toEqual(Array(40).fill(200));
  // Four at once, then one per five minutes.
  expect(await guessesOf(known)).toBeLessThanOrEqual(4 + 20 / 5);
});

test("known and missing accounts respond alike over any series of attempts and pauses", async () => {
  let run = 0;
  const step = fc.record({
    address: fc.constantFrom("203.0.113.1", "203.0.113.2", "2001:db8:1:2::1", "2001:db8:1:2::2", "192.0.2.9"),
    pause: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 * minute })),
    atOnce: fc.integer({ min: 1, max: 4 }),
  });
  const series = fc.array(step, { minLength: 1, maxLength: 25 });

  await fc.assert(
    fc.asyncProperty(series, fc.constantFrom(null, "deactivated"), async (steps, state) => {
      run += 1;
      const start = now;
      const seen: unknown[][] = [];
      const taken = `known-${run}@example.com`;
      const id = await addUser(taken);
      if (state) await deactivateUser(on(), id);
      for (const email of [taken, `nobody-${run}@example.com`]) {
        now = start;
        // Each has the addresses to itself.
        await database.sql`delete from auth.login_budgets`;
        const deps = on();
        const answers: unknown[] = [];
        for (const { address, pause, atOnce } of steps) {
          const tries = Array.from({ length: atOnce }, () =>
            attempt(deps, { email, address, ...(state ? { password } : {}) }),
          );
          answers.push((await Promise.all(tries)).toSorted((a, b) => a.status - b.status));
          now += pause;
        }
        seen.push(answers);
      }
      expect(seen[1]).toEqual(seen[0]);
    }),
    { numRuns: 40 },
  );
}, 120_000);

test("other spellings of an e-mail address get no additional guesses", async () => {
  const deps = on();
  await addUser("kim@example.com");
  // The Kelvin sign, a Turkish capital, and plain capitals.
  const spellings = ["kim@example.com", "KIM@EXAMPLE.COM", "\u212aim@example.com", "k\u0130m@example.com"];
  const found: string[] = [];
  for (const email of spellings)
    if ((await attempt(deps, { email, password })).status === 200) found.push(email);

  const tries: number[] = [];
  for (let n = 0; n < 40; n += 1)
    tries.push((await attempt(deps, { email: found[n % found.length] ?? "", address: blockOf(n) })).status);

  expect(found.length).toBeGreaterThan(1);
  expect(tries.filter((status) => status === 401)).toHaveLength(5);
});

test("correct logins do not count as failures: 60 in 15 minutes from one address, for one account or many", async () => {
  const deps = on();
  for (let n = 0; n < 30; n += 1) await addUser(`agent-${n}@example.com`);
  const statuses: number[] = [];
  for (let n = 0; n < 60; n += 1) {
    const email = n < 30 ? `agent-${n}@example.com` : known;
    statuses.push((await attempt(deps, { email, password })).status);
    now += 15 * second;
  }
  const atOnce = await Promise.all(Array.from({ length: 12 }, () => attempt(deps, { password })));

  expect(statuses).toEqual(Array(60).fill(200));
  expect(atOnce.map(({ status }) => status)).toEqual(Array(12).fill(200));
});

test("one address has 50 failures over all accounts, then one per 18 seconds; a known device behind it logs in", async () => {
  const deps = on();
  const devices = await rememberDevice(deps, { userId, devices: null });
  const guess = (n: number) => attempt(deps, { email: `person-${n}@example.com` });
  const statuses: number[] = [];
  for (let n = 0; n < 55; n += 1) statuses.push((await guess(n)).status);
  const stranger = await attempt(deps, { password });
  const member = await attempt(deps, { password, devices });
  now += 18 * second;
  const later = [await guess(100), await guess(101)];

  expect(statuses).toEqual([...Array(50).fill(401), ...Array(5).fill(429)]);
  expect(stranger).toMatchObject({ status: 429, retryAfterSeconds: 18 });
  expect(member.status).toBe(200);
  expect(later.map(({ status }) => status)).toEqual([401, 429]);
});

test("a stolen device cookie gives no login, five guesses, and none after a new password", async () => {
  const deps = on();
  const other = await addUser("ben@example.com");
  const stolen = await rememberDevice(deps, { userId, devices: null });
  const guesses: number[] = [];
  for (let n = 0; n < 8; n += 1)
    guesses.push((await attempt(deps, { devices: stolen, address: blockOf(n) })).status);
  const elsewhere = await attempt(deps, { password });
  const both = await rememberDevice(deps, { userId: other, devices: stolen });
  const shared = await attempt(deps, { email: "ben@example.com", password, devices: both });
  await drain(deps);
  const before = await attempt(deps, {
    password,
    devices: await rememberDevice(deps, { userId, devices: null }),
  });
  await resetPassword(deps, { userId, password: "Another-Horse-9" });
  await drain(deps);
  const [after, forged] = [
    await attempt(deps, { password: "Another-Horse-9", devices: stolen }),
    await attempt(deps, { password: "Another-Horse-9", devices: `${stolen.slice(0, -4)}AAAA` }),
  ];

  expect(guesses).toEqual([...Array(5).fill(401), ...Array(3).fill(429)]);
  expect([elsewhere.status, shared.status, before.status]).toEqual([200, 200, 200]);
  expect([after.status, forged.status]).toEqual([429, 429]);
});

/** Uses up the attempts of unknown devices at the account. */
async function drain(deps: ReturnType<typeof on>): Promise<void> {
  for (let n = 0; n < 8; n += 1) await attempt(deps, { address: `198.51.100.${n}` });
}

test("reset-password lets its person log in on a new device during guesses from any number of addresses", async () => {
  const deps = on();
  const made = "Aa1-8fK2vLq0ZxWm3tYb";
  const other = "ben@example.com";
  const ids = [userId, await addUser(other)] as const;
  const flood = async (email: string) => {
    for (let n = 0; n < 7; n += 1) await attempt(deps, { email, address: blockOf(n) });
  };
  await flood(known);
  const before = await attempt(deps, { password });

  await resetPassword(deps, { userId: ids[0], password: made, isRandom: true });
  await resetPassword(deps, { userId: ids[1], password: "Another-Horse-9" });
  const cleared = await attempt(deps, { email: other, password: "Another-Horse-9" });
  for (const email of [known, other]) await flood(email);
  const after = await attempt(deps, { password: made });
  const chosen = await attempt(deps, { email: other, password: "Another-Horse-9" });
  now += 61 * minute;
  for (let n = 0; n < 6; n += 1) await attempt(deps, { address: blockOf(100 + n) });
  const later = await attempt(deps, { password: made, address: "192.0.2.1" });

  expect([before.status, cleared.status, after.status, chosen.status, later.status]).toEqual([
    429, 200, 200, 429, 429,
  ]);
});

test("takeTry() keeps the limit under concurrent calls of several processes, and takes from all budgets or none", async () => {
  const [narrow] = strangerBudgets(nobody, "10.9.9.9").slice(2);
  const budgets = (n: number) => [
    ...strangerBudgets(nobody, blockOf(n)).slice(0, 2),
    ...(narrow ? [narrow] : []),
  ];
  const ask = (n: number) => takeTry(database.sql, budgets(n), now);

  const taken = await Promise.all(Array.from({ length: 60 }, (_, n) => ask(n)));
  const wait = await readWait(database.sql, budgets(0), now);
  await Promise.all([0, 1].map((n) => returnTry(database.sql, budgets(taken.indexOf(true, n)))));
  const again = await Promise.all(Array.from({ length: 60 }, (_, n) => ask(100 + n)));

  const count = (answers: boolean[]) => answers.filter(Boolean).length;
  expect([count(taken), wait, count(again)]).toEqual([5, 180, 2]);
  const [row] = await database.sql<{ ms: number }[]>`
    select extract(epoch from full_at - ${new Date(now).toISOString()}::timestamptz)::int * 1000 as ms from auth.login_budgets where account = '' and source = 'address:10.9.9.9'`;
  // Five are out, and none of those that were refused: 5 + 2 - 2, 18 seconds each.
  expect(row?.ms).toBe(5 * 18 * second);
});

test("pruning deletes budgets of invented addresses under load, and refusals are recorded in part", async () => {
  const deps = on();
  for (let n = 0; n < 60; n += 1) {
    await attempt(deps, { email: `invented-${n}@example.com`, address: blockOf(n) });
    now += minute;
  }
  const [during] = await database.sql`select count(*)::int as n from auth.login_budgets`;
  for (let n = 0; n < 300; n += 1) await attempt(deps, { address: "192.0.2.1" });
  const [refusals] = await database.sql`
    select count(*)::int as n from auth.login_attempts where outcome = 'limited'`;
  now += 60 * minute;
  await pruneBudgets(deps.sql, { now, most: 1_000 });

  // Three for each attempt of the last few minutes.
  expect(during?.n).toBeLessThan(30);
  expect(refusals?.n).toBe(60);
  expect(await database.sql`select * from auth.login_budgets`).toEqual([]);
});
