import { createHmac, randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { createLocalRateLimiter, Problem } from "#std";
import { createRequestRates } from "./request_rates.ts";

const secret = "a".repeat(40);
const config = {
  jwtSecret: secret,
  jwtRefreshSecret: "b".repeat(40),
  appUrl: "https://chat.example.com",
  trustedProxies: [],
};
const office = "203.0.113.1";

function stage(perMinute = 3_000) {
  let now = Date.UTC(2026, 11, 1);
  const clock = () => now;
  const count = createRequestRates({ clock, config, rateLimiter: createLocalRateLimiter(clock) }, perMinute);
  async function ask(path: string, headers: Record<string, string>, { method = "GET", from = office } = {}) {
    try {
      await count(new Request(`https://chat.example.com${path}`, { method, headers }), path, from);
      return { status: 200, message: "" };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { status: error.status, message: error.message };
    }
  }
  const pass = (seconds: number) => {
    now += seconds * 1_000;
  };
  return { ask, pass, now: clock };
}

function sign(claims: Record<string, string>, { key = secret, now }: { key?: string; now: number }) {
  const payload = { sub: randomUUID(), sid: randomUUID(), exp: Math.floor(now / 1_000) + 900, ...claims };
  const signed = [{ alg: "HS256", typ: "JWT" }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

const conversations = "/api/v1/workspaces/w/conversations";

test("50 sessions behind one address lose no request at one message a second each", async () => {
  const { ask, pass, now } = stage();
  const cookies = Array.from({ length: 50 }, () => ({
    cookie: `__Host-ms_access=${sign({ aud: "access" }, { now: now() })}`,
  }));
  const statuses: number[] = [];
  for (let second = 0; second < 120; second += 1) {
    for (const cookie of cookies) {
      statuses.push((await ask(`${conversations}/c/messages`, cookie, { method: "POST" })).status);
      statuses.push((await ask(conversations, cookie)).status);
    }
    pass(1);
  }
  const stranger = await ask(conversations, {});

  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect(statuses).toHaveLength(12_000);
  expect(stranger.status).toBe(200);
});

test("a session above its limit gets 429 without effect on others behind its address", async () => {
  const { ask, pass, now } = stage(10);
  const bearer = () => ({ authorization: `Bearer ${sign({ aud: "access" }, { now: now() })}` });
  const [one, other] = [bearer(), bearer()];

  const answers = [];
  for (let n = 0; n < 12; n += 1) answers.push(await ask(conversations, one));
  const elsewhere = await ask(conversations, one, { from: "198.51.100.1" });
  const others = [await ask(conversations, other), await ask(conversations, {})];
  pass(61);
  const later = await ask(conversations, one);

  expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(200), 429, 429]);
  expect(answers[10]?.message).toBe(
    "Cannot accept more requests from this session: it made 10 within a minute. Wait 60 seconds and try again",
  );
  expect([elsewhere.status, ...others.map(({ status }) => status), later.status]).toEqual([
    429, 200, 200, 200,
  ]);
});

test("any number of sessions behind one address share a limit of twenty", async () => {
  const { ask, now } = stage(5);
  const statuses: number[] = [];
  for (let n = 0; n < 110; n += 1) {
    const token = sign({ aud: "access" }, { now: now() });
    statuses.push((await ask(conversations, { authorization: `Bearer ${token}` })).status);
  }

  expect(statuses.filter((status) => status === 200)).toHaveLength(100);
});

test("forged, expired and foreign tokens count by the address", async () => {
  const { ask, now } = stage(8);
  const tokens = [
    sign({ aud: "access" }, { key: "c".repeat(40), now: now() }),
    sign({ aud: "access" }, { now: now() - 3_600_000 }),
    sign({ aud: "refresh" }, { now: now() }),
    "rubbish",
  ];
  const statuses: number[] = [];
  for (let n = 0; n < 12; n += 1) {
    const token = tokens[n % 4] ?? "";
    const headers: Record<string, string> =
      n % 2 ? { authorization: `Bearer ${token}` } : { cookie: `__Host-ms_access=${token}` };
    statuses.push((await ask(conversations, headers)).status);
  }
  const nobody = await ask(conversations, {});

  expect(statuses).toEqual([...Array(8).fill(200), ...Array(4).fill(429)]);
  expect(nobody.message).toContain("from your address");
});

test("refreshes are limited by session: using up an address's logins signs nobody out", async () => {
  const { ask, now } = stage();
  const refresh = sign({ aud: "refresh", jti: "x" }, { key: "b".repeat(40), now: now() });
  const post = { method: "POST" };
  const strangers: number[] = [];
  for (let n = 0; n < 125; n += 1) strangers.push((await ask("/api/v1/auth/login", {}, post)).status);

  const member = await ask("/api/v1/auth/refresh", { cookie: `__Host-ms_refresh=${refresh}` }, post);
  const elsewhere = await ask(conversations, { cookie: `__Host-ms_refresh=${refresh}` });

  expect(strangers.filter((status) => status === 429)).toHaveLength(5);
  expect([member.status, elsewhere.status]).toEqual([200, 200]);
});
