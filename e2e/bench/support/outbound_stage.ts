import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { sealPageToken } from "../../../modules/messaging/testing/pages.ts";
import { parseKeyring } from "#std";
import { insertPage, type StagePage } from "../../../modules/messaging/testing/pages.ts";
import { type Fleet, openWorkspace, startFleet } from "../../support/fleet.ts";
import type { ApiClient } from "../../support/product.ts";
import startServices from "../../support/services.ts";

interface Arrival {
  at: number;
  page: string;
  text: string;
}

/** An api and workers of the product in processes of their own, on a durable Postgres, with a stand-in for Meta. */
export async function openOutboundStage({ latencyMs = 20 }: { latencyMs?: number } = {}) {
  process.env.TEST_SERVICES = "local";
  const stopServices = await startServices();
  const standIn = Bun.spawn(
    [process.execPath, fileURLToPath(new URL("send_stand_in.ts", import.meta.url)), String(latencyMs)],
    { stdout: "pipe", stderr: "inherit" },
  );
  const first = await standIn.stdout.getReader().read();
  const metaUrl = `http://127.0.0.1:${new TextDecoder().decode(first.value).trim()}`;
  const encryptionKey = randomBytes(32).toString("hex");
  const keyring = parseKeyring(encryptionKey);
  const fleet: Fleet = await startFleet({
    workers: 0,
    worker: fileURLToPath(new URL("bench_worker.ts", import.meta.url)),
    env: { GRAPH_API_URL: metaUrl, ENCRYPTION_KEY: encryptionKey, LOG_LEVEL: "warn" },
  });
  const { sql } = fleet.database;
  // Benches send from a page faster than Meta takes it.
  await sql`alter table messaging.paces drop constraint paces_limit`;
  const { api, workspaceId }: { api: ApiClient; workspaceId: string } = await openWorkspace(fleet);
  let serial = 0;

  async function arrivals(method: "GET" | "DELETE" = "GET") {
    const answer = await fetch(`${metaUrl}/_arrivals`, { method });
    const read: { arrivals: [number, string, string][]; mostInFlight: number; callMs: number } =
      await answer.json();
    const all = read.arrivals.map(([at, page, text]): Arrival => ({ at, page, text }));
    return { all, mostInFlight: read.mostInFlight, callMs: read.callMs };
  }

  return {
    fleet,
    sql,
    api,
    workspaceId,
    metaUrl,
    arrivals,
    async countArrivals(): Promise<number> {
      return Number(await (await fetch(`${metaUrl}/_count`)).text());
    },
    forget: () => arrivals("DELETE"),

    /** Connected pages that may send so much a second. */
    async addPages(count: number, perSecond: number): Promise<StagePage[]> {
      const pages: StagePage[] = [];
      for (let n = 0; n < count; n += 1) {
        serial += 1;
        const facebookId = `10481006906${String(serial).padStart(4, "0")}`;
        const token = sealPageToken(keyring, facebookId, `EAAG${facebookId}`);
        pages.push(await insertPage(fleet.database, facebookId, token, workspaceId));
      }
      await sql`update messaging.paces set limit_per_second = ${perSecond}
        where kind = 'text' and page_id = any(${pages.map(({ pageId }) => pageId)}::uuid[])`;
      await sql`analyze messaging.pages, messaging.lanes`;
      return pages;
    },

    /** People of a page who wrote a minute ago, as they are after autovacuum has seen them. */
    async addPeople(pages: readonly StagePage[], perPage: number): Promise<void> {
      for (const { pageId } of pages)
        await sql`
          with c as (
            insert into messaging.contacts (workspace_id, page_id, psid, last_inbound_at)
            select ${workspaceId}, ${pageId}, (1e15 + random() * 8e15)::int8::text, now() - interval '1 min'
            from generate_series(1, ${perPage}::int4)
            returning id)
          insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction)
          select id, ${workspaceId}, ${pageId}, now(), 'in' from c`;
      await sql`vacuum (analyze) messaging.contacts, messaging.conversations`;
    },

    async isOver(campaignId: string): Promise<boolean> {
      // As the product asks, each by its index: a question that reads more would be measured, too.
      const [row] = await sql<{ is_over: boolean }[]>`
        select (select true from messaging.deliveries where campaign_id = ${campaignId} and state = 'queued'
            order by page_id, class, due_at, id limit 1) is null
          and (select true from messaging.deliveries where campaign_id is not distinct from ${campaignId}
            and state in ('leased', 'sending', 'unknown') order by contact_id limit 1) is null as is_over`;
      return row?.is_over === true;
    },

    async close(): Promise<void> {
      await fleet.stop();
      standIn.kill();
      await standIn.exited;
      await stopServices();
    },
  };
}

/** The most that came in any one second. */
export function fullestSecond(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [n, at] of sorted.entries()) {
    while (at - (sorted[first] ?? at) >= 1_000) first += 1;
    most = Math.max(most, n - first + 1);
  }
  return most;
}

/** Calls a second between the first and the last. */
export function rateOf(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return ((sorted.length - 1) * 1000) / ((sorted.at(-1) ?? 0) - (sorted[0] ?? 0));
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
