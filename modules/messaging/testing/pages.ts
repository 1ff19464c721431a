import { ensureLanes } from "../delivery/mod.ts";
import { sealPageToken } from "../graph/mod.ts";
import type { TestDatabase } from "../../../db/testing.ts";
import { until } from "../../std/testing.ts";

export interface StagePage {
  workspaceId: string;
  userId: string;
  pageId: string;
  facebookId: string;
}

export interface StageContact {
  id: string;
  psid: string;
}

/** A connected page, in a workspace of its own unless another is named. */
export async function insertPage(
  { sql }: Pick<TestDatabase, "sql">,
  facebookId: string,
  tokenSealed: string,
  workspaceId: string = crypto.randomUUID(),
): Promise<StagePage> {
  const [row] = await sql<{ user_id: string; page_id: string }[]>`
    with u as (insert into auth.users (email, name, password_hash)
           values (${`${facebookId}@example.com`}, 'Ann', 'x') returning id),
         w as (insert into auth.workspaces (id, name) values (${workspaceId}, 'Business') on conflict do nothing),
         m as (insert into auth.memberships (workspace_id, user_id, role) select ${workspaceId}, u.id, 'operator' from u),
         p as (insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
           values (${workspaceId}, ${facebookId}, 'Page', 'connected', ${tokenSealed}) returning id)
    select p.id as page_id, u.id as user_id from p, u`;
  if (!row) throw new Error("Cannot insert a page");
  const page = { workspaceId, userId: row.user_id, pageId: row.page_id, facebookId };
  await ensureLanes(sql, page);
  // As fast as Meta allows: the test measures the sending, not the careful default pace.
  await sql`update messaging.paces set limit_per_second = 300 where page_id = ${page.pageId} and kind = 'text'`;
  return page;
}

/** Contacts of a page who wrote a minute ago, each with a conversation. */
export async function insertContacts(
  { sql }: TestDatabase,
  page: StagePage,
  psids: string[],
): Promise<StageContact[]> {
  return await sql<StageContact[]>`
    with c as (
      insert into messaging.contacts (workspace_id, page_id, psid, last_inbound_at)
      select ${page.workspaceId}, ${page.pageId}, unnest(${psids}::text[]), now() - interval '1 min'
      returning id, psid),
    v as (
      insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction)
      select id, ${page.workspaceId}, ${page.pageId}, now(), 'in' from c)
    select id, psid from c order by psid`;
}

/** After connecting a page: the import of its history must not collide with the changes of a test. */
export async function untilHistoryIsRead({ sql }: Pick<TestDatabase, "sql">, pageId: string): Promise<void> {
  await until("the page's earlier conversations to be read", async () => {
    const [read] =
      await sql`select 1 from messaging.page_histories where page_id = ${pageId} and state <> 'reading'`;
    return read !== undefined;
  });
}

export { ensureLanes, sealPageToken };
