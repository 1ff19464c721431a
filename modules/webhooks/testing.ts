import { createHmac } from "node:crypto";
import type { LiveEvent } from "#messaging";
import { createLocalLiveBus, type LiveBus, parseKeyring } from "#std";
import { createIngest, type Ingest, type IngestOptions } from "./ingest.ts";
import { receiveWebhook } from "./receive.ts";
import { createTestDatabase, type TestDatabase } from "../../db/testing.ts";

export const appSecret = "test-app-secret";
export const appId = "1517776481860111";
export const pageFacebookId = "104810069068200";
/** Seals opt-in tokens. */
export const keyring = parseKeyring("0123456789abcdef".repeat(4));
export const psid = "24266381753005180";

export interface WebhookHarness {
  database: TestDatabase;
  live: LiveBus<LiveEvent>;
  ingest: Ingest;
  workspaceId: string;
  pageId: string;
  /** Signs and posts a body; objects become JSON. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Posts items of `messaging` of the test page, in one body, and expects 200. */
  send(...items: unknown[]): Promise<void>;
  close(): Promise<void>;
}

export function sign(body: string | Uint8Array, secret: string = appSecret): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** An ingest with its own database and one connected page. */
export async function createWebhookHarness(options: IngestOptions = {}): Promise<WebhookHarness> {
  const database = await createTestDatabase();
  const live = createLocalLiveBus<LiveEvent>();
  const ingest = createIngest({ ...database, live, clock: Date.now, config: { appId } }, options);
  const { workspaceId, pageId } = await connectPage(database, pageFacebookId);
  const on = { ingest, clock: Date.now, keyring, config: { appSecrets: [appSecret] } };

  async function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const bytes =
      body instanceof Uint8Array
        ? new Uint8Array(body)
        : new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
    return await receiveWebhook(
      on,
      new Request("http://localhost/api/v1/webhooks/facebook", {
        method: "POST",
        body: bytes,
        headers: { "x-hub-signature-256": sign(bytes), ...headers },
      }),
    );
  }

  return {
    database,
    live,
    ingest,
    workspaceId,
    pageId,
    post,
    async send(...items) {
      const answer = await post(envelope(items));
      if (answer.status !== 200)
        throw new Error(`Cannot send test events: ${answer.status} ${await answer.text()}`);
    },
    async close() {
      await ingest.stop();
      await database.close();
    },
  };
}

/** A webhook body with these items. */
export function envelope(
  items: readonly unknown[],
  list = "messaging",
  page: string = pageFacebookId,
): object {
  return { object: "page", entry: [{ id: page, time: Date.now(), [list]: items }] };
}

export async function connectPage(
  { sql }: Pick<TestDatabase, "sql">,
  facebookId: string,
): Promise<{ workspaceId: string; pageId: string }> {
  const [workspace] = await sql`insert into auth.workspaces (name) values ('Test') returning id`;
  const [page] = await sql`insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    values (${workspace?.id}, ${facebookId}, 'Test page', 'connected', 'sealed') returning id`;
  return { workspaceId: String(workspace?.id), pageId: String(page?.id) };
}
