/** Many open conversations with few unread ones or no free member: each query reads few rows. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CampaignStage, insertContacts, openCampaignStage } from "../testing/campaign_stage.ts";
import { conversationsRead } from "../testing/rows_read.ts";
import { systemClock } from "#std";
import { countConversations } from "./conversation_counts.ts";
import { listConversations } from "./conversations.ts";
import { assignConversations } from "./assign_conversations.ts";
import { writeAssignmentRules } from "./assignment_rules.ts";

const open = 20_000;
const unread = 7;

let stage: CampaignStage;
beforeAll(async () => {
  stage = await openCampaignStage();
  await insertContacts(stage, stage.pageIds[0] ?? "", open);
  await stage.sql`
    insert into messaging.conversations (workspace_id, id, page_id, last_message_at, preview_direction, unread_count)
    select workspace_id, id, page_id, now() - make_interval(secs => n), 'in', (n > ${open - unread})::int4
    from (select *, row_number() over (order by id) as n from messaging.contacts) c`;
  await stage.sql`vacuum analyze messaging.conversations`;
});
afterAll(() => stage.close());

test("countConversations() counts few unread ones without reading read ones", async () => {
  const counts = await countConversations(stage.sql, stage.workspaceId, {
    status: "open",
    userId: stage.userId,
  });

  const read = await conversationsRead(stage, (sql) =>
    countConversations(sql, stage.workspaceId, { status: "open", userId: stage.userId }),
  );

  expect(counts).toEqual({ mine: 0, unassigned: 1_000, all: 1_000, unread });
  // Those of everybody and of nobody stop at a thousand.
  expect(read).toBeLessThan(5_000);
});

test.each([{}, { assignee: "none" as const }, { status: "all" as const }])(
  "listConversations() finds few unread ones without reading read ones: %o",
  async (query) => {
    const ask = (sql: CampaignStage["sql"]) =>
      listConversations({ sql, clock: systemClock }, stage.workspaceId, {
        me: stage.userId,
        unread: "true",
        ...query,
      });

    const read = await conversationsRead(stage, ask);

    expect((await ask(stage.sql)).items).toHaveLength(unread);
    expect(read).toBeLessThan(100);
  },
);

/** Rows of conversations that a look for those to assign reads. */
const readByAssigning = () => conversationsRead(stage, (sql) => assignConversations({ ...stage, sql }));

const assigneesOf = async (ids: readonly string[]) => {
  const rows = await stage.sql<{ id: string; assignee_id: string | null }[]>`
    select id, assignee_id from messaging.conversations where id = any(${[...ids]}::uuid[])`;
  return ids.map((id) => rows.find((row) => row.id === id)?.assignee_id ?? null);
};

test("assignConversations() reads little beside many unread ones when all members are at their limit", async () => {
  const { sql, workspaceId, userId } = stage;
  await sql`insert into auth.memberships (workspace_id, user_id, role) values (${workspaceId}, ${userId}, 'manager')`;
  await writeAssignmentRules(sql, workspaceId, { how: "fewest_open", userIds: [userId], mostOpen: 3 });
  await sql`update messaging.assignment_rules set since = '2020-01-01'`;
  const oldest = await sql<{ id: string }[]>`
    select id from messaging.conversations where unread_count > 0 order by last_message_at limit 5`;
  const ids = oldest.map(({ id }) => id);

  const readByFew = await conversationsRead(stage, (sql) => assignConversations({ ...stage, sql }));
  const afterFirst = await assigneesOf(ids);
  // Everybody writes.
  await sql`update messaging.conversations set unread_count = 1`;
  await sql`analyze messaging.conversations`;
  const readWhileFull = await readByAssigning();
  await sql`update messaging.conversations set status = 'resolved' where id = ${ids[0] ?? ""}`;
  const isMore = await assignConversations(stage);

  expect(afterFirst).toEqual([userId, userId, userId, null, null]);
  expect(readByFew).toBeLessThan(100);
  expect(readWhileFull).toBeLessThan(100);
  // The next in line gets the room at once, by a single query.
  expect(isMore).toBe(false);
  expect(await assigneesOf(ids)).toEqual([userId, userId, userId, userId, null]);
});

test("assignConversations() reads little beside many read unassigned conversations, as after a campaign", async () => {
  const { sql } = stage;
  await sql`update messaging.conversations set unread_count = 0, last_message_at = now(), status = 'open'`;
  await sql`update messaging.assignment_rules set most_open = null`;
  await sql`vacuum analyze messaging.conversations`;

  expect(await readByAssigning()).toBeLessThan(100);
});
