import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { currentTraceId, newTraceId } from "#std";
import type { GraphClient } from "#messaging";
import { defaultApp } from "../../apps/simulator/simulator.ts";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let meta: AppWithMeta;
/** Graph API calls with their trace. */
const calls: { path: string; method: string; traceId: string | undefined }[] = [];
beforeAll(async () => {
  meta = await openAppWithMeta();
  const { graph } = meta.system;
  const { call } = graph;
  Object.assign(graph, {
    call(asked: Parameters<GraphClient["call"]>[0]) {
      calls.push({ path: asked.path, method: asked.method, traceId: currentTraceId() });
      return call(asked);
    },
  });
});
afterAll(() => meta.close());

const traceparent = (traceId: string) => `00-${traceId}-00f067aa0ba902b7-01`;

async function receive(page: string, message: object, traceId: string): Promise<Response> {
  const at = Date.now();
  const event = { recipient: { id: page }, timestamp: at, ...message };
  const body = JSON.stringify({ object: "page", entry: [{ id: page, time: at, messaging: [event] }] });
  const signature = createHmac("sha256", defaultApp.appSecret).update(body).digest("hex");
  return await fetch(`${meta.url}/api/v1/webhooks/facebook`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-hub-signature-256": `sha256=${signature}`,
      traceparent: traceparent(traceId),
    },
    body,
  });
}

test("a trace connects the webhook with its job, and a reply with its sending, up to the calls at Meta", async () => {
  const { facebookId, pageId } = await meta.connectNewPage();
  const { psids } = await meta.control("POST", "/persons", {
    pageId: facebookId,
    count: 2,
    lastActionHoursAgo: 0.01,
  });
  const [ann = "", bob = ""] = Array.isArray(psids) ? psids.map(String) : [];
  const [ofAnn, ofBob, ofReply] = [newTraceId(), newTraceId(), newTraceId()];

  const received = await Promise.all([
    receive(facebookId, { sender: { id: ann }, message: { mid: "m_trace_a", text: "Hi" } }, ofAnn),
    receive(facebookId, { sender: { id: bob }, message: { mid: "m_trace_b", text: "Hi" } }, ofBob),
  ]);
  const conversation = await until("the conversation", async () => {
    const [row] = await meta.database.sql<{ id: string }[]>`
      select id from messaging.contacts where page_id = ${pageId} and psid = ${ann}`;
    return row?.id;
  });
  const replied = await meta.request("POST", `/conversations/${conversation}/messages`, {
    headers: { "idempotency-key": "trace-key-1", traceparent: traceparent(ofReply) },
    body: { text: "Hello" },
  });
  const made = await until("the calls at Meta", async () => {
    const [ofJobs, sends] = [
      [ann, bob].map((psid) => calls.find(({ path }) => path.startsWith(`/${psid}`))),
      calls.filter(
        ({ path, method, traceId }) => method === "POST" && path.endsWith("/messages") && traceId === ofReply,
      ),
    ];
    return ofJobs.every(Boolean) && sends.length > 0 ? ofJobs : undefined;
  });

  expect(received.map((answer) => answer.headers.get("trace-id"))).toEqual([ofAnn, ofBob]);
  expect(replied.headers.get("trace-id")).toBe(ofReply);
  expect(made.map((call) => call?.traceId)).toEqual([ofAnn, ofBob]);
  const [delivery] = await meta.database
    .sql`select trace_id from messaging.deliveries where page_id = ${pageId}`;
  expect(delivery?.trace_id).toBe(ofReply);
});
