import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "#db";
import { testRedisUrl } from "../../db/testing.ts";
import {
  type Connected,
  connectPage,
  type Product,
  simulatorCall,
  startProduct,
  waitFor,
} from "../support/product.ts";

const person = "24266381753005180";

let product: Product;
let connected: Connected;
let worker: ChildProcess;
let workerPort: number;
beforeAll(async () => {
  product = await startProduct({ env: { ROLE: "api", REDIS_URL: testRedisUrl() } });
  workerPort = await freePort();
  worker = spawn(process.execPath, ["apps/server/main.ts"], {
    env: { ...product.env, ROLE: "worker", PORT: String(workerPort) },
    stdio: "ignore",
  });
  connected = await connectPage(product);
});
afterAll(async () => {
  worker.kill("SIGTERM");
  await product.stop();
});

/** Reads the live stream into a list until it is cancelled. */
async function listen(): Promise<{ names: string[]; stop(): void }> {
  const names: string[] = [];
  const abort = new AbortController();
  const response = await fetch(`${product.url}/api/v1/workspaces/${connected.workspaceId}/live`, {
    headers: { authorization: `Bearer ${connected.accessToken}` },
    signal: abort.signal,
  });
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      names.push(...[...decoder.decode(chunk).matchAll(/^event: (\w+)$/gm)].map(([, name = ""]) => name));
    }
  };
  read().catch(() => undefined);
  await waitFor(() => names.includes("hello"), 5_000, "the stream to begin");
  return { names, stop: () => abort.abort() };
}

test("with an api and a worker process, messages arrive, replies are sent, and screens get both through Redis", async () => {
  const { api, workspaceId } = connected;
  const live = await listen();

  await simulatorCall(product.simulator, "POST", `persons/${person}/write`, { text: "Anybody there?" });
  await waitFor(() => live.names.includes("message"), 5_000, "the inbound message on the stream");
  const { items } = await api.get<{ items: { id: string }[] }>(`/workspaces/${workspaceId}/conversations`);
  // The worker found the person's name; only it runs jobs.
  await waitFor(
    async () =>
      (
        await api.get<{ contact: { firstName: string | null } }>(
          `/workspaces/${workspaceId}/contacts/${items[0]?.id}`,
        )
      ).contact.firstName === "Anna",
    15_000,
    "the worker to fetch the profile",
  );
  await waitFor(() => live.names.includes("contact"), 5_000, "the contact on the stream");
  const before = live.names.length;
  const startedAt = Date.now();
  await api.post(
    `/workspaces/${workspaceId}/conversations/${items[0]?.id}/messages`,
    { text: "Yes" },
    { "idempotency-key": "roles-0001" },
  );
  await waitFor(
    async () => (await simulatorCall<{ total: number }>(product.simulator, "GET", "sent")).total === 1,
    5_000,
    "the answer at Meta",
  );

  expect(Date.now() - startedAt).toBeLessThan(1_000);
  await waitFor(
    () => live.names.slice(before).includes("conversation"),
    5_000,
    "the answer's status on the stream",
  );
  live.stop();
});

test("a worker serves its health and nothing else", async () => {
  const at = `http://localhost:${workerPort}`;
  await waitFor(async () => (await fetch(`${at}/health/ready`).catch(() => null))?.ok === true);

  const health = await (await fetch(`${at}/health`)).json();
  const other = await fetch(`${at}/api/v1/auth/me`);

  expect(health).toMatchObject({ status: "ok", version: expect.stringMatching(/^\d/), commit: null });
  expect(other.status).toBe(404);
});
