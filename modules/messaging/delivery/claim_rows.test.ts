import { expect, test } from "vitest";
import { insertCampaign } from "../../../e2e/support/delivery.ts";
import { openLedger } from "../../../e2e/support/ledger.ts";
import { rowsRead } from "../../../e2e/support/rows_read.ts";
import { claimSlice } from "./claim.ts";
import { createContentCache } from "./content_cache.ts";
import { createPageGates } from "./page_gates.ts";
import { deliveryDefaults } from "./settings.ts";

test("a claim does not read what waits for a later time, as those who are held back for a winner do", async () => {
  const ledger = await openLedger();
  const { page } = await ledger.makePage(3_000);
  await insertCampaign(ledger, [page]);
  await ledger.sql`update messaging.deliveries set due_at = 'infinity'
    where id = any (array(select id from messaging.deliveries order by id limit 2980))`;
  await ledger.sql`vacuum (analyze) messaging.deliveries`;

  let count = 0;
  const read = await rowsRead(ledger.database.url, "deliveries", async (sql) => {
    const claimed = await claimSlice(sql, {
      workerId: crypto.randomUUID(),
      classes: ["campaign"],
      limit: 400,
      settings: deliveryDefaults,
      gates: createPageGates(),
      contents: createContentCache(),
      appUrl: "https://host.test",
    });
    count = claimed?.flights.length ?? 0;
  });

  expect(count).toBe(20);
  expect(read).toBeLessThan(500);
  await ledger.close();
});
