import { expect, test } from "vitest";
import { insertCampaign } from "../testing/insert_campaign.ts";
import { openLedger } from "../testing/ledger.ts";
import { firstDue } from "./lane_due.ts";

// Statistics lag: after a campaign they show nothing waiting, and the next one begins before they are renewed.
test("firstDue() reads only its own lane, even while statistics show nothing waiting", async () => {
  const ledger = await openLedger();
  const { sql } = ledger;
  const { page } = await ledger.makePage(300);
  const pages = [page];
  for (let n = 0; n < 4; n += 1) pages.push((await ledger.makePage(300, page)).page);
  await insertCampaign(ledger.database, pages);
  await sql`update messaging.deliveries set state = 'sent', settled_at = now()`;
  await sql`update messaging.campaigns set status = 'completed'`;
  await sql`vacuum (analyze) messaging.deliveries`;
  await insertCampaign(ledger.database, pages);

  const plan = await sql.unsafe(
    `explain (analyze) ${await textOf(sql`select ${firstDue(sql)} from messaging.lanes l where l.class = 'campaign'`)}`,
  );
  const removed = plan.flatMap(
    (row) => /Rows Removed by Filter: (\d+)/.exec(String(row["QUERY PLAN"]))?.[1] ?? [],
  );

  expect(removed.reduce((sum, rows) => sum + Number(rows), 0)).toBeLessThan(300);
  await ledger.close();
});

/** The text of a statement that has no parameters. */
async function textOf(statement: ReturnType<Awaited<ReturnType<typeof openLedger>>["sql"]>): Promise<string> {
  return (await statement.describe()).string;
}
