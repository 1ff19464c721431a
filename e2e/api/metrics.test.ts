import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIngest } from "#webhooks";
import { createApp, createHealthApp } from "../../apps/server/app.ts";
import type { Config } from "../../apps/server/config.ts";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

const ops = fileURLToPath(new URL("../../ops", import.meta.url));

let meta: AppWithMeta;
const ends: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  meta = await openAppWithMeta();
});
afterAll(async () => {
  for (const end of ends) await end();
  await meta.close();
});

/** The same system on another port, as an api or a worker. */
function listen(role: "api" | "worker", changes: Partial<Config> = {}): string {
  const system = { ...meta.system, config: { ...meta.system.config, ...changes } };
  const ingest = createIngest(system);
  const stopping = new AbortController().signal;
  const app =
    role === "api" ? createApp({ ...system, ingest, stopping }) : createHealthApp({ ...system, stopping });
  app.listen({ port: 0, hostname: "127.0.0.1" });
  ends.push(async () => {
    await app.server?.stop(true);
    await ingest.stop();
  });
  return `http://127.0.0.1:${app.server?.port}`;
}

const read = async (url: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${url}/metrics`, { headers });
  return { status: answer.status, text: await answer.text() };
};

/** The number of the first line with this prefix. */
const numberOf = (text: string, start: string) =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(start))
      ?.split(" ")
      .at(-1),
  );

test("/metrics responds only to this machine or with the token", async () => {
  const open = listen("api");
  const guarded = listen("worker", { metricsToken: "a-token-of-prometheus" });

  const statuses = [
    await read(open),
    await read(open, { "x-forwarded-for": "203.0.113.9" }),
    await read(guarded),
    await read(guarded, { authorization: "Bearer a-token-of-somebody" }),
    await read(guarded, { authorization: "Bearer a-token-of-prometheus" }),
  ].map(({ status }) => status);
  const withoutSocket = await meta.app.handle(new Request(`${meta.url}/metrics`));

  expect(statuses).toEqual([200, 404, 404, 404, 200]);
  expect(withoutSocket.status).toBe(404);
});

test("/metrics counts webhooks, sends, Graph calls and queued work, as on the health page", async () => {
  const { pageId, facebookId } = await meta.connectNewPage();
  const url = listen("worker");
  const before = (await read(url)).text;
  const { psids } = await meta.control("POST", "/persons", { pageId: facebookId, count: 1 });
  const psid = String(Array.isArray(psids) ? psids[0] : "");
  await meta.control("POST", `/persons/${psid}/write`, { text: "Hello?" });
  const conversation = await until("the conversation", async () => {
    const [row] = await meta.database.sql<{ id: string }[]>`
      select id from messaging.conversations where page_id = ${pageId}`;
    return row?.id;
  });
  await meta.reply(conversation, { text: "Hi!" });
  await expect
    .poll(async () =>
      numberOf((await read(url)).text, 'messagesender_sends_total{lane="reply",result="sent"}'),
    )
    .toBe(1);
  await meta.database
    .sql`update messaging.lanes set held_reason = 'Test' where page_id = ${pageId} and class = 'campaign'`;

  const after = (await read(url)).text;

  const events = 'messagesender_webhook_events_total{result="stored"}';
  expect(numberOf(after, events)).toBeGreaterThan(numberOf(before, events) || 0);
  expect(numberOf(after, "messagesender_ingest_lag_seconds_count")).toBeGreaterThan(0);
  expect(
    numberOf(after, 'messagesender_graph_call_seconds_count{call="send",result="answered"}'),
  ).toBeGreaterThan(0);
  expect(numberOf(after, `messagesender_lane_held{page="${pageId}",lane="campaign"}`)).toBe(1);
  expect(numberOf(after, 'messagesender_part_up{part="database"}')).toBe(1);
  expect(numberOf(after, "messagesender_pool_connections{")).toBeGreaterThan(0);
  expect(numberOf(after, "messagesender_disk_free_bytes")).toBeGreaterThan(0);
  expect(numberOf(after, "process_resident_memory_bytes")).toBeGreaterThan(10e6);
  // No personal data and no messages.
  expect(after).not.toContain(psid);
  expect(after).not.toContain("Hello?");
});

test("/metrics does not report a disconnected page as held, and starts alert counters at zero", async () => {
  const { pageId } = await meta.connectNewPage();
  const url = listen("worker");
  await meta.database.sql`update messaging.lanes set held_until = 'infinity', held_reason = 'Test'
    where page_id = ${pageId} and class = 'reply'`;

  const held = (await read(url)).text;
  await meta.here("DELETE", `/pages/${pageId}`);
  const left = (await read(url)).text;

  expect(numberOf(held, `messagesender_lane_held{page="${pageId}",lane="reply"}`)).toBe(1);
  expect(left).not.toContain(`messagesender_lane_held{page="${pageId}"`);
  expect(numberOf(left, 'messagesender_sends_total{lane="campaign",result="token_dead"}')).toBe(0);
  expect(numberOf(left, 'messagesender_webhook_events_total{result="refused"}')).toBe(0);
});

test("/metrics exports every metric of the alert rules and the Grafana dashboard", async () => {
  const { text } = await read(listen("worker"));

  const exported = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const used = ["alerts.yml", "grafana/dashboard.json"].flatMap((file) =>
    [...readFileSync(join(ops, file), "utf8").matchAll(/\b(?:messagesender|process)_[a-z_]+\b/g)].map(
      ([name]) => name.replace(/_(bucket|sum|count)$/, ""),
    ),
  );

  expect(used.length).toBeGreaterThan(30);
  expect([...new Set(used)].filter((name) => !exported.has(name))).toEqual([]);
});

test("readSystemHealth shows processes, disk and backups", async () => {
  const { body } = await meta.call(meta.ownerToken, "GET", "/system/health");

  expect(body).toMatchObject({
    processes: [{ role: "all", busy: expect.any(Number) }],
    disk: { freeBytes: expect.any(Number), totalBytes: expect.any(Number) },
    backup: { isOn: true, problem: null },
  });
});
