import type postgres from "postgres";
import { inboxApps } from "./app_name.ts";
import { textArray } from "./inbound_arrays.ts";
import type { TouchedThread } from "./record_messages.ts";

// The page's instant replies come from Facebook's inbox, too, within moments, and nobody has read what they answer.
const isRead = `
update messaging.conversations as c set unread_count = 0
from (
  select distinct m.workspace_id, m.conversation_id
  from unnest($1::uuid[], $2::uuid[]) as new(workspace_id, id)
  join messaging.messages as m on m.workspace_id = new.workspace_id and m.id = new.id
  where m.author_kind = 'external' and (m.app_id is null or m.app_id = any($3::text[]))
    and not exists (select from messaging.messages as said
      where said.conversation_id = m.conversation_id and said.direction = 'in'
        and said.sent_at > m.sent_at - interval '10 s')
  order by m.workspace_id, m.conversation_id
) as answered
where c.workspace_id = answered.workspace_id and c.id = answered.conversation_id and c.unread_count > 0`;

/** What a person answered in Facebook's inbox was read there: it waits for nobody here. */
export async function recordAnswers(
  on: postgres.TransactionSql,
  touched: readonly TouchedThread[],
): Promise<void> {
  const rows = touched.filter(({ messageId, direction }) => messageId !== null && direction === "out");
  if (rows.length === 0) return;
  await on.unsafe(
    isRead,
    [
      textArray(rows.map((row) => row.workspaceId)),
      textArray(rows.map((row) => row.messageId)),
      textArray(inboxApps),
    ],
    { prepare: true },
  );
}
