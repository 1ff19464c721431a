import { relations } from "#auth";
import { assign } from "../conversations/mod.ts";
import { type MessagingDeps, workspaceChannel } from "../deps.ts";

const chunk = 1_000;

/**
 * Gives the conversations of a person who does not answer people any more back to nobody, so that others see them, also
 * those that were resolved and may be opened again; each that was not leaves a line in its thread. In one workspace, or
 * in all. Gives how many there were.
 */
export async function releaseConversations(
  { sql, live }: Pick<MessagingDeps, "sql" | "live">,
  { userId, workspaceId }: { userId: string; workspaceId?: string },
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
