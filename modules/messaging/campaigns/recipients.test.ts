import { drizzle } from "drizzle-orm/postgres-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../../../e2e/support/campaigns.ts";
import { rowsRead } from "../../../e2e/support/rows_read.ts";
import { listRecipients } from "./recipients.ts";
import { planNews } from "./testing.ts";

let stage: CampaignStage;
beforeEach(async () => {
  stage = await openCampaignStage({ people: 2_000 });
});
afterEach(() => stage.close());

test("listRecipients() of who was skipped, or of whom it failed to reach, does not read who gets it", async () => {
  const { sql, workspaceId } = stage;
  await sql`update messaging.contacts set subscribed = false
    where id = any(array(select id from messaging.contacts order by id desc limit 20))`;
  const campaignId = await planNews(stage);
  await sql`update messaging.deliveries set state = 'failed', reason = 'unreachable'
    where id = any(array(select id from messaging.deliveries where state = 'queued' order by id desc limit 10))`;
  await sql`vacuum (analyze) messaging.deliveries`;
  const found = new Set<number>();

  // More often than Postgres plans a statement anew.
  const read = await rowsRead(stage.database.url, "deliveries", async (own) => {
    const on = { db: drizzle(own, { casing: "snake_case" }), sql: own };
    for (let n = 0; n < 8; n += 1)
      for (const state of ["skipped", "failed"] as const)
        found.add((await listRecipients(on, workspaceId, { campaignId, state, limit: 50 })).items.length);
  });

  expect([...found]).toEqual([20, 10]);
  expect(read).toBeLessThan(8 * 60);
});
