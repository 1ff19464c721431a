import { afterAll, beforeAll, expect, test } from "vitest";
import { type CampaignStage, insertContacts, openCampaignStage } from "../testing/campaign_stage.ts";
import { readCampaign } from "../campaigns/campaign_live.ts";
import { listRecipients } from "../campaign_results/recipients.ts";
import { resendFailed } from "../campaign_plan/resend.ts";
import { planNews } from "../campaign_plan/testing.ts";
import { foldCounts } from "../campaign_state/counts.ts";
import { finishCampaigns } from "../campaign_state/stops.ts";
import { deleteContacts } from "./contact_delete.ts";

let stage: CampaignStage;
beforeAll(async () => {
  stage = await openCampaignStage({ pages: 1 });
});
afterAll(() => stage.close());

const states = ["queued", "sending", "unknown", "sent", "failed", "skipped"];

test("deleteContacts() keeps a campaign's figures, without identifiable people", async () => {
  const { sql, workspaceId, userId, pageIds } = stage;
  const ids = await insertContacts(stage, pageIds[0] ?? "", 12);
  const campaignId = await planNews(stage);
  // Two people in each state; one of each is deleted.
  await sql`
    with changed as (
      update messaging.deliveries as d set state = s.state, attempt_id = gen_random_uuid(), settled_at = now(), mid = 'm' || n,
        reason = case when s.state in ('failed', 'skipped') then 'invalid' end, fills = '{"first_name":"Ann"}'
      from unnest(${ids}::uuid[]) with ordinality as p(id, n), unnest(${states}::text[]) with ordinality as s(state, m)
      where d.contact_id = p.id and (n - 1) / 2 + 1 = m
      returning d.state)
    insert into messaging.campaign_deltas (campaign_id, counts)
    select ${campaignId}, jsonb_object_agg(state, change) from (
      select state, sum(change) as change from (
        select state, 1 as change from changed union all select 'queued', -1 from changed) steps group by state) net`;
  const psids = await sql<{ psid: string }[]>`select psid from messaging.contacts`;

  const contactIds = ids.filter((_, at) => at % 2 === 1);
  await sql.begin((tx) => deleteContacts(tx, { workspaceId, contactIds, userId }));
  await foldCounts(stage);

  const { counts } = await readCampaign(stage, workspaceId, campaignId);
  const ledger = await sql<{ state: string; count: number }[]>`select state, count(*)::int4 as count
    from messaging.deliveries where campaign_id = ${campaignId} group by 1`;
  const gone =
    await sql`select to_jsonb(d)::text as row from messaging.deliveries as d where contact_id is null`;
  const { items } = await listRecipients(stage, workspaceId, { campaignId, limit: 100 });
  expect(counts).toMatchObject({
    planned: 12,
    queued: 1,
    sending: 1,
    unknown: 1,
    sent: 2,
    failed: 2,
    skipped: 2,
    cancelled: 3,
  });
  expect(Object.fromEntries(ledger.map(({ state, count }) => [state, count]))).toEqual({
    queued: 1,
    sending: 1,
    unknown: 1,
    sent: 2,
    failed: 2,
    skipped: 2,
    cancelled: 3,
  });
  expect(gone).toHaveLength(6);
  for (const { row } of gone) {
    for (const { psid } of psids) expect(row).not.toContain(psid);
    for (const id of contactIds) expect(row).not.toContain(id);
    expect(row).not.toContain("Ann");
  }
  expect(items.filter(({ name }) => name === "Deleted contact")).toHaveLength(6);

  await resendFailed(stage, workspaceId, { campaignId: campaignId, by: stage.ann });
  const [again] = await sql`select count(*)::int4 as count from messaging.deliveries where state = 'queued'`;
  expect(again).toEqual({ count: 2 });
  await sql.begin((tx) => deleteContacts(tx, { workspaceId, contactIds: ids, userId }));
  await foldCounts(stage);
  await finishCampaigns(stage);
  expect(await readCampaign(stage, workspaceId, campaignId)).toMatchObject({
    status: "completed",
    counts: { planned: 12, sent: 2, failed: 1, skipped: 2, cancelled: 7 },
  });
});
