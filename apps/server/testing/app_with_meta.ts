import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMember, createWorkspace, ensureOwner, readUserByEmail } from "#auth";
import { freePort, startJobs } from "#db";
import { jobHandlers, startTicker, startDelivery } from "#messaging";
import { createIngest } from "#webhooks";
import { createApp } from "../app.ts";
import { readConfig } from "../config.ts";
import { openSystem } from "../system.ts";
import { defaultApp, startSimulator } from "../../simulator/simulator.ts";
import { createTestDatabase } from "../../../db/testing.ts";
import { apiRequest, type ApiRequestOptions } from "./api_request.ts";
import type { SentMessage } from "../../../modules/messaging/testing/delivery_stage.ts";
import { until } from "../../../modules/std/testing.ts";
import { untilHistoryIsRead } from "../../../modules/messaging/testing/pages.ts";

const password = "Correct-Horse-9";

interface NewPage {
  facebookId: string;
  pageId: string;
  token: string;
}

export interface Answer {
  status: number;
  // Tests read responses of every shape.
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
  const ticker = startTicker(system);
  const jobs = startJobs(system, jobHandlers(system), { pollMs: 50 });

  await ensureOwner(system, { email: "owner@example.com", password });
  const owner = await readUserByEmail(system.sql, "owner@example.com");
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
    const response = await app.handle(apiRequest(method, `${url}/api/v1${path}`, { token, body }));
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

  /** Calls the API in the workspace, as its manager unless another token is given. */
  async function request(
    method: string,
    path: string,
    { token = managerToken, ...options }: ApiRequestOptions = {},
  ): Promise<Response> {
    const address = `${url}/api/v1/workspaces/${workspace.id}${path}`;
    return await app.handle(apiRequest(method, address, { token, ...options }));
  }

  /** A new page of the simulator, connected here by its token. */
  async function connectNewPage(name = "Luna"): Promise<NewPage> {
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
  }

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
    request,
    /** Calls the API in the workspace as its manager and returns the body. */
    here: (method: string, path: string, body?: unknown) =>
      call(managerToken, method, `/workspaces/${workspace.id}${path}`, body),
    /** Writes in a conversation as the manager. */
    async reply(
      conversationId: string,
      body: unknown,
      key: string = crypto.randomUUID(),
    ): Promise<{ status: number; body: Record<string, unknown> & { message?: Record<string, unknown> } }> {
      const response = await request("POST", `/conversations/${conversationId}/messages`, {
        body,
        headers: { "idempotency-key": key },
      });
      return { status: response.status, body: await response.json() };
    },
    /** Uploads a file to the library or another route for files; returns its id. */
    async addFile(name: string, content: Uint8Array<ArrayBuffer> | string, path = "/media"): Promise<string> {
      const form = new FormData();
      form.set("file", new File([content], name));
      const { file }: { file: { id: string } } = await (await request("POST", path, { body: form })).json();
      return file.id;
    },
    control,
    connectNewPage,
    /** A new page, and people who just wrote to it. */
    async pageWithContacts(count: number, name?: string): Promise<NewPage & { psids: string[] }> {
      const page = await connectNewPage(name);
      const { psids } = await control("POST", "/persons", { pageId: page.facebookId, count, text: "Hello" });
      await until("their messages", async () => {
        const rows = await database.sql`select from messaging.contacts
          where page_id = ${page.pageId} and last_inbound_at is not null`;
        return rows.length === count;
      });
      return { ...page, psids: Array.isArray(psids) ? psids.map(String) : [] };
    },
    /** A new person writes to a page of the simulator, and their name is looked up. */
    async newWriter(
      facebookId: string,
      { text = "Hello", ...contact }: { text?: string; name?: string } = {},
    ): Promise<{ psid: string; conversationId: string }> {
      const psid = String((await control("POST", "/persons", { pageId: facebookId, text, ...contact })).psid);
      const conversationId = await until("the conversation", async () => {
        const [row] = await database.sql<{ id: string }[]>`select id from messaging.contacts
          where psid = ${psid} and last_inbound_at is not null and profile_state <> 'wanted'`;
        return row?.id;
      });
      return { psid, conversationId };
    },
    /** Messages that reached Meta, in order; of one person if given. */
    async sent(psid?: string): Promise<SentMessage[]> {
      const of = psid === undefined ? "" : `&psid=${psid}`;
      const { messages } = await control("GET", `/sent?limit=20000${of}`);
      return Array.isArray(messages) ? messages : [];
    },
    async close(): Promise<void> {
      stopping.abort();
      await app.stop();
      await ticker.stop();
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
