import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, test, vi } from "vitest";
import {
  createLocalLiveBus,
  createRedisLiveBus,
  type LiveBus,
  type LiveFact,
  type Numbered,
  openRedis,
} from "#std";
import { testRedisUrl } from "../../db/testing.ts";

const redis = openRedis(testRedisUrl());
const redisBus = createRedisLiveBus(testRedisUrl(), redis);
afterAll(() => {
  redisBus.close();
  redis.close();
});

const buses: [string, LiveBus<LiveFact>][] = [
  ["in this process", createLocalLiveBus()],
  ["through Redis", redisBus],
];

describe.each(buses)("live bus %s", (_, bus) => {
  test("publish() delivers to its channel only; since() resumes after a known id", async () => {
    await vi.waitFor(() => expect(redis.connected).toBe(true));
    const channel = `workspace:${randomUUID()}`;
    const seen: Numbered<LiveFact>[] = [];
    const stop = bus.subscribe(channel, (event) => seen.push(event));
    await vi.waitFor(async () => {
      await bus.publish(channel, [{ name: "ready", data: {} }]);
      expect(seen.length).toBeGreaterThan(0);
    });
    await bus.publish(`workspace:${randomUUID()}`, [{ name: "elsewhere", data: {} }]);

    await bus.publish(channel, [
      { name: "a", data: { n: 1 } },
      { name: "b", data: { n: 2 } },
    ]);

    await vi.waitFor(() => expect(seen.at(-1)?.name).toBe("b"));
    expect(seen.map((event) => event.name)).not.toContain("elsewhere");
    const a = seen.find((event) => event.name === "a");
    expect((await bus.since(channel, a?.id ?? ""))?.map((event) => event.name)).toEqual(["b"]);
    stop();
  });

  test("since() reports too many missed events and never drops the newest", async () => {
    await vi.waitFor(() => expect(redis.connected).toBe(true));
    const channel = `workspace:${randomUUID()}`;
    const seen: Numbered<LiveFact>[] = [];
    const stop = bus.subscribe(channel, (event) => seen.push(event));
    const publish = (count: number) =>
      bus.publish(
        channel,
        Array.from({ length: count }, (_, n) => ({ name: "n", data: { n } })),
      );
    await vi.waitFor(async () => {
      await publish(1);
      expect(seen.length).toBeGreaterThan(0);
    });
    const last = seen.at(-1)?.id ?? "";
    await publish(1_050);

    expect(await bus.since(channel, last)).toBeNull();
    stop();
  });

  test("since() reports an id of another run, or a dropped id, as too old", async () => {
    const channel = `workspace:${randomUUID()}`;
    await bus.publish(channel, [{ name: "first", data: {} }]);

    expect(await bus.since(channel, "1-0")).toBeNull();
    expect(await bus.since(channel, "nonsense")).toBeNull();
  });
});

test("subscribe() survives a lost connection to Redis", async () => {
  const channel = `workspace:${randomUUID()}`;
  const seen: string[] = [];
  const stop = redisBus.subscribe(channel, (event) => seen.push(event.name));
  await vi.waitFor(async () => {
    await redisBus.publish(channel, [{ name: "before", data: {} }]);
    expect(seen).toContain("before");
  });

  await redis.send("CLIENT", ["KILL", "TYPE", "pubsub"]);

  await vi.waitFor(
    async () => {
      await redisBus.publish(channel, [{ name: "after", data: {} }]);
      expect(seen).toContain("after");
    },
    { timeout: 10_000, interval: 200 },
  );
  expect(seen).toContain("refetch");
  stop();
});
