import type { Fragment, Sql } from "postgres";
import type { Viewer } from "#auth";
import { seesConversation } from "../sight/mod.ts";
import { type ConversationStatus, type Counts, wantedStatuses } from "./schema.ts";

export interface CountsOf {
  status: ConversationStatus | "all";
  /** The user of "mine". */
  userId: string;
  /** Only what this member sees; undefined: everything. */
  viewer?: Viewer;
}

/**
 * Counts conversations: mine, unassigned, all and unread. Counting stops at 1,000, shown as "999+", so it stays fast
 * for any number.
 */
export async function countConversations(
  sql: Sql,
  workspaceId: string,
  { status, userId, viewer }: CountsOf,
): Promise<Counts> {
  const wanted = status === "all" ? wantedStatuses : [status];
  const count = (also: Fragment) => sql`
    (select count(*)::int4 from (
      select from messaging.conversations c
      where c.workspace_id = ${workspaceId} and c.status = any (${wanted}::text[]) ${also}
        ${seesConversation(sql, viewer)} limit 1000) as counted)`;
  const [row] = await sql<Counts[]>`
    select ${count(sql`and c.assignee_id = ${userId}`)} as mine, ${count(sql`and c.assignee_id is null`)} as unassigned,
      ${count(sql``)} as "all", ${count(sql`and c.unread_count > 0`)} as unread`;
  return row ?? { mine: 0, unassigned: 0, all: 0, unread: 0 };
}
