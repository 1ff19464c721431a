import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#std";
import { appSecret, createWebhookHarness, keyring, sign, type WebhookHarness } from "./testing.ts";
import { receiveWebhook } from "./receive.ts";
import { createBodyReader } from "./signed_body.ts";

const kb = 1024;
const mb = 1024 * kb;
const shaped = `sha256=${"a".repeat(64)}`;
let harness: WebhookHarness;
const opened: { stop(): void }[] = [];

beforeAll(async () => {
  harness = await createWebhookHarness();
});
afterAll(async () => {
  for (const one of opened) one.stop();
  await harness.close();
});

/** The webhook on its own port with its own limits. */
function serve(limits: Parameters<typeof createBodyReader>[0] = {}) {
  const on = {
    ingest: harness.ingest,
    clock: systemClock,
    keyring,
    config: { appSecrets: [appSecret] },
    bodies: createBodyReader(limits),
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    maxRequestBodySize: 600 * mb,
    fetch: (request) => receiveWebhook(on, request),
  });
  opened.push({ stop: () => void server.stop(true) });
  return { port: server.port ?? 0, url: `http://127.0.0.1:${server.port}/` };
}

interface Begun {
  socket: Socket;
  /** The status of the response. */
  status: Promise<number>;
}

/** Starts a POST and sends this many bytes of its body. */
async function begin(
  port: number,
  { signature, announced, sent }: { signature?: string; announced: number | "chunked"; sent: number },
): Promise<Begun> {
  const socket = connect(port, "127.0.0.1");
  opened.push({ stop: () => void socket.destroy() });
  const status = new Promise<number>((answer, fail) => {
    socket.once("data", (data) => answer(Number(data.toString().split(" ")[1])));
    socket.once("error", fail);
  });
  status.catch(() => undefined);
  const length = announced === "chunked" ? "Transfer-Encoding: chunked" : `Content-Length: ${announced}`;
  const signed = signature === undefined ? "" : `X-Hub-Signature-256: ${signature}\r\n`;
  socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\n${signed}${length}\r\n\r\n`);
  const body = "x".repeat(sent);
  const bytes = announced === "chunked" ? `${sent.toString(16)}\r\n${body}\r\n` : body;
  await new Promise<void>((written) => socket.write(bytes, () => written()));
  return { socket, status };
}

const small = JSON.stringify({ object: "page", entry: [] });
const post = (url: string, body = small) =>
  fetch(url, { method: "POST", body, headers: { "x-hub-signature-256": sign(body) } });

test.each([
  ["a missing signature", undefined, 401],
  ["a malformed signature", "sha256=nothing", 403],
])("receiveWebhook() refuses %s before the body arrives", async (_, signature, status) => {
  const { port } = serve();

  const begun = await begin(port, { signature, announced: 11 * mb, sent: 100 });

  expect(await begun.status).toBe(status);
});

test("createBodyReader() refuses large bodies beyond its limit, accepts small ones, and stops counting when they end", async () => {
  const { port, url } = serve({ largeBytes: mb });
  const held = await Promise.all(
    Array.from({ length: 4 }, () => begin(port, { signature: shaped, announced: mb, sent: 400 * kb })),
  );

  // Two hold 800 KB; more would exceed the limit.
  const answered: number[] = [];
  for (const { status } of held) void status.then((one) => answered.push(one));
  await expect.poll(() => answered).toEqual([503, 503]);
  const beside = await Promise.all(Array.from({ length: 200 }, () => post(url)));
  const chunked = await begin(port, { signature: shaped, announced: "chunked", sent: 900 * kb });
  expect(new Set(beside.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await chunked.status).toBe(503);

  for (const { socket } of held) socket.destroy();
  await expect
    .poll(async () => (await post(url, JSON.stringify({ object: "page", pad: "x".repeat(800 * kb) }))).status)
    .toBe(200);
});

test("createBodyReader() limits small bodies too, and tells when to retry", async () => {
  const { port, url } = serve({ smallBytes: 100 * kb });
  const held = [await begin(port, { signature: shaped, announced: 60 * kb, sent: kb })];
  const second = await begin(port, { signature: shaped, announced: 60 * kb, sent: kb });

  expect(await second.status).toBe(503);
  for (const { socket } of held) socket.write("x".repeat(59 * kb));
  expect(await held[0]?.status).toBe(403);
  const answer = await post(url);
  expect(answer.status).toBe(200);
});

test.each([["small", 30 * kb] as const, ["large", 2 * mb] as const, ["chunked", "chunked"] as const])(
  "createBodyReader() aborts a slow %s body and frees its bytes",
  async (_, announced) => {
    const { port, url } = serve({ mostMs: 200, smallBytes: 40 * kb, largeBytes: 100 * kb });
    const slow = await begin(port, { signature: shaped, announced, sent: 20 * kb });

    expect(await slow.status).toBe(408);
    expect((await post(url, JSON.stringify({ object: "page", pad: "x".repeat(30 * kb) }))).status).toBe(200);
    expect((await post(url, JSON.stringify({ object: "page", pad: "x".repeat(90 * kb) }))).status).toBe(200);
  },
);

test("60 unsigned bodies of 11 MB add little more than the limit", async () => {
  const { port } = serve();
  Bun.gc(true);
  const before = process.memoryUsage().rss;

  const statuses = await Promise.all(
    Array.from({ length: 60 }, async () => {
      const { socket, status } = await begin(port, { signature: shaped, announced: 11 * mb, sent: 0 });
      const isAnswered = status.then(() => true);
      const piece = Buffer.alloc(256 * kb, 120);
      for (let sent = 0; sent < 11 * mb - 1; sent += piece.length) {
        const drained = new Promise<boolean>((free) => {
          if (socket.write(piece.subarray(0, Math.min(piece.length, 11 * mb - 1 - sent)))) free(false);
          else socket.once("drain", () => free(false));
        });
        if (await Promise.race([isAnswered, drained])) break;
      }
      return await Promise.race([status, Bun.sleep(3_000).then(() => null)]);
    }),
  );

  const added = (process.memoryUsage().rss - before) / mb;
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(50);
  expect(added).toBeLessThan(150);
});
