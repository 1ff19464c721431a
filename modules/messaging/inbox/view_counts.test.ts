/** A workspace of one huge and one small page, few unread and few tagged: each view reads few rows for its count. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#std";
import { type CampaignStage, insertContacts, openCampaignStage } from "../testing/campaign_stage.ts";
import { conversationsRead } from "../testing/rows_read.ts";
import { listConversations } from "./conversations.ts";
import type { SavedView } from "./schema_views.ts";
import { countViews } from "./view_counts.ts";
import { saveView } from "./view_store.ts";

const everything: SavedView["filter"] = {
  tab: "all",
  status: "open",
  search: "",
  pageId: null,
  tagId: null,
  unreadOnly: false,
  sort: "newest",
};
let stage: CampaignStage;
let few: string;
let all: string;

// Page 1 has 20,000 open conversations; page 2 has 30 older ones, of which 10 are resolved. Of page 1's oldest, 7 are
// unread, 5 are Ann's, and 3 have the tag "few"; everybody on it has the tag "all".
beforeAll(async () => {
  stage = await openCampaignStage({ pages: 2 });
  const { sql, workspaceId, userId, pageIds } = stage;
  await insertContacts(stage, pageIds[0] ?? "", 20_000);
  await insertContacts(stage, pageIds[1] ?? "", 30);
  await sql`insert into auth.memberships (workspace_id, user_id, role) values (${workspaceId}, ${userId}, 'manager')`;
  await sql`
    insert into messaging.conversations (workspace_id, id, page_id, last_message_at, preview_direction, status, unread_count,
      assignee_id)
    select workspace_id, id, page_id, now() - make_interval(secs => n + case when page_id = ${pageIds[1] ?? ""} then 1e6 else 0 end),
      'in', case when page_id = ${pageIds[1] ?? ""} and n <= 10 then 'resolved' else 'open' end,
      (n > 20000 - 7)::int4, case when n > 20000 - 5 then ${userId}::uuid end
    from (select *, row_number() over (partition by page_id order by id) as n from messaging.contacts) c`;
  const tags = await sql<{ id: string }[]>`
    insert into messaging.tags (workspace_id, name, colour) values (${workspaceId}, 'all', 'rose'), (${workspaceId}, 'few', 'rose')
    returning id`;
  [all = "", few = ""] = tags.map(({ id }) => id);
  await sql`
    insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id)
    select workspace_id, page_id, id, ${all}::uuid from messaging.conversations where page_id = ${pageIds[0] ?? ""}
    union all
    (select workspace_id, page_id, id, ${few}::uuid from messaging.conversations where unread_count > 0 order by id limit 3)`;
  await sql`vacuum analyze messaging.conversations, messaging.contact_tags`;
  const save = (name: string, filter: Partial<SavedView["filter"]>) =>
    saveView(stage, { workspaceId, userId }, { name, filter: { ...everything, ...filter } });
  await save("1 mine", { tab: "mine" });
  await save("2 unread", { unreadOnly: true });
  await save("3 few", { tagId: few });
  await save("4 all", { tagId: all });
  await save("5 small page", { pageId: pageIds[1] ?? "", status: "all" });
  await save("6 unread of the small page", { pageId: pageIds[1] ?? "", unreadOnly: true });
  await save("7 unassigned", { tab: "unassigned" });
  await save("8 resolved", { status: "resolved" });
  await save("9 words", { search: "order" });
});
afterAll(() => stage.close());

test("countViews() counts pages and views, and says where there may be more", async () => {
  const { pages, views } = await countViews(stage, stage);

  expect(pages.map(({ count, isMore }) => [count, isMore])).toEqual([
    [1_000, true],
    [20, false],
  ]);
  expect(views.map(({ count, isMore }) => [count, isMore])).toEqual([
    [5, false],
    [7, false],
    [3, false],
    [1_000, true],
    [30, false],
    [0, false],
    [1_000, true],
    [10, false],
  ]);
});

test("countViews() reads a bounded number of rows beside a large page", async () => {
  // An index entry and a row each of 5,000 tagged people, and of two that stop at 1,000.
  expect(await conversationsRead(stage, (sql) => countViews({ sql }, stage))).toBeLessThan(15_000);
});

test("listConversations() lists a small page without reading the large one", async () => {
  const ask = (sql: CampaignStage["sql"]) =>
    listConversations({ sql, clock: systemClock }, stage.workspaceId, {
      me: stage.userId,
      pageId: stage.pageIds[1] ?? "",
      limit: 30,
    });

  expect((await ask(stage.sql)).items).toHaveLength(20);
  expect(await conversationsRead(stage, ask)).toBeLessThan(200);
});
