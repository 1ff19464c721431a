import { afterAll, beforeAll, expect, test } from "vitest";
import { createLocalRateLimiter, parseKeyring, setLogLevel } from "#std";
import { createTestDatabase, type TestDatabase } from "../../db/testing.ts";
import { logIn } from "./login.ts";
import { requestPasswordReset } from "./password_reset.ts";

const attempts = 1_000;
/**
 * A sixteenth of the product's, so that 1,000 logins take 20 seconds. The difference of about 0.04 ms that 12,000
 * logins of cost 4 show is below what anybody can measure in the quarter of a second of a real one.
 */
const passwordCost = 8;

let database: TestDatabase;
let now = Date.UTC(2026, 11, 1);
beforeAll(async () => {
  setLogLevel("error");
  database = await createTestDatabase();
  const hash = await Bun.password.hash("Korrekt-Pferd-7", { algorithm: "bcrypt", cost: passwordCost });
  await database.sql`
    insert into auth.users (email, name, password_hash)
    select 'person-' || n || '@example.com', 'Person', ${hash} from generate_series(0, ${attempts}) n`;
  await database.sql`analyze auth.users`;
});
afterAll(async () => {
  setLogLevel("info");
  await database.close();
});

const clock = () => now;
const on = () => ({
  sql: database.sql,
  clock,
  rateLimiter: createLocalRateLimiter(clock),
  keyring: parseKeyring("0123456789abcdef".repeat(4)),
  config: {
    jwtSecret: "a".repeat(40),
    jwtRefreshSecret: "b".repeat(40),
    appUrl: "https://chat.example.com",
    trustedProxies: [],
    passwordCost,
    mailServer: {
      host: "127.0.0.1",
      port: 9,
      security: "none" as const,
      login: null,
      from: { name: "Luna", address: "team@luna.example" },
      authority: null,
    },
  },
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** The difference of the medians of two equal halves. */
function difference(values: readonly number[]): number {
  const half = values.length / 2;
  return Math.abs(median(values.slice(0, half)) - median(values.slice(half)));
}

function shuffled<Value>(values: readonly Value[]): Value[] {
  const mixed = [...values];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other] as Value, mixed[at] as Value];
  }
  return mixed;
}

/**
 * Known and unknown in random order, so the load of the machine is that of both. The noise is the largest difference
 * when the same times are dealt out by chance, 1,000 times: a difference above it comes from the person.
 */
async function compare(ask: (email: string, address: string) => Promise<unknown>) {
  const times = { known: [] as number[], unknown: [] as number[] };
  const order = shuffled(
    Array.from({ length: attempts }, (_, n) => ({
      n,
      who: n % 2 === 0 ? ("known" as const) : ("unknown" as const),
    })),
  );
  for (const { n, who } of order) {
    // Each from an address of its own, later than the last: no limit is reached.
    now += 60_000;
    const email = `${who === "known" ? "person" : "nobody"}-${n}@example.com`;
    const startedAt = performance.now();
    await ask(email, `10.0.${n >> 8}.${n & 255}`);
    times[who].push(performance.now() - startedAt);
  }
  const all = [...times.known, ...times.unknown];
  const noise = Math.max(...Array.from({ length: 1_000 }, () => difference(shuffled(all))));
  return { difference: difference(all), noise, median: median(all) };
}

test("1,000 wrong logins: the times of known and unknown addresses differ by less than the noise", async () => {
  const deps = on();
  const measured = await compare((email, address) =>
    logIn(deps, { email, password: "Wrong-Horse-1", address, userAgent: "t", devices: null }).catch(
      ({ code }: { code: string }) => expect(code).toBe("login-failed"),
    ),
  );

  process.stdout.write(`login: ${JSON.stringify(measured)}\n`);
  expect(measured.difference).toBeLessThanOrEqual(measured.noise);
}, 120_000);

test("1,000 requests for a reset: the times of known and unknown addresses differ by less than the noise", async () => {
  const deps = on();
  const measured = await compare((email, address) =>
    requestPasswordReset(deps, { email, address, language: "en" }),
  );

  process.stdout.write(`reset: ${JSON.stringify(measured)}\n`);
  expect(measured.difference).toBeLessThanOrEqual(measured.noise);
}, 120_000);
