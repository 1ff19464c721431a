import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLocalRateLimiter, setLogLevel, systemClock } from "#std";
import { createTestDatabase, type TestDatabase } from "../../db/testing.ts";
import { rememberDevice } from "./known_device.ts";
import { logIn } from "./login.ts";
import { ensureOwner } from "./owner.ts";
import { createGate } from "./password_gate.ts";
import { readUserByEmail } from "./user_store.ts";

let database: TestDatabase;
beforeAll(async () => {
  setLogLevel("error");
  database = await createTestDatabase();
});
afterAll(async () => {
  setLogLevel("info");
  await database.close();
});

test("createGate() admits as many as its slots, known people first, and refuses beyond its queues", async () => {
  const pass = createGate({ slots: 2, mostWaiting: 3 });
  const order: string[] = [];
  let running = 0;
  let most = 0;
  const enter = (name: string, isFirst: boolean) =>
    pass(isFirst, async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(5);
      order.push(name);
      running -= 1;
      if (name === "s3") throw new Error("one that fails");
    });

  const strangers = ["s1", "s2", "s3", "s4", "s5", "s6"].map((name) => enter(name, false));
  const known = ["k1", "k2", "k3", "k4"].map((name) => enter(name, true));
  const ends = await Promise.allSettled([...strangers, ...known]);
  await enter("later", false);

  expect(most).toBe(2);
  expect(order).toEqual(["s1", "s2", "k1", "k2", "k3", "s3", "s4", "s5", "later"]);
  const reasons = ends.map((end) => (end.status === "rejected" ? (end.reason.code ?? "error") : "in"));
  expect(reasons).toEqual(["in", "in", "error", "in", "in", "login-busy", "in", "in", "in", "login-busy"]);
});

test("a flood of invented accounts from many addresses delays neither other requests nor a known device", async () => {
  const on = {
    sql: database.sql,
    clock: systemClock,
    rateLimiter: createLocalRateLimiter(systemClock),
    config: {
      jwtSecret: "a".repeat(40),
      jwtRefreshSecret: "b".repeat(40),
      appUrl: "http://localhost",
      trustedProxies: [],
      // A cheap hash, so that the flood ends in seconds; the owner's costs 12.
      passwordCost: 10,
    },
  };
  const password = "Korrekt-Pferd-7";
  await ensureOwner(on, { email: "ana@example.com", password });
  const owner = await readUserByEmail(on.sql, "ana@example.com");
  const devices = await rememberDevice(on, { userId: owner?.id ?? "", devices: null });
  const ends: string[] = [];
  const flood = Array.from({ length: 150 }, async (_, n) => {
    const login = {
      email: `nobody-${n}@example.com`,
      password,
      address: `10.0.0.${n}`,
      userAgent: "",
      devices: null,
    };
    const status = await logIn(on, login).then(
      () => "in",
      (error: { status?: number }) => String(error.status),
    );
    ends.push(status);
  });

  await sleep(50);
  const user = await logIn(on, {
    email: "ana@example.com",
    password,
    address: "10.0.0.1",
    userAgent: "",
    devices,
  });
  const before = ends.filter((status) => status === "401").length;
  let longest = 0;
  for (let last = performance.now(); ends.length < 100; last = performance.now()) {
    await database.sql`select 1`;
    longest = Math.max(longest, performance.now() - last);
    await sleep(5);
  }
  await Promise.all(flood);

  expect(user.email).toBe("ana@example.com");
  // It passed the waiting ones: it waited only for hashes in progress.
  expect(before).toBeLessThan(20);
  expect(longest).toBeLessThan(1_000);
  expect(new Set(ends)).toEqual(new Set(["401", "503"]));
}, 120_000);
