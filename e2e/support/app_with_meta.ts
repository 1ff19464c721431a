import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMember, createWorkspace, ensureOwner, readUserByEmail } from "#auth";
import { freePort, startJobs } from "#db";
import { jobHandlers, startCampaignClock, startDelivery } from "#messaging";
import { createIngest } from "#webhooks";
import { createApp } from "../../apps/server/app.ts";
import { readConfig } from "../../apps/server/config.ts";
import { openSystem } from "../../apps/server/system.ts";
import { defaultApp, startSimulator } from "../../apps/simulator/simulator.ts";
import { createTestDatabase } from "../../db/testing.ts";
import { untilHistoryIsRead } from "./delivery.ts";

const password = "Correct-Horse-9";

export interface Answer {
  status: number;
  // Tests look into answers of every shape.
  body: Record<string, unknown>;
}

/** The real app in this process, listening, with sending and jobs, and the simulator as its Meta. */
export async function openAppWithMeta() {
  const database = await createTestDatabase({ max: 5 });
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const simulator = await startSimulator({ webhookUrl: `${url}/api/v1/webhooks/facebook` });
  const dataDir = mkdtempSync(join(tmpdir(), "ms-app-"));
  const config = readConfig({
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    APP_URL: url,
    GRAPH_API_URL: simulator.url,
    FACEBOOK_APP_ID: defaultApp.appId,
    FACEBOOK_APP_SECRET: defaultApp.appSecret,
    FACEBOOK_WEBHOOK_VERIFY_TOKEN: defaultApp.verifyToken,
    SIMULATOR: "off",
    LOG_LEVEL: "error",
  });
  const system = await openSystem(config);
  const ingest = createIngest(system);
  const stopping = new AbortController();
  const app = createApp({ ...system, ingest, stopping: stopping.signal });
  app.listen({ port, hostname: "127.0.0.1" });
  const delivery = startDelivery(system, { pollMs: 200 });
  system.onWakeDelivery(() => delivery.wake());
  const clock = startCampaignClock(system);
  const jobs = startJobs(system, jobHandlers(system), { pollMs: 50 });

  await ensureOwner(system, { email: "owner@example.com", password });
  const owner = await readUserByEmail(system.db, "owner@example.com");
  if (!owner) throw new Error("The owner is missing");
  const workspace = await createWorkspace(system, { name: "Here", ownerId: owner.id });
  const other = await createWorkspace(system, { name: "Elsewhere", ownerId: owner.id });
  for (const [email, workspaceId] of [
    ["here@example.com", workspace.id],
    ["other@example.com", other.id],
  ] as const) {
    await createMember(system, { workspaceId, email, role: "manager", name: email, password });
  }

  async function call(token: string | null, method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await app.handle(
      new Request(`${url}/api/v1${path}`, {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    return { status: response.status, body: await response.json() };
  }

  async function login(email: string): Promise<string> {
    const { body } = await call(null, "POST", "/auth/login", { email, password });
    return String(body.accessToken);
  }

  /** The simulator's control API. */
  async function control(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${simulator.url}/_simulator${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`Cannot ${method} ${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  }

  const managerToken = await login("here@example.com");
  return {
    url,
    app,
    system,
    database,
    simulator,
    dataDir,
    workspaceId: workspace.id,
    otherWorkspaceId: other.id,
    ownerToken: await login("owner@example.com"),
    managerToken,
    otherToken: await login("other@example.com"),
    call,
    control,
    /** A new page of the simulator, connected here by its token. */
    async connectNewPage(name = "Luna"): Promise<{ facebookId: string; pageId: string; token: string }> {
      const facebookId = String((await control("POST", "/pages", { name })).id);
      const token = String((await control("GET", `/pages/${facebookId}/token`)).token);
      const { status } = await call(managerToken, "POST", `/workspaces/${workspace.id}/pages`, {
        pageId: facebookId,
        accessToken: token,
      });
      if (status !== 201) throw new Error(`Cannot connect a new page: ${status}`);
      const [page] = await database.sql<{ id: string }[]>`
        select id from messaging.pages where facebook_id = ${facebookId}`;
      await untilHistoryIsRead(database, page?.id ?? "");
      return { facebookId, pageId: page?.id ?? "", token };
    },
    async close(): Promise<void> {
      stopping.abort();
      await app.stop();
      await clock.stop();
      await jobs.stop();
      await delivery.stop();
      await ingest.stop();
      await simulator.stop();
      await system.close();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type AppWithMeta = Awaited<ReturnType<typeof openAppWithMeta>>;
