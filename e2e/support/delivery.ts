import { randomBytes } from "node:crypto";
import {
  type LiveEvent,
  createGraph,
  type DeliverySettings,
  type DeliveryStatus,
  deliveryStatesOf,
  type DeliveryWorker,
  ensureLanes,
  type GraphClient,
  type GraphOptions,
  resumeLanes,
  sealPageToken,
  sendReply,
  startDelivery,
  wakeCampaign,
} from "#messaging";
import { createLocalLiveBus, type Keyring, systemClock } from "#std";
import { defaultApp, startSimulator } from "../../apps/simulator/simulator.ts";
import { createTestDatabase, type TestDatabase } from "../../db/testing.ts";

/** One line of the simulator's ledger. */
export interface SentMessage {
  mid: string;
  psid: string;
  metadata?: string;
  messagingType?: string;
  tag?: string;
  text: string | null;
  /** As it was given to Meta. */
  message: { attachments?: { type: string }[]; [part: string]: unknown };
  at: number;
}

/** A database, a simulated Meta and a connected page, with what a test of sending does to them. */
export async function openDeliveryStage(options: { fetch?: GraphOptions["fetch"] } = {}) {
  const database = await createTestDatabase({ max: 20 });
  const simulator = await startSimulator({ webhookUrl: "http://127.0.0.1:9/nobody" });
  const keyring: Keyring = { keys: [{ id: "test", key: randomBytes(32) }] };
  const graph: GraphClient = createGraph({
    baseUrl: simulator.url,
    version: "v25.0",
    appId: defaultApp.appId,
    appSecret: defaultApp.appSecret,
    clock: systemClock,
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
  const live = createLocalLiveBus<LiveEvent>();
  const workers = new Set<DeliveryWorker>();
  const config = { appUrl: "http://localhost:3000" };
  const deps = { db: database.db, sql: database.sql, graph, keyring, live, config };

  async function control(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${simulator.url}/_simulator${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`Cannot ${method} ${path} at the simulator: ${response.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  }

  return {
    database,
    simulator,
    graph,
    keyring,
    live,
    control,

    startWorker(
      changes: Partial<DeliverySettings> = {},
      on: Parameters<typeof startDelivery>[0] = deps,
    ): DeliveryWorker {
      const worker = startDelivery(on, changes);
      workers.add(worker);
      return worker;
    },

    /** Connects a page of the simulator without Facebook Login: rows only. */
    async connectPage(name = "Page"): Promise<StagePage> {
      const made = await control("POST", "/pages", { name });
      const facebookId = String(made.id);
      const { token } = await control("GET", `/pages/${facebookId}/token`);
      return await insertPage(database, facebookId, sealPageToken(keyring, facebookId, String(token)));
    },

    /** A fresh token in place, as reconnecting gives it. */
    async reconnect(page: StagePage): Promise<void> {
      const { token } = await control("GET", `/pages/${page.facebookId}/token`);
      await database.sql`update messaging.pages set status = 'connected', status_reason = null,
        token_sealed = ${sealPageToken(keyring, page.facebookId, String(token))} where id = ${page.pageId}`;
      await resumeLanes(database.sql, page);
    },

    /** People who wrote to the page just now, here and at the simulator. */
    async addPeople(page: StagePage, count: number): Promise<StageContact[]> {
      const made = await control("POST", "/persons", {
        pageId: page.facebookId,
        count,
        lastActionHoursAgo: 0.01,
        isOnline: false,
      });
      const psids = Array.isArray(made.psids) ? made.psids.map(String) : [String(made.psid)];
      return await insertContacts(database, page, psids);
    },

    async reply(
      page: StagePage,
      contact: StageContact,
      text: string,
      key: string = crypto.randomUUID(),
    ): Promise<string> {
      const { messageId } = await sendReply(
        {
          sql: database.sql,
          live,
          wakeDelivery: () => undefined,
          config: { appUrl: "http://localhost:3000" },
        },
        {
          workspaceId: page.workspaceId,
          conversationId: contact.id,
          by: { userId: page.userId },
          text,
          idempotencyKey: key,
        },
      );
      return messageId;
    },

    async status(page: StagePage, messageId: string): Promise<DeliveryStatus | undefined> {
      return (await deliveryStatesOf(database, page.workspaceId, [messageId])).get(messageId);
    },

    async sent(): Promise<SentMessage[]> {
      const answer = await control("GET", "/sent?limit=20000");
      return Array.isArray(answer.messages) ? answer.messages : [];
    },

    fault: (fault: Record<string, unknown>) => control("POST", "/faults", fault),

    async close(): Promise<void> {
      await Promise.all([...workers].map((worker) => worker.stop()));
      await simulator.stop();
      await database.close();
    },
  };
}

export type DeliveryStage = Awaited<ReturnType<typeof openDeliveryStage>>;

export interface StagePage {
  workspaceId: string;
  userId: string;
  pageId: string;
  facebookId: string;
}

export interface StageContact {
  id: string;
  psid: string;
}

/** A connected page, in a workspace of its own unless another is named. */
export async function insertPage(
  { sql }: Pick<TestDatabase, "sql">,
  facebookId: string,
  tokenSealed: string,
  workspaceId: string = crypto.randomUUID(),
): Promise<StagePage> {
  const [row] = await sql<{ user_id: string; page_id: string }[]>`
    with u as (insert into auth.users (email, name, password_hash)
           values (${`${facebookId}@example.com`}, 'Ann', 'x') returning id),
         w as (insert into auth.workspaces (id, name) values (${workspaceId}, 'Business') on conflict do nothing),
         m as (insert into auth.memberships (workspace_id, user_id, role) select ${workspaceId}, u.id, 'operator' from u),
         p as (insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
           values (${workspaceId}, ${facebookId}, 'Page', 'connected', ${tokenSealed}) returning id)
    select p.id as page_id, u.id as user_id from p, u`;
  if (!row) throw new Error("Cannot insert a page");
  const page = { workspaceId, userId: row.user_id, pageId: row.page_id, facebookId };
  await ensureLanes(sql, page);
  // As fast as Meta allows: what is measured here is the sending, not the pace that is careful of Meta's inbox.
  await sql`update messaging.paces set limit_per_second = 300 where page_id = ${page.pageId} and kind = 'text'`;
  return page;
}

/** Contacts of a page who wrote a minute ago, each with a conversation. */
export async function insertContacts(
  { sql }: TestDatabase,
  page: StagePage,
  psids: string[],
): Promise<StageContact[]> {
  return await sql<StageContact[]>`
    with c as (
      insert into messaging.contacts (workspace_id, page_id, psid, last_inbound_at)
      select ${page.workspaceId}, ${page.pageId}, unnest(${psids}::text[]), now() - interval '1 min'
      returning id, psid),
    v as (
      insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction)
      select id, ${page.workspaceId}, ${page.pageId}, now(), 'in' from c)
    select id, psid from c order by psid`;
}

/** Waits until `look` gives something. */
export async function until<T>(
  what: string,
  look: () => Promise<T | false | null | undefined>,
  timeoutMs = 15_000,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
    await Bun.sleep(20);
  }
}

/** A page was just connected: what is read of its past must not meet what a test changes afterwards. */
export async function untilHistoryIsRead({ sql }: Pick<TestDatabase, "sql">, pageId: string): Promise<void> {
  await until("the page's earlier conversations to be read", async () => {
    const [read] =
      await sql`select 1 from messaging.page_histories where page_id = ${pageId} and state <> 'reading'`;
    return read !== undefined;
  });
}

export interface StageCampaign {
  text?: string;
  status?: "running" | "paused";
  speedPerSecond?: number;
  expiresAt?: Date;
  /** Without a canary, unless a test says otherwise. */
  options?: Record<string, unknown>;
  laneClass?: "campaign" | "utility" | "media";
  /** Another message than `text`, and what else its content holds. */
  message?: Record<string, unknown>;
  mediaFileId?: string;
}

/** A campaign to everybody on these pages, planned, running, with its lanes awake. */
export async function insertCampaign(
  { sql }: Pick<TestDatabase, "sql">,
  pages: readonly Pick<StagePage, "workspaceId" | "pageId">[],
  campaign: StageCampaign = {},
): Promise<string> {
  const [first] = pages;
  if (!first) throw new Error("Cannot insert a campaign without a page");
  const { workspaceId } = first;
  const { text = "blast", status = "running", laneClass = "campaign" } = campaign;
  const message = JSON.stringify(campaign.message ?? { text });
  return await sql.begin(async (tx) => {
    const [made] = await tx<{ id: string }[]>`
      insert into messaging.campaigns (workspace_id, name, kind, status, paused_from, audience, draft, options,
        speed_per_second, expires_at, launched_at, planned_at)
      values (${workspaceId}, ${text}, 'window', ${status}, ${status === "paused" ? "running" : null}, '{"all": true}',
        ${JSON.stringify({ variants: [{ content: { text }, weight: 100 }] })}::jsonb,
        ${JSON.stringify(campaign.options ?? { canary: false })}::jsonb, ${campaign.speedPerSecond ?? null},
        ${campaign.expiresAt?.toISOString() ?? null}::timestamptz, now(), now())
      returning id`;
    if (!made) throw new Error("Cannot insert a campaign");
    await tx`
      with content as (insert into messaging.contents (workspace_id, message, is_personal, media_file_id)
          values (${workspaceId}, ${message}::jsonb, ${message.includes("{{") || message.includes("link:")},
            ${campaign.mediaFileId ?? null}) returning id),
        planned as (
          insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, state)
          select c.workspace_id, c.page_id, c.id, c.psid, ${laneClass}, content.id, ${made.id}, 'queued'
          from messaging.contacts c, content where c.page_id = any(${pages.map((page) => page.pageId)}::uuid[])
          returning 1)
      insert into messaging.campaign_deltas (campaign_id, counts)
      select ${made.id}, jsonb_build_object('queued', count(*)) from planned`;
    await wakeCampaign(tx, { workspaceId, campaignId: made.id });
    return made.id;
  });
}
