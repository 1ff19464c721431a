import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "#db";
import { type CampaignStage, insertContacts, openCampaignStage } from "./testing/campaign_stage.ts";
import { insertCampaign } from "./testing/insert_campaign.ts";
import { until } from "../std/testing.ts";
import { allSteps, startTicker } from "./ticker.ts";
import { readCampaign } from "./campaigns/campaign_live.ts";
import { launchNews } from "./campaign_plan/testing.ts";

let stage: CampaignStage;
beforeEach(async () => {
  stage = await openCampaignStage({ contacts: 3 });
});
afterEach(() => stage.close());

test("startTicker() repeats at once while there is more, despite failures, and no step delays another", async () => {
  const on = { ...stage, config: { appUrl: "http://localhost" } };
  const { promise: hanging, resolve: letGo } = Promise.withResolvers<boolean>();
  let left = 5;
  let failures = 0;
  const ticker = startTicker(on, {
    retryMs: 20,
    steps: [
      { name: "hang", pauseMs: 1, run: () => hanging },
      {
        name: "fail",
        pauseMs: 1,
        async run() {
          failures += 1;
          throw new Error("Not this time");
        },
      },
      {
        name: "work",
        pauseMs: 60_000,
        async run() {
          left -= 1;
          return left > 0;
        },
      },
    ],
  });

  await until("the work and the failures", async () => left === 0 && failures > 2);
  const stopped = ticker.stop();
  const first = await Promise.race([stopped.then(() => "stopped"), Bun.sleep(20).then(() => "waits")]);
  letGo(false);
  await stopped;

  expect(first).toBe("waits");
  expect(left).toBe(0);
});

test("two concurrent tickers plan a launched campaign once and publish its counts", async () => {
  const on = { ...stage, config: { appUrl: "http://localhost" } };
  const heard: unknown[] = [];
  on.live.subscribe(`workspace:${stage.workspaceId}`, ({ name, data }) => {
    if (name === "campaign") heard.push(data);
  });
  const tickers = [startTicker(on), startTicker(on)];

  const campaignId = await launchNews(stage);
  await until("the counts on the screen", async () =>
    JSON.stringify(heard.at(-1) ?? "").includes('"planned":3'),
  );
  await Promise.all(tickers.map((ticker) => ticker.stop()));

  expect(heard.at(-1)).toMatchObject({ campaignId, status: "running", counts: { planned: 3, queued: 3 } });
  expect((await readCampaign(stage, stage.workspaceId, campaignId)).counts.planned).toBe(3);
});

test("only the count of results reads queued rows, even while statistics show none", async () => {
  const { sql, workspaceId } = stage;
  const [pageId = ""] = stage.pageIds;
  await insertContacts(stage, pageId, 3_000);
  await insertCampaign(stage, [{ workspaceId, pageId }]);
  await sql`alter table messaging.deliveries set (autovacuum_enabled = false)`;
  await sql`update messaging.deliveries set state = 'skipped', reason = 'blocked'`;
  await sql`vacuum analyze messaging.deliveries`;
  await sql`update messaging.deliveries set state = 'queued'`;
  // Each connection writes its own statistics, and this one when it is asked to.
  const own = openDatabase(stage.database.url, { max: 1 });
  const on = { ...stage, ...own, config: { appUrl: "http://localhost" } };
  const rowsRead = async () => {
    await own.sql`select pg_stat_force_next_flush()`;
    const [row] = await own.sql<{ count: number }[]>`
      select (seq_tup_read + coalesce(idx_tup_fetch, 0) + (
        select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'deliveries'))::int4 as count
      from pg_stat_user_tables where relname = 'deliveries'`;
    return row?.count ?? 0;
  };

  const readers: string[] = [];
  for (const { name, run } of allSteps) {
    const before = await rowsRead();
    await run(on);
    if ((await rowsRead()) - before > 20) readers.push(name);
  }
  await own.close();

  expect(readers).toEqual(["count receipts"]);
});
