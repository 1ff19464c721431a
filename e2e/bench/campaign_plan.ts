/**
 * Measures planning a campaign to 1,000,000 people on 20 pages, and what one page's messages cost while those 1,000,000
 * wait in lanes that Meta throttles, against none waiting.
 *
 *     bun e2e/bench/campaign_plan.ts [--short]
 */
import { insertCampaign } from "../../modules/messaging/testing/insert_campaign.ts";
import type { StagePage } from "../../modules/messaging/testing/pages.ts";
import { waitFor } from "../support/product.ts";
import { epochMs } from "./support/epoch.ts";
import { openOutboundStage } from "./support/outbound_stage.ts";
import { postgresCpuMs } from "./support/postgres_cpu.ts";

const perPage = process.argv.includes("--short") ? 5_000 : 50_000;
const stage = await openOutboundStage({ latencyMs: 0 });
const { fleet, sql } = stage;

const say = (what: string, facts: Record<string, number>) =>
  process.stdout.write(
    `${what.padEnd(44)} ${Object.entries(facts)
      .map(([name, value]) => `${name} ${Number(value.toFixed(2))}`)
      .join("  ")}\n`,
  );
const postgresMs = async () => (await postgresCpuMs(sql)) ?? Number.NaN;

/** Two variants, and people who wait for the winner. */
const split = {
  content: undefined,
  variants: ["Fresh beans are here", "New: fresh beans"].map((text) => ({ content: { text }, weight: 50 })),
  split: { holdoutPercent: 20, winnerBy: "replied", afterMinutes: 60 },
};

/** Through the API, planned by a worker. */
async function plan(what: string, pages: readonly StagePage[], written: object = {}): Promise<void> {
  const path = `/workspaces/${stage.workspaceId}/campaigns`;
  const { campaign } = await stage.api.post<{ campaign: { id: string } }>(path, {
    name: "Beans",
    kind: "window",
    audience: { pageIds: pages.map(({ pageId }) => pageId) },
    content: { text: "Fresh beans are here" },
    ...written,
  });
  const before = await postgresMs();
  const startedAt = epochMs();
  await stage.api.post(`${path}/${campaign.id}/launch`);
  await waitFor(
    async () =>
      (await sql`select from messaging.campaigns where id = ${campaign.id} and planned_at is not null`)
        .length > 0,
    300_000,
    "the plan",
  );
  const seconds = (epochMs() - startedAt) / 1000;
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int4 as count from messaging.deliveries where campaign_id = ${campaign.id}`;
  say(what, { people: row?.count ?? 0, seconds, "Postgres s": ((await postgresMs()) - before) / 1000 });
}

/** Does autovacuum's work on new rows now, so it is not part of a measurement. */
async function vacuum(table: "contacts" | "deliveries"): Promise<void> {
  const before = await postgresMs();
  await sql.unsafe(`vacuum (analyze) messaging.${table}`);
  say(`vacuum of ${table}`, { "Postgres s": ((await postgresMs()) - before) / 1000 });
}

/** The cost of sending to all contacts of a page for Postgres, in µs per message; the best of five. */
async function costOf(page: StagePage, what: string): Promise<void> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round += 1) {
    const before = await postgresMs();
    const campaignId = await insertCampaign(fleet.database, [page]);
    await waitFor(() => stage.isOver(campaignId), 120_000, "the page's campaign to end");
    const [row] = await sql<{ count: number }[]>`
      select count(*)::int4 as count from messaging.deliveries where campaign_id = ${campaignId}`;
    best = Math.min(best, (((await postgresMs()) - before) * 1000) / (row?.count ?? 1));
  }
  say(`Postgres for a message, ${what}`, { µs: best });
}

try {
  const pages = await stage.addPages(20, 300);
  const [open] = await stage.addPages(1, 2_000);
  if (!open) throw new Error("Cannot add a page");
  await stage.addPeople(pages, perPage);
  await stage.addPeople([open], 4_000);
  // As a throttle leaves them: nothing of these pages is due for an hour.
  await sql`update messaging.lanes set held_until = now() + interval '1 h', held_reason = 'Throttled'
    where page_id = any(${pages.map(({ pageId }) => pageId)}::uuid[])`;
  fleet.startWorker(0);
  await costOf(open, "nothing else waiting");
  await vacuum("contacts");
  await plan("plan", pages);
  await vacuum("deliveries");
  await costOf(open, "the plan waiting in throttled lanes");
  await plan("plan of a split test", pages, split);
} catch (error) {
  process.stderr.write(fleet.log());
  throw error;
} finally {
  await stage.close();
}
