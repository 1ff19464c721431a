import { memberSees, relations } from "#auth";
import { assign } from "../conversations/mod.ts";
import { type MessagingDeps, workspaceChannel } from "../deps.ts";

const chunk = 1_000;

/**
 * Unassigns the conversations of a person who can no longer reply, or only those of pages that they no longer see, so that others see them, including resolved ones,
 * which may be reopened; adds an event to each open one. In one workspace or all. Returns their number.
 */
export async function releaseConversations(
  { sql, live }: Pick<MessagingDeps, "sql" | "live">,
  { userId, workspaceId, isUnseen = false }: { userId: string; workspaceId?: string; isUnseen?: boolean },
): Promise<number> {
  let count = 0;
  for (;;) {
    const released = await sql<{ workspaceId: string; conversationId: string }[]>`
      with ${assign(
        sql,
        sql`
        select v.workspace_id, v.id, null::uuid as user_id from ${sql.unsafe(relations.members)} m
        join messaging.conversations v on v.workspace_id = m.workspace_id and v.assignee_id = m.user_id
        where m.user_id = ${userId} ${workspaceId === undefined ? sql`` : sql`and m.workspace_id = ${workspaceId}`}
          ${isUnseen ? sql`and not ${memberSees(sql, { pageId: "v.page_id", assigneeId: "v.assignee_id" })}` : sql``}
        order by v.id limit ${chunk} for no key update of v`,
        { by: null, isQuiet: true },
      )}
      select workspace_id as "workspaceId", id as "conversationId" from changed`;
    for (const [id, rows] of Map.groupBy(released, (row) => row.workspaceId))
      await live.publish(
        workspaceChannel(id),
        rows.map(({ conversationId }) => ({ name: "conversation", data: { conversationId } })),
      );
    count += released.length;
    if (released.length < chunk) return count;
  }
}
