import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { insertCampaign } from "../testing/insert_campaign.ts";
import { type Ledger, openLedger } from "../testing/ledger.ts";
import { rowsRead } from "../../../db/testing.ts";
import { enrolByHand, removeEnrolment } from "../sequences/enrolments.ts";
import { advanceSequences } from "../sequences/advance.ts";
import { runSequence } from "../sequences/testing.ts";
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

/**
 * The number of messages in one claim of campaigns, whether there are more, and the ledger's index entries it reads.
 */
async function claimOnce(limit = 400): Promise<{ taken: number; isMore: boolean; read: number }> {
  let taken = 0;
  let isMore = false;
  const read = await rowsRead(on.database.url, "deliveries", async (sql) => {
    const claimed = await claimSlice(sql, {
      workerId: crypto.randomUUID(),
      classes: ["campaign"],
      limit,
      settings: deliveryDefaults,
      gates: createPageGates(),
      contents: createContentCache(),
      appUrl: "https://host.test",
    });
    taken = claimed?.flights.length ?? 0;
    isMore = claimed?.isMore ?? false;
  });
  return { taken, isMore, read };
}

test("claim() does not read rows of a later time, such as those held back for a split test's winner", async () => {
  const { page } = await on.makePage(3_000);
  await insertCampaign(on, [page]);
  await on.sql`update messaging.deliveries set due_at = 'infinity'
    where id = any (array(select id from messaging.deliveries order by id limit 2980))`;
  await on.sql`vacuum (analyze) messaging.deliveries`;

  const { taken, read } = await claimOnce();

  expect(taken).toBe(20);
  expect(read).toBeLessThan(500);
});

test("claim() does not read rows of a paused campaign", async () => {
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

test("claim() reports whether more can be taken at once, so workers do not look in vain", async () => {
  const { page } = await on.makePage(10);
  await insertCampaign(on, [page]);

  const first = await claimOnce(4);
  await on.sql`update messaging.paces set leased_by = null, leased_until = null`;
  const second = await claimOnce();

  expect([first.taken, first.isMore]).toEqual([4, true]);
  expect([second.taken, second.isMore]).toEqual([6, false]);
});

test("claim() sends nothing to a contact who left a sequence while another process held their message", async () => {
  const { page, contacts } = await on.makePage(2);
  const ref = await runSequence(on.sql, page);
  await enrolByHand(on.sql, ref, { contactIds: contacts.map(({ id }) => id) });
  await advanceSequences(on.sql);
  const [leaver] = await on.sql<{ id: string; contact_id: string }[]>`
    select id, contact_id from messaging.enrolments where campaign_id = ${ref.sequenceId} order by id limit 1`;
  if (!leaver) throw new Error("Nobody came in");
  await on.sql.begin(async (tx) => {
    await tx`select from messaging.deliveries where contact_id = ${leaver.contact_id} for update`;
    await removeEnrolment(on.sql, { ...ref, enrolmentId: leaver.id });
  });

  const { taken } = await claimOnce();

  expect(taken).toBe(1);
  expect(
    await on.sql`select state, reason from messaging.deliveries where contact_id = ${leaver.contact_id}`,
  ).toEqual([{ state: "skipped", reason: "left-sequence" }]);
});
