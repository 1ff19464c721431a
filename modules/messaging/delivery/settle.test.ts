import { expect, test } from "vitest";
import { insertCampaign } from "../testing/insert_campaign.ts";
import { openLedger } from "../testing/ledger.ts";
import { rowsRead } from "../../../db/testing.ts";
import { answeredError } from "../graph/error.ts";
import { claimSlice } from "./claim.ts";
import { createContentCache } from "./content_cache.ts";
import { createPageGates } from "./page_gates.ts";
import { deliveryDefaults } from "./settings.ts";
import { settleBatch } from "./settle.ts";

// So they do after the first large campaign was planned, and until a tenth of it was sent.
test("settleBatch() reads only its own rows, even while statistics show that nothing was ever sent", async () => {
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
      usage: { percent: null, appPercent: null, regainSeconds: null },
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

test("settleBatch() writes any error text of Meta, beside sent messages", async () => {
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
  const usage = { percent: null, appPercent: null, regainSeconds: null };
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

test("settleBatch() keeps the results of private replies of one campaign that go to one person", async () => {
  const ledger = await openLedger();
  const { page } = await ledger.makePage(0);
  const campaignId = await insertCampaign(ledger, [page]);
  await ledger.sql`
    with comment as (
      insert into messaging.comments (workspace_id, page_id, comment_id, from_id, text, created_at, changed_at)
      select ${page.workspaceId}, ${page.pageId}, '1_' || n, n::text, 'How much?', now(), now() from generate_series(1, 2) n
      returning id, from_id),
    content as (insert into messaging.contents (workspace_id, message)
      values (${page.workspaceId}, '{"text": "9 euros"}') returning id)
    insert into messaging.deliveries (workspace_id, page_id, psid, comment_id, class, content_id, campaign_id, state)
    select ${page.workspaceId}, ${page.pageId}, from_id, comment.id, 'private_reply', content.id, ${campaignId}, 'queued'
    from comment, content`;
  const lane = () =>
    ledger.sql`update messaging.lanes set next_eligible_at = now() where class = 'private_reply'`;
  const gates = createPageGates();
  const flights = [];
  for (let n = 0; n < 2; n += 1) {
    await lane();
    const claimed = await claimSlice(ledger.sql, {
      workerId: crypto.randomUUID(),
      classes: ["private_reply"],
      limit: 1,
      settings: deliveryDefaults,
      gates,
      contents: createContentCache(),
      appUrl: "https://host.test",
    });
    flights.push(...(claimed?.flights ?? []));
    await ledger.sql`update messaging.paces set leased_by = null, leased_until = null`;
  }
  expect(flights).toHaveLength(2);

  await settleBatch(
    ledger.sql,
    flights.map((flight, n) => ({
      flight,
      outcome: {
        kind: "sent",
        mid: `m_${n}`,
        recipientId: "9001",
        usage: { percent: null, appPercent: null, regainSeconds: null },
      },
    })),
    deliveryDefaults,
  );

  const rows = await ledger.sql`select d.state, c.psid from messaging.deliveries d
    left join messaging.contacts c on c.id = d.contact_id where d.campaign_id = ${campaignId}`;
  expect(rows).toEqual([
    { state: "sent", psid: "9001" },
    { state: "sent", psid: "9001" },
  ]);
  await ledger.close();
});
