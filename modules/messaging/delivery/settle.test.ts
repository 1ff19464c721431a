import { expect, test } from "vitest";
import { insertCampaign } from "../../../e2e/support/delivery.ts";
import { openLedger } from "../../../e2e/support/ledger.ts";
import { rowsRead } from "../../../e2e/support/rows_read.ts";
import { answeredError } from "../graph_error.ts";
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

test("settleBatch() writes an error whatever Meta wrote into it, beside what was sent", async () => {
  const ledger = await openLedger();
  const { page } = await ledger.makePage(5);
  const id = await insertCampaign(ledger, [page]);
  const claimed = await claimSlice(ledger.sql, {
    workerId: crypto.randomUUID(),
    classes: ["campaign"],
    limit: 5,
    settings: deliveryDefaults,
    gates: createPageGates(),
    contents: createContentCache(),
    appUrl: "https://host.test",
  });
  const stated = [
    { message: `${"x".repeat(499)}👍`, code: 100, subcode: null },
    { message: "\u0000 and \ud83d", code: 100, subcode: null },
    { message: "far too large", code: 1e15, subcode: 2.5 },
  ];

  const [sent, ...failed] = claimed?.flights ?? [];
  const usage = { percent: null, regainSeconds: null };
  await settleBatch(
    ledger.sql,
    [
      ...(sent
        ? [{ flight: sent, outcome: { kind: "sent" as const, mid: "m_1", recipientId: null, usage } }]
        : []),
      ...stated.flatMap((error, n) => {
        const flight = failed[n];
        return flight
          ? [{ flight, outcome: { kind: "error" as const, error: answeredError(error, 400, null) } }]
          : [];
      }),
    ],
    deliveryDefaults,
  );

  expect(claimed?.flights).toHaveLength(5);
  expect(await ledger.ledgerOf(id)).toMatchObject({ sent: 1, "failed invalid": 3 });
  await ledger.close();
});
