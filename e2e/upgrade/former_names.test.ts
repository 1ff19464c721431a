/**
 * The statements of 0.2.0 on tables that have another name now: its processes run on until an update replaced them.
 * Their texts are those of commit 87cc2f7.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../../modules/messaging/testing/campaign_stage.ts";

let stage: CampaignStage;
beforeAll(async () => {
  stage = await openCampaignStage();
});
afterAll(() => stage.close());

test("a process of 0.2.0 reads and writes the assignment rules by their former name", async () => {
  const { sql, workspaceId } = stage;
  const userIds = [crypto.randomUUID(), crypto.randomUUID()];
  const write = (how: string) => sql`
    insert into messaging.giving_rules as r (workspace_id, how, user_ids, most_open)
    values (${workspaceId}, ${how}, ${userIds}::uuid[], ${5}::int2)
    on conflict (workspace_id) do update set how = excluded.how, user_ids = excluded.user_ids,
      most_open = excluded.most_open, since = case when r.how = 'off' then now() else r.since end`;
  await write("off");
  await write("in_turn");

  const locked = await sql.begin(async (tx) => {
    const rows = await tx`
      select workspace_id, how, user_ids, most_open, last_user_id, since::text from messaging.giving_rules
      where workspace_id = ${workspaceId} and how <> 'off' for no key update skip locked`;
    const others = await sql`
      select from messaging.assignment_rules where workspace_id = ${workspaceId} for no key update skip locked`;
    await tx`update messaging.giving_rules set last_user_id = ${userIds[1] ?? null}
      where workspace_id = ${workspaceId}`;
    return { rows: rows.length, others: others.length };
  });

  // One process at a time, of whichever version.
  expect(locked).toEqual({ rows: 1, others: 0 });
  expect(await sql`select how, user_ids, most_open, last_user_id from messaging.assignment_rules`).toEqual([
    { how: "in_turn", user_ids: userIds, most_open: 5, last_user_id: userIds[1] },
  ]);
});

test("a process of 0.2.0 reads and writes automatic replies by their former name", async () => {
  const { sql, workspaceId } = stage;
  const [pageId = ""] = stage.pageIds;
  const write = (welcome: object) => sql`
    insert into messaging.page_replies as r (workspace_id, page_id, welcome, away, business_hours)
    select workspace_id, id, ${JSON.stringify(welcome)}::jsonb, ${null}::jsonb, ${null}::jsonb
    from messaging.pages where workspace_id = ${workspaceId} and id = ${pageId}
    on conflict (page_id) do update set welcome = excluded.welcome, away = excluded.away,
      business_hours = excluded.business_hours, updated_at = now(),
      seen_until = case when r.welcome is null and r.away is null then now() else r.seen_until end
    returning page_id`;
  await write({ text: "Hi" });

  const written = await write({ text: "Welcome!" });
  const locked = await sql.begin(async (tx) => {
    const rows = await tx`
      select workspace_id, page_id, welcome, away, business_hours
      from messaging.page_replies where page_id = ${pageId} for update skip locked`;
    const others = await sql`
      select from messaging.auto_replies where page_id = ${pageId} for update skip locked`;
    await tx`update messaging.page_replies
      set seen_until = (select min(u::timestamptz) from unnest(${["2026-11-29"]}::text[]) u)
      where page_id = ${pageId}`;
    return { rows: rows.length, others: others.length };
  });

  expect(written).toEqual([{ page_id: pageId }]);
  expect(locked).toEqual({ rows: 1, others: 0 });
  expect(
    await sql`select welcome, away, seen_until < now() - interval '1 day' as moved from messaging.auto_replies`,
  ).toEqual([{ welcome: { text: "Welcome!" }, away: null, moved: true }]);
});
