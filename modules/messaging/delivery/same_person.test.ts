import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { beforeCommit } from "../../../db/testing.ts";
import { insertCampaign } from "../testing/insert_campaign.ts";
import { type Ledger, openLedger } from "../testing/ledger.ts";
import { claimSlice } from "./claim.ts";
import { createContentCache } from "./content_cache.ts";
import { createPageGates } from "./page_gates.ts";
import { deliveryDefaults } from "./settings.ts";

let on: Ledger;
beforeAll(async () => {
  on = await openLedger();
});
afterAll(() => on.close());

/** The number of messages in a claim by another worker. */
async function claim(sql: Sql): Promise<number> {
  const claimed = await claimSlice(sql, {
    workerId: crypto.randomUUID(),
    classes: ["campaign"],
    limit: 100,
    settings: deliveryDefaults,
    gates: createPageGates(),
    contents: createContentCache(),
    appUrl: "https://host.test",
  });
  return claimed?.flights.length ?? 0;
}

test("two messages to one person do not both leave when one is planned late and two claims run at once", async () => {
  const { page, contacts } = await on.makePage(1);
  const other = await on.makePage(1, page);
  const late = other.contacts[0]?.id ?? "";
  await on.sql`update messaging.contacts set person_id = ${crypto.randomUUID()}
    where id = any(${[contacts[0]?.id ?? "", late]}::uuid[])`;
  const id = await insertCampaign(on, [page]);
  // Its id is lower, as that of a range that was begun before and ended after the other one.
  const planLate = () => on.sql`
    with row as (
      insert into messaging.deliveries (id, workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, state)
      select '00000000-0000-7000-8000-000000000000', c.workspace_id, c.page_id, c.id, c.psid, d.class, d.content_id,
             d.campaign_id, 'queued'
      from messaging.contacts c, messaging.deliveries d where c.id = ${late} and d.campaign_id = ${id})
    update messaging.lanes set next_eligible_at = now() where page_id = ${other.page.pageId} and class = 'campaign'`;
  let second = 0;

  const slow = beforeCommit(on.sql, async (tx) => {
    const marked = await tx`select from messaging.deliveries where state = 'sending'`;
    if (marked.length === 0) return;
    await planLate();
    second = await claim(on.sql);
  });
  const first = await claim(slow);
  await on.sql`update messaging.deliveries set state = 'sent', settled_at = now() where state = 'sending'`;
  await on.sql`update messaging.deliveries set due_at = now() where state = 'queued'`;
  await on.sql`update messaging.lanes set next_eligible_at = now() where page_id = ${other.page.pageId}`;
  await on.sql`update messaging.paces set leased_by = null, leased_until = null`;
  const third = await claim(on.sql);

  expect([first, second, third]).toEqual([1, 0, 0]);
  expect(await on.ledgerOf(id)).toEqual({ sent: 1, "skipped duplicate-person": 1 });
});
