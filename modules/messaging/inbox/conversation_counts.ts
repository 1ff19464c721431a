import { and, eq, gt, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "#db";
import { conversations } from "#db/messaging";
import { type ConversationStatus, type Counts, statuses } from "./schema.ts";

/** Counting stops here: 1000 means that many or more, shown as "999+", and stays quick however many there are. */
const most = 1_000;

export interface CountsOf {
  status: ConversationStatus | "all";
  /** Whose are "mine". */
  userId: string;
}

/** How many conversations are mine, nobody's, everybody's and unread, each up to 1,000. */
export async function countConversations(
  db: Db | Tx,
  workspaceId: string,
  { status, userId }: CountsOf,
): Promise<Counts> {
  const wanted = status === "all" ? statuses : [status];
  const count = (also?: SQL) => {
    const some = db
      .select({ one: sql`1` })
      .from(conversations)
      .where(and(eq(conversations.workspaceId, workspaceId), inArray(conversations.status, wanted), also))
      .limit(most);
    return sql`(select count(*)::int4 from ${some} as counted)`;
  };
  const [row] = await db.execute<Record<keyof Counts, number>>(sql`
    select ${count(eq(conversations.assigneeId, userId))} as mine,
           ${count(isNull(conversations.assigneeId))} as unassigned,
           ${count()} as "all",
           ${count(gt(conversations.unreadCount, 0))} as unread`);
  return row ?? { mine: 0, unassigned: 0, all: 0, unread: 0 };
}
