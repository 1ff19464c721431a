import type { Fragment, Sql, TransactionSql } from "postgres";
import type { Viewer } from "#auth";

type Db = Sql | TransactionSql;

/** `and …`: the viewer sees conversation `c`. Nothing for those who see all, and for questions of nobody. */
export function seesConversation(sql: Db, viewer: Viewer | undefined): Fragment {
  switch (viewer?.access.kind) {
    case "pages":
      return sql`and c.page_id = any(${[...viewer.access.pageIds]}::uuid[])`;
    case "assigned":
      return sql`and c.assignee_id = ${viewer.userId}`;
    default:
      return sql``;
  }
}

/** `and …`: the viewer sees the contact of the alias: through its page, or through its conversation. */
export function seesContact(sql: Db, viewer: Viewer | undefined, alias: "c" | "p"): Fragment {
  const column = (name: string) => sql.unsafe(`${alias}.${name}`);
  switch (viewer?.access.kind) {
    case "pages":
      return sql`and ${column("page_id")} = any(${[...viewer.access.pageIds]}::uuid[])`;
    case "assigned":
      return sql`and ${column("id")} = any(array(
        select own.id from messaging.conversations own
        where own.workspace_id = ${column("workspace_id")} and own.assignee_id = ${viewer.userId}))`;
    default:
      return sql``;
  }
}

/** `and …`: the viewer sees page `p`: a chosen one, or one with a conversation assigned to them. */
export function seesPage(sql: Db, viewer: Viewer | undefined): Fragment {
  switch (viewer?.access.kind) {
    case "pages":
      return sql`and p.id = any(${[...viewer.access.pageIds]}::uuid[])`;
    case "assigned":
      return sql`and exists (
        select from messaging.conversations own
        where own.workspace_id = p.workspace_id and own.page_id = p.id and own.assignee_id = ${viewer.userId})`;
    default:
      return sql``;
  }
}
