import { randomBytes, randomUUID } from "node:crypto";
import { createLocalLiveBus, type Keyring, systemClock } from "#std";
import { readCounts } from "../campaign_state/mod.ts";
import { type DeliverySettings, type DeliveryWorker, sendReply, startDelivery } from "../delivery/mod.ts";
import { createGraph, sealPageToken } from "../graph/mod.ts";
import type { LiveEvent } from "../live_event.ts";
import { createTestDatabase, emptyTables } from "../../../db/testing.ts";
import { insertContacts, insertPage, type StageContact, type StagePage } from "./pages.ts";
import { until } from "../../std/testing.ts";
import type { playMeta } from "./played_meta.ts";

/** Times that keep tests short. */
const quick: Partial<DeliverySettings> = {
  leaseSeconds: 0.6,
  graceSeconds: 0.15,
  recoverMs: 50,
  retrySeconds: [0.05, 0.1],
  throttleSeconds: 0.3,
  pollMs: 50,
};

/** A database with pages and people, and workers that send to a played Meta. */
export async function openLedger() {
  const database = await createTestDatabase({ max: 30 });
  const keyring: Keyring = { keys: [{ id: "test", key: randomBytes(32) }] };
  const live = createLocalLiveBus<LiveEvent>();
  let serial = 0;

  function depsWith(meta: ReturnType<typeof playMeta>) {
    const graph = createGraph({
      baseUrl: "http://meta.test",
      version: "v25.0",
      appId: "1",
      appSecret: "s",
      clock: systemClock,
      fetch: meta.fetch,
    });
    return { ...database, graph, keyring, live, config: { appUrl: "https://host.test" } };
  }

  /** How many rows have not ended. */
  async function openRows(): Promise<number> {
    const [row] = await database.sql<{ count: number }[]>`select count(*)::int4 as count
      from messaging.deliveries where state not in ('sent', 'failed', 'skipped', 'cancelled')`;
    return row?.count ?? 0;
  }

  return {
    database,
    sql: database.sql,

    /** A workspace with one page and people who wrote a minute ago; `of` puts the page into another page's workspace. */
    async makePage(contacts: number, of?: StagePage): Promise<{ page: StagePage; contacts: StageContact[] }> {
      serial += 1;
      const facebookId = `30${String(serial).padStart(6, "0")}`;
      const token = sealPageToken(keyring, facebookId, `EAAG${facebookId}`);
      const page = await insertPage(database, facebookId, token, of?.workspaceId);
      const psids = Array.from({ length: contacts }, (_, n) => `${facebookId}${String(n).padStart(5, "0")}`);
      return { page, contacts: await insertContacts(database, page, psids) };
    },

    /** The dependencies of a worker that sends to this Meta. */
    depsWith,

    startWorker(
      meta: ReturnType<typeof playMeta>,
      changes: Partial<DeliverySettings> = {},
      on: Parameters<typeof startDelivery>[0] = depsWith(meta),
    ): DeliveryWorker {
      return startDelivery(on, { ...quick, ...changes });
    },

    /** Waits until every row ended, and stops these workers. */
    async ended(...workers: DeliveryWorker[]): Promise<void> {
      try {
        await until("every row to end", async () => (await openRows()) === 0, 45_000);
      } catch (cause) {
        const rows = await database.sql`
          select class, state, reason, count(*), min(attempts), max(attempts), min(due_at) - now() as due
          from messaging.deliveries group by 1, 2, 3`;
        const lanes = await database.sql`
          select class, next_eligible_at - now() as next, held_reason, leased_by, leased_until - now() as lease, epoch
          from messaging.lanes l join messaging.paces p using (page_id)
          where p.kind = 'text' and (next_eligible_at is not null or leased_by is not null or held_reason is not null)`;
        throw new Error(`Rows did not end: ${JSON.stringify({ rows, lanes })}`, { cause });
      } finally {
        await Promise.all(workers.map((worker) => worker.stop()));
      }
    },

    async reply(page: StagePage, contact: StageContact, text: string): Promise<void> {
      await sendReply(
        {
          sql: database.sql,
          live,
          wakeDelivery: () => undefined,
          config: { appUrl: "https://host.test" },
        },
        {
          workspaceId: page.workspaceId,
          conversationId: contact.id,
          by: { userId: page.userId },
          text,
          idempotencyKey: randomUUID(),
        },
      );
    },

    /** How many rows of a campaign are in which state, with the reason of those that failed or were skipped. */
    async ledgerOf(campaignId: string): Promise<Record<string, number>> {
      const rows = await database.sql<{ state: string; count: number }[]>`
        select concat_ws(' ', state, reason) as state, count(*)::int4 as count
        from messaging.deliveries where campaign_id = ${campaignId} group by 1`;
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    },

    /** Counts without those that are 0. */
    async countsOf(campaignId: string): Promise<Record<string, number>> {
      const counts = (await readCounts(database.sql, [campaignId])).get(campaignId) ?? {};
      return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
    },

    clear: () => emptyTables(database.sql, "auth.users", "auth.workspaces", "jobs.jobs"),
    close: () => database.close(),
  };
}

export type Ledger = Awaited<ReturnType<typeof openLedger>>;
