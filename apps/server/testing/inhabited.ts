import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMember, createWorkspace, ensureOwner, readUserByEmail, type Role } from "#auth";
import { ensureLanes, sealPageToken } from "../../../modules/messaging/testing/pages.ts";
import { createIngest } from "#webhooks";
import { type App, createApp } from "../app.ts";
import { readConfig } from "../config.ts";
import { openSystem, type System } from "../system.ts";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { apiRequest, type ApiRequestOptions } from "./api_request.ts";

export const password = "Correct-Horse-9";

/** One workspace with a row of everything that a path can name. */
export interface Furnished {
  workspaceId: string;
  ids: Record<string, string>;
  /** The same for a second person who wrote to the page. */
  cousins: Record<string, string>;
}

/** The real app in this process with two workspaces, each with a page, a conversation and members of every role. */
export interface Inhabited {
  app: App;
  system: System;
  database: TestDatabase;
  here: Furnished;
  elsewhere: Furnished;
  tokens: Record<Role | "stranger", string>;
  /** Calls the API in the workspace `here`, as its manager unless another token is given. */
  request(method: string, path: string, options?: ApiRequestOptions): Promise<Response>;
  close(): Promise<void>;
}

export async function inhabit(): Promise<Inhabited> {
  const database = await createTestDatabase();
  const config = readConfig({
    DATABASE_URL: database.url,
    DATA_DIR: mkdtempSync(join(tmpdir(), "ms-routes-")),
    // Nothing responds there: these tests end before Meta is called.
    GRAPH_API_URL: "http://127.0.0.1:9",
    LOG_LEVEL: "error",
  });
  const system = await openSystem(config);
  const ingest = createIngest(system);
  const stopping = new AbortController();
  const app = createApp({ ...system, ingest, stopping: stopping.signal });

  await ensureOwner(system, { email: "owner@example.com", password });
  const owner = await readUserByEmail(system.sql, "owner@example.com");
  if (!owner) throw new Error("The owner is missing");
  const here = await furnish(system, owner.id, "Here");
  const elsewhere = await furnish(system, owner.id, "Elsewhere");
  for (const role of ["viewer", "operator", "manager"] as const) {
    await createMember(system, {
      workspaceId: here.workspaceId,
      email: `${role}@example.com`,
      role,
      name: role,
      password,
    });
  }
  // The most powerful member of the other workspace.
  await createMember(system, {
    workspaceId: elsewhere.workspaceId,
    email: "stranger@example.com",
    role: "manager",
    name: "Stranger",
    password,
  });
  const login = async (email: string) => {
    const body = { email, password };
    const response = await app.handle(apiRequest("POST", "http://localhost/api/v1/auth/login", { body }));
    const { accessToken } = await response.json();
    if (typeof accessToken !== "string") throw new Error(`Cannot log in as ${email}: ${response.status}`);
    return accessToken;
  };
  const tokens = {
    owner: await login("owner@example.com"),
    manager: await login("manager@example.com"),
    operator: await login("operator@example.com"),
    viewer: await login("viewer@example.com"),
    stranger: await login("stranger@example.com"),
  };
  return {
    app,
    system,
    database,
    here,
    elsewhere,
    tokens,
    async request(method, path, options) {
      const address = `http://localhost/api/v1/workspaces/${here.workspaceId}${path}`;
      return await app.handle(apiRequest(method, address, { token: tokens.manager, ...options }));
    },
    async close() {
      stopping.abort();
      await ingest.stop();
      await system.close();
      await database.close();
    },
  };
}

/** Another page of a workspace, with a conversation. */
export async function furnishPage(
  { sql, keyring, config }: System,
  { workspaceId, name, psid }: { workspaceId: string; name: string; psid: string },
): Promise<Record<string, string>> {
  const facebookId = String(Math.floor(Math.random() * 1e15));
  const [page] = await sql`insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    values (${workspaceId}, ${facebookId}, ${name}, 'connected', ${sealPageToken(keyring, facebookId, "EAAtest")}) returning id`;
  const pageId = String(page?.id);
  await ensureLanes(sql, { workspaceId, pageId });
  return {
    pageId,
    ...(await furnishConversation(sql, { workspaceId, pageId, name, dataDir: config.dataDir }, psid)),
  };
}

async function furnish(system: System, ownerId: string, name: string): Promise<Furnished> {
  const { sql } = system;
  const workspace = await createWorkspace(system, { name, ownerId });
  const workspaceId = workspace.id;
  const { pageId = "", ...conversationIds } = await furnishPage(system, { workspaceId, name, psid: "7001" });
  const [template] = await sql`insert into messaging.templates (workspace_id, name, content)
    values (${workspaceId}, ${`Template ${name}`}, ${JSON.stringify({ text: "hello" })}::jsonb) returning id`;
  const [campaign] = await sql`insert into messaging.campaigns (workspace_id, name, kind, audience, draft)
    values (${workspaceId}, ${`Campaign ${name}`}, 'window', ${JSON.stringify({ all: true })}::jsonb,
            ${JSON.stringify({ variants: [{ content: { text: "hello" }, weight: 100 }] })}::jsonb) returning id`;
  const [tag] = await sql`insert into messaging.tags (workspace_id, name, colour)
    values (${workspaceId}, ${`Tag ${name}`}, 'blue') returning id`;
  const [field] = await sql`insert into messaging.custom_fields (workspace_id, key, label, type)
    values (${workspaceId}, 'city', ${`City ${name}`}, 'text') returning id`;
  const [segment] = await sql`insert into messaging.segments (workspace_id, name, kind)
    values (${workspaceId}, ${`Segment ${name}`}, 'static') returning id`;
  const [view] = await sql`insert into messaging.saved_views (workspace_id, user_id, name, filter)
    values (${workspaceId}, ${ownerId}, ${`View ${name}`}, ${JSON.stringify({ tab: "all" })}::jsonb) returning id`;
  const fileKey = `ee/${randomBytes(15).toString("hex")}`;
  await Bun.write(join(system.config.dataDir, "files", fileKey), `A file of ${name}`);
  const [file] =
    await sql`insert into messaging.media_files (workspace_id, name, type, mime_type, bytes, file_key)
    values (${workspaceId}, ${`File ${name}`}, 'file', 'application/octet-stream', 9, ${fileKey}) returning id`;
  const [utility] = await sql`insert into messaging.utility_templates
      (workspace_id, page_id, name, language, category, status, parameter_format, components)
    values (${workspaceId}, ${pageId}, ${`order_${name.toLowerCase()}`}, 'en', 'UTILITY', 'PENDING', 'POSITIONAL', '[]')
    returning id`;
  const [transfer] =
    await sql`insert into messaging.contact_transfers (workspace_id, kind, status, file_name, file_key, error_file_key, options)
    values (${workspaceId}, 'export', 'done', ${`Transfer ${name}`}, ${fileKey}, ${fileKey}, '{}') returning id`;
  const conversation = { workspaceId, pageId, name, dataDir: system.config.dataDir };
  return {
    workspaceId,
    ids: {
      pageId,
      templateId: template?.id,
      campaignId: campaign?.id,
      tagId: tag?.id,
      fieldId: field?.id,
      segmentId: segment?.id,
      viewId: view?.id,
      transferId: transfer?.id,
      mediaFileId: file?.id,
      utilityTemplateId: utility?.id,
      ...conversationIds,
    },
    cousins: await furnishConversation(sql, conversation, "7002"),
  };
}

async function furnishConversation(
  sql: System["sql"],
  {
    workspaceId,
    pageId,
    name,
    dataDir,
  }: { workspaceId: string; pageId: string; name: string; dataDir: string },
  psid: string,
): Promise<Record<string, string>> {
  const file = `${psid.slice(0, 2)}/${randomBytes(15).toString("hex")}`;
  await Bun.write(join(dataDir, "files", file), `A file of ${name}`);
  const [contact] =
    await sql`insert into messaging.contacts (workspace_id, page_id, psid, name, last_inbound_at, picture_key)
    values (${workspaceId}, ${pageId}, ${psid}, ${`Person ${name}`}, now(), ${file}) returning id`;
  await sql`insert into messaging.conversations (workspace_id, page_id, id, last_message_at, preview_direction)
    values (${workspaceId}, ${pageId}, ${contact?.id}, now(), 'in')`;
  await sql`insert into messaging.notes (workspace_id, page_id, conversation_id, text)
    values (${workspaceId}, ${pageId}, ${contact?.id}, ${`A note of ${name}`})`;
  await sql`insert into messaging.events (workspace_id, page_id, conversation_id, key, kind, data, at)
    values (${workspaceId}, ${pageId}, ${contact?.id}, ${randomUUID()}, 'referral', '{}', now())`;
  const [message] = await sql`insert into messaging.messages
      (workspace_id, page_id, conversation_id, direction, author_kind, text, sent_at)
    values (${workspaceId}, ${pageId}, ${contact?.id}, 'out', 'user', 'hello', now()) returning id`;
  await sql`with content as (insert into messaging.contents (workspace_id, message)
      values (${workspaceId}, '{"text":"hello"}') returning id)
    insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, message_id, state, reason)
    select ${workspaceId}, ${pageId}, ${contact?.id}, ${psid}, 'reply', content.id, ${message?.id}, 'failed', 'invalid'
    from content`;
  const [attachment] =
    await sql`insert into messaging.attachments (workspace_id, message_id, position, type, file_state, file_key)
    values (${workspaceId}, ${message?.id}, 0, 'image', 'stored', ${file}) returning id`;
  return {
    contactId: contact?.id,
    conversationId: contact?.id,
    messageId: message?.id,
    attachmentId: attachment?.id,
  };
}
