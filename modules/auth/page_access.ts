import type { Sql, TransactionSql } from "postgres";

/** What a member sees of a workspace. */
export type PageAccess =
  { kind: "all" } | { kind: "pages"; pageIds: readonly string[] } | { kind: "assigned" };

/** A member with what they see; what every question about conversations, contacts and pages is asked for. */
export interface Viewer {
  userId: string;
  access: PageAccess;
}

/** The chosen pages of a membership as an array; null for everybody else, of whom no row is read. */
export const pagesOf = (membership: string): string => `case when ${membership}.access = 'pages' then array(
  select s.page_id from auth.member_pages s
  where s.workspace_id = ${membership}.workspace_id and s.user_id = ${membership}.user_id order by s.page_id) end`;

/** The access of members and invitations as the API has it; `pageIds` only of kind `pages`. */
export interface GivenAccess {
  kind: PageAccess["kind"];
  pageIds: string[];
}

/** The access of a row with `access` and `pagesOf`. */
export function accessOf(access: PageAccess["kind"] | null, pageIds: readonly string[] | null): PageAccess {
  if (access === "pages") return { kind: "pages", pageIds: pageIds ?? [] };
  return access === "assigned" ? { kind: "assigned" } : { kind: "all" };
}

/** A condition: member `m` of `relations.activeMembers` sees the conversation with this page and assignee. */
export function memberSees(
  sql: Sql | TransactionSql,
  { pageId, assigneeId }: { pageId: string; assigneeId: string },
) {
  return sql`(m.access = 'all' or (m.access = 'assigned' and m.user_id = ${sql.unsafe(assigneeId)})
    or (m.access = 'pages' and exists (
      select from auth.member_pages s
      where s.workspace_id = m.workspace_id and s.user_id = m.user_id and s.page_id = ${sql.unsafe(pageId)})))`;
}
