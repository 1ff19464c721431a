import { afterAll, beforeAll, expect, test } from "vitest";
import { Elysia } from "elysia";
import { createIngest } from "#webhooks";
import { createApp } from "../../apps/server/app.ts";
import type { Config } from "../../apps/server/config.ts";
import { limitTime } from "../../apps/server/time_limit.ts";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";

let meta: AppWithMeta;
const ends: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  meta = await openAppWithMeta();
});
afterAll(async () => {
  for (const end of ends) await end();
  await meta.close();
});

/** The same system on another port with another configuration. */
function listen(changes: Partial<Config>): string {
  const system = { ...meta.system, config: { ...meta.system.config, ...changes } };
  const ingest = createIngest(system);
  const app = createApp({ ...system, ingest, stopping: new AbortController().signal });
  app.listen({ port: 0, hostname: "127.0.0.1" });
  ends.push(async () => {
    // Forced: a body refused unread keeps its connection busy.
    await app.stop(true);
    await ingest.stop();
  });
  return `http://127.0.0.1:${app.server?.port}`;
}

test("all responses forbid frames, scripts and type guesses, and under https have HSTS", async () => {
  const [plain, secure] = [listen({}), listen({ appUrl: "https://chat.example.com" })];

  const answers = await Promise.all(
    ["/health", "/api/v1/auth/me", "/nothing/here"].map((path) => fetch(`${secure}${path}`)),
  );
  const overHttp = await fetch(`${plain}/health`);

  expect(answers.map(({ status }) => status)).toEqual([200, 401, 404]);
  for (const { headers } of answers) {
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; frame-ancestors 'none'/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000; includeSubDomains");
  }
  expect(overHttp.headers.get("strict-transport-security")).toBeNull();
});

test("only listed sites may call from a browser, and never with cookies", async () => {
  const url = listen({ corsOrigins: ["https://crm.example.com"] });
  const ask = (origin: string, method = "OPTIONS") =>
    fetch(`${url}/api/v1/workspaces`, {
      method,
      headers: {
        origin,
        "access-control-request-method": "GET",
        ...(method === "GET" ? { authorization: `Bearer ${meta.ownerToken}` } : {}),
      },
    });
  const allowed = ({ headers }: Response) => headers.get("access-control-allow-origin");

  const named = [await ask("https://crm.example.com"), await ask("https://crm.example.com", "GET")];
  const others = [
    await ask("https://evil.example"),
    await ask("https://evil.example", "GET"),
    await ask("null"),
  ];
  const byDefault = await fetch(`${listen({})}/health`, { headers: { origin: "https://crm.example.com" } });

  expect(named.map(({ status }) => status)).toEqual([204, 200]);
  expect(named.map(allowed)).toEqual(["https://crm.example.com", "https://crm.example.com"]);
  expect(named[0]?.headers.get("access-control-allow-headers")).toContain("authorization");
  for (const { headers } of named) expect(headers.get("access-control-allow-credentials")).toBeNull();
  expect([...others, byDefault].map(allowed)).toEqual([null, null, null, null]);
});

test("an address above its limit gets 429 with Retry-After; Meta and load balancers do not count", async () => {
  const url = listen({ requestsPerMinute: 5, trustedProxies: ["127.0.0.1"] });
  const from = (address: string, path = "/api/v1/auth/me", method = "GET") =>
    fetch(`${url}${path}`, { method, headers: { "x-forwarded-for": address } });

  const answers: Response[] = [];
  for (let n = 0; n < 7; n += 1) answers.push(await from("203.0.113.1"));
  const others = [
    await from("203.0.113.2"),
    await from("203.0.113.1", "/api/v1/health"),
    await from("203.0.113.1", "/api/v1/webhooks/facebook", "POST"),
  ];

  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429]);
  const refused = answers[5];
  expect(refused?.headers.get("content-type")).toBe("application/problem+json");
  expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused?.json()).toMatchObject({ code: "too-many-requests-address", status: 429 });
  expect(others.map(({ status }) => status)).toEqual([401, 200, 401]);
});

test("an office behind one address counts by session, even when others there used up theirs", async () => {
  const url = listen({ requestsPerMinute: 5, trustedProxies: ["127.0.0.1"] });
  const logIn = async (): Promise<string> => {
    const answer = await fetch(`${url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.8" },
      body: JSON.stringify({ email: "owner@example.com", password: "Correct-Horse-9" }),
    });
    return (await answer.json()).accessToken;
  };
  const [one, other] = [await logIn(), await logIn()];
  const ask = (token: string) =>
    fetch(`${url}/api/v1/auth/me`, {
      headers: { authorization: `Bearer ${token}`, "x-forwarded-for": "203.0.113.7" },
    });
  const statuses = async (token: string) => {
    const seen: number[] = [];
    for (let n = 0; n < 6; n += 1) seen.push((await ask(token)).status);
    return seen;
  };

  const forged = await statuses(`${one.slice(0, -4)}AAAA`);
  const sessions = [await statuses(one), await statuses(other)];

  expect(forged).toEqual([401, 401, 401, 401, 401, 429]);
  const within = [200, 200, 200, 200, 200, 429];
  expect(sessions).toEqual([within, within]);
});

test("expensive routes have their own limit", async () => {
  const url = listen({ requestsPerMinute: 1_000 });
  const answers = await Promise.all(
    Array.from({ length: 35 }, () =>
      fetch(`${url}/api/v1/workspaces/${meta.workspaceId}/contacts/export`, { method: "POST" }),
    ),
  );

  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  expect([count(401), count(429)]).toEqual([30, 5]);
});

test("a body beyond its route's limit is refused before it is read", async () => {
  const url = listen({});

  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "a@example.com", password: "x".repeat(2 * 1024 * 1024) }),
  });

  expect(answer.status).toBe(413);
  expect(await answer.json()).toMatchObject({ code: "body-too-large" });
});

test("a request without a response in time gets 503 with Retry-After", async () => {
  const app = new Elysia()
    .wrap(limitTime(50))
    .get("/slow", async () => {
      await Bun.sleep(2_000);
      return "late";
    })
    .get("/quick", async () => "here");
  app.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `http://127.0.0.1:${app.server?.port}`;

  const [slow, quick] = await Promise.all([fetch(`${url}/slow`), fetch(`${url}/quick`)]);
  await app.stop(true);

  expect([slow.status, quick.status]).toEqual([503, 200]);
  expect(slow.headers.get("retry-after")).toBe("10");
  expect(await slow.json()).toMatchObject({ code: "timed-out" });
});
