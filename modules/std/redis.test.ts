import { connect, createServer } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { testRedisUrl } from "../../db/testing.ts";
import { createRedisRateLimiter } from "./rate_limit.ts";
import { createRedisLiveBus, openRedis } from "./redis.ts";

let isSilent = false;
let connections = 0;
/** Connections before this one belong to a server that vanished silently. */
let firstLiving = 0;
const there = new URL(testRedisUrl());
const link = createServer((from) => {
  const number = connections++;
  const isDeaf = () => isSilent || number < firstLiving;
  const to = connect(Number(there.port), there.hostname);
  const end = () => {
    from.destroy();
    to.destroy();
  };
  for (const socket of [from, to]) socket.on("error", () => undefined).on("close", end);
  from.on("data", (bytes) => !isDeaf() && to.write(bytes));
  to.on("data", (bytes) => !isDeaf() && from.write(bytes));
});
beforeAll(() => new Promise<void>((done) => link.listen(0, "127.0.0.1", done)));
afterAll(() => link.close());
afterEach(() => vi.restoreAllMocks());

function linkUrl(): string {
  const address = link.address();
  return `redis://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;
}

test("a live subscriber of a Redis that vanished silently receives events from its replacement", async () => {
  const commands = openRedis(testRedisUrl());
  const bus = createRedisLiveBus(linkUrl(), commands);
  const channel = `gone-${crypto.randomUUID()}`;
  const heard: string[] = [];
  bus.subscribe(channel, ({ name }) => heard.push(name));
  const isHeard = (name: string) =>
    vi.waitFor(
      async () => {
        await bus.publish(channel, [{ name, data: {} }]);
        await vi.waitFor(() => expect(heard).toContain(name), { timeout: 200 });
      },
      { timeout: 20_000 },
    );
  await isHeard("before");

  firstLiving = connections;
  await isHeard("after");

  // Screens reload missed events.
  expect(heard).toContain("refetch");
  bus.close();
  commands.close();
}, 30_000);

test("a silent Redis delays callers only briefly, and counts again when it returns", async () => {
  const redis = openRedis(linkUrl());
  const limiter = createRedisRateLimiter(redis, Date.now);
  const key = `silent:${crypto.randomUUID()}`;
  const take = async () => {
    const startedAt = performance.now();
    const { allowed } = await limiter.take({ key, limit: 2, windowSeconds: 600 });
    return { allowed, ms: performance.now() - startedAt };
  };
  await vi.waitFor(() => expect(redis.connected).toBe(true));
  const shared = [await take(), await take(), await take()];

  isSilent = true;
  const first = await Promise.all([take(), take()]);
  const next = await take();
  isSilent = false;
  await vi.waitFor(() => expect(redis.connected).toBe(true), { timeout: 15_000 });
  const back = await take();

  expect(shared.map(({ allowed }) => allowed)).toEqual([true, true, false]);
  // This process counts by itself, from the beginning.
  expect([...first, next].map(({ allowed }) => allowed)).toEqual([true, true, false]);
  expect(Math.max(...first.map(({ ms }) => ms))).toBeLessThan(4_000);
  expect(next.ms).toBeLessThan(500);
  expect(back.allowed).toBe(false);
  redis.close();
}, 30_000);

test("a Redis that is away from the start is logged once, and again when it returns", async () => {
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  const told = () => lines.filter((line) => line.includes("Redis"));
  let isRefusing = true;
  let tries = 0;
  const late = createServer((from) => {
    tries += 1;
    if (isRefusing) return from.destroy();
    const to = connect(Number(there.port), there.hostname);
    for (const socket of [from, to]) socket.on("error", () => undefined);
    from.pipe(to).pipe(from);
  });
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;

  const commands = openRedis(url);
  const bus = createRedisLiveBus(url, commands);
  await vi.waitFor(() => expect(told()).not.toEqual([]), { timeout: 8_000 });
  await bus.publish("nobody", [{ name: "message", data: {} }]);
  await new Promise<void>((done) => late.listen(port, "127.0.0.1", done));
  await vi.waitFor(() => expect(tries).toBeGreaterThan(4), { timeout: 15_000 });
  const away = told();
  isRefusing = false;
  await vi.waitFor(() => expect(told()).toHaveLength(2), { timeout: 10_000 });

  expect(away).toEqual([expect.stringMatching(/"level":"warn","message":"Cannot reach Redis; trying again/)]);
  expect(told()[1]).toMatch(/"level":"info","message":"Redis is there/);
  bus.close();
  commands.close();
  late.close();
}, 30_000);

/** A port without a listener. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return address !== null && typeof address === "object" ? address.port : 0;
}
