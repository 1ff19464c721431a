import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { insertCampaign } from "../../../e2e/support/delivery.ts";
import { type Ledger, openLedger } from "../../../e2e/support/ledger.ts";
import { rowsRead } from "../../../e2e/support/rows_read.ts";
import { claimSlice } from "./claim.ts";
import { createContentCache } from "./content_cache.ts";
import { createPageGates } from "./page_gates.ts";
import { deliveryDefaults } from "./settings.ts";

let on: Ledger;
beforeAll(async () => {
  on = await openLedger();
});
afterAll(() => on.close());
beforeEach(() => on.clear());

/** How many messages one claim of campaigns takes, and how many entries of the ledger's indexes it reads for that. */
async function claimOnce(): Promise<{ taken: number; read: number }> {
  let taken = 0;
  const read = await rowsRead(on.database.url, "deliveries", async (sql) => {
    const claimed = await claimSlice(sql, {
      workerId: crypto.randomUUID(),
      classes: ["campaign"],
      limit: 400,
      settings: deliveryDefaults,
      gates: createPageGates(),
      contents: createContentCache(),
      appUrl: "https://host.test",
    });
    taken = claimed?.flights.length ?? 0;
  });
  return { taken, read };
}

test("a claim does not read what waits for a later time, as those who are held back for a winner do", async () => {
  const { page } = await on.makePage(3_000);
  await insertCampaign(on, [page]);
  await on.sql`update messaging.deliveries set due_at = 'infinity'
    where id = any (array(select id from messaging.deliveries order by id limit 2980))`;
  await on.sql`vacuum (analyze) messaging.deliveries`;

  const { taken, read } = await claimOnce();

  expect(taken).toBe(20);
  expect(read).toBeLessThan(500);
});

test("a claim does not read what waits in a campaign that was paused", async () => {
  const { page } = await on.makePage(3_000);
  await insertCampaign(on, [page], { status: "paused" });
  await on.sql`vacuum (analyze) messaging.deliveries`;
  await insertCampaign(on, [page]);
  await on.sql`delete from messaging.deliveries where psid not like '%00' and campaign_id in (
    select id from messaging.campaigns where status = 'running')`;
  await on.sql`vacuum messaging.deliveries`;

  const { taken, read } = await claimOnce();

  expect(taken).toBe(30);
  expect(read).toBeLessThan(500);
});
