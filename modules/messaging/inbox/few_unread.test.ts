/** Many open conversations, of which few are unread: what is read must depend on the few. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CampaignStage, insertPeople, openCampaignStage } from "../../../e2e/support/campaigns.ts";
import { rowsReadInside } from "../../../e2e/support/rows_read.ts";
import { systemClock } from "#std";
import { countConversations } from "./conversation_counts.ts";
import { listConversations } from "./conversations.ts";

const open = 20_000;
const unread = 7;

let stage: CampaignStage;
beforeAll(async () => {
  stage = await openCampaignStage();
  await insertPeople(stage, stage.pageIds[0] ?? "", open);
  await stage.sql`
    insert into messaging.conversations (workspace_id, id, page_id, last_message_at, preview_direction, unread_count)
    select workspace_id, id, page_id, now() - make_interval(secs => n), 'in', (n > ${open - unread})::int4
    from (select *, row_number() over (order by id) as n from messaging.contacts) c`;
  await stage.sql`vacuum analyze messaging.conversations`;
});
afterAll(() => stage.close());

/** Rows of conversations that one asking reads, by the plan for any values that a connection makes after some. */
async function readWhile(ask: (on: Pick<CampaignStage, "sql">) => Promise<unknown>): Promise<number> {
  return await rowsReadInside(stage.database.url, {
    table: "conversations",
    async prepare(sql) {
      for (let n = 0; n < 10; n += 1) await ask({ sql });
    },
    work: (sql) => ask({ sql }),
  });
}

test("countConversations() counts few unread ones without reading those that are read", async () => {
  const counts = await countConversations(stage.sql, stage.workspaceId, {
    status: "open",
    userId: stage.userId,
  });

  const read = await readWhile(({ sql }) =>
    countConversations(sql, stage.workspaceId, { status: "open", userId: stage.userId }),
  );

  expect(counts).toEqual({ mine: 0, unassigned: 1_000, all: 1_000, unread });
  // Those of everybody stop at a thousand, in whatever way they are read.
  expect(read).toBeLessThan(2_100);
});

test.each([{}, { assignee: "none" as const }, { status: "all" as const }])(
  "listConversations() finds few unread ones without reading those that are read: %o",
  async (query) => {
    const ask = (on: Pick<CampaignStage, "sql">) =>
      listConversations({ ...on, clock: systemClock }, stage.workspaceId, {
        me: stage.userId,
        unread: "true",
        ...query,
      });

    const read = await readWhile(ask);

    expect((await ask(stage)).items).toHaveLength(unread);
    expect(read).toBeLessThan(100);
  },
);
