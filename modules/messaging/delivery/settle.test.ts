import { expect, test } from "vitest";
import { insertCampaign } from "../../../e2e/support/delivery.ts";
import { openLedger } from "../../../e2e/support/ledger.ts";
import { rowsRead } from "../../../e2e/support/rows_read.ts";
import { claimSlice } from "./claim.ts";
import { createContentCache } from "./content_cache.ts";
import { createPageGates } from "./page_gates.ts";
import { deliveryDefaults } from "./settings.ts";
import { settleBatch } from "./settle.ts";

// So they do after the first large campaign was planned, and until a tenth of it was sent.
test("settleBatch() reads only its own rows, also while statistics say that nothing was ever sent", async () => {
  const ledger = await openLedger();
  const { page } = await ledger.makePage(3_000);
  const id = await insertCampaign(ledger, [page]);
  await ledger.sql`vacuum (analyze) messaging.deliveries`;
  await ledger.sql`update messaging.deliveries set state = 'sent', settled_at = now(), attempt_id = gen_random_uuid()
    where id = any (array(select id from messaging.deliveries order by id limit 2800))`;
  const claimed = await claimSlice(ledger.sql, {
    workerId: crypto.randomUUID(),
    classes: ["campaign"],
    limit: 20,
    settings: deliveryDefaults,
    gates: createPageGates(),
    contents: createContentCache(),
    appUrl: "https://host.test",
  });

  const landed = (claimed?.flights ?? []).map((flight, n) => ({
    flight,
    outcome: {
      kind: "sent" as const,
      mid: `m_${n}`,
      recipientId: null,
      usage: { percent: null, regainSeconds: null },
    },
  }));
  const read = await rowsRead(ledger.database.url, "deliveries", async (sql) => {
    await settleBatch(sql, landed, deliveryDefaults);
  });

  expect(landed).toHaveLength(20);
  expect(await ledger.ledgerOf(id)).toEqual({ queued: 180, sent: 2_820 });
  expect(read).toBeLessThan(500);
  await ledger.close();
});
