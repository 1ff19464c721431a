import { randomBytes } from "node:crypto";
import { createLocalLiveBus, type Keyring, systemClock } from "#std";
import { defaultApp, startSimulator } from "../../../apps/simulator/simulator.ts";
import { createTestDatabase } from "../../../db/testing.ts";
import {
  type DeliverySettings,
  type DeliveryStatus,
  deliveryStatesOf,
  type DeliveryWorker,
  resumeLanes,
  sendReply,
  startDelivery,
} from "../delivery/mod.ts";
import { createGraph, type GraphClient, type GraphOptions, sealPageToken } from "../graph/mod.ts";
import type { LiveEvent } from "../live_event.ts";
import { insertContacts, insertPage, type StageContact, type StagePage } from "./pages.ts";

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

/** A database, a simulated Meta and a connected page, with the actions of a sending test. */
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
  const deps = { sql: database.sql, graph, keyring, live, config };

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
