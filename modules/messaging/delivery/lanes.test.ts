import { afterEach, beforeEach, expect, test } from "vitest";
import { rowsReadInside } from "../../../db/testing.ts";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { insertCampaign } from "../testing/insert_campaign.ts";
import { readPages } from "../pages/page_store.ts";
import { ensureLanes, summarizeLanes } from "./lanes.ts";

const [sent, waiting] = [6_000, 1_200];

let stage: CampaignStage;
beforeEach(async () => {
  stage = await openCampaignStage({ contacts: sent });
  const { sql, workspaceId, pageIds } = stage;
  const pages = pageIds.map((pageId) => ({ workspaceId, pageId }));
  for (const page of pages) await ensureLanes(sql, page);
  const before = await insertCampaign(stage.database, pages);
  await sql`update messaging.deliveries set state = 'sent', settled_at = now() where campaign_id = ${before}`;
  await sql`update messaging.campaigns set status = 'completed' where id = ${before}`;
  const now = await insertCampaign(stage.database, pages);
  await sql`delete from messaging.deliveries where campaign_id = ${now} and id not in (
    select id from messaging.deliveries where campaign_id = ${now} limit ${waiting})`;
  await sql`vacuum (analyze) messaging.deliveries`;
});
afterEach(() => stage.close());

test("summarizeLanes() counts waiting rows of lanes without reading sent ones", async () => {
  let lanes: Awaited<ReturnType<typeof summarizeLanes>> = [];

  const read = await rowsReadInside(stage.database.url, {
    table: "deliveries",
    async work(sql) {
      lanes = await summarizeLanes({ sql });
    },
  });

  expect(lanes).toEqual([expect.objectContaining({ class: "campaign", waiting, unknown: 0 })]);
  expect(read).toBeLessThan(2 * waiting);
});

test("a page shows at most 1,000 waiting messages for a larger campaign", async () => {
  let counts: number[] = [];

  const read = await rowsReadInside(stage.database.url, {
    table: "deliveries",
    async work(sql) {
      counts = (await readPages({ sql }, stage)).map((page) => page.waiting);
    },
  });

  expect(counts).toEqual([1_000]);
  expect(read).toBeLessThan(1_100);
});

test("messages of a disabled workspace are held with the reason", async () => {
  await stage.sql`update auth.workspaces set disabled_at = now()`;

  const lanes = await summarizeLanes(stage);

  expect(lanes).toEqual([expect.objectContaining({ waiting, heldReason: "The workspace is switched off" })]);
});
