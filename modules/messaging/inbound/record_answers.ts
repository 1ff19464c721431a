import type postgres from "postgres";
import { textArray } from "#db";
import { readByAnswers } from "../conversations/mod.ts";
import { byHandSql, readingTime } from "./by_hand.ts";
import type { TouchedConversation } from "./record_messages.ts";

// Later messages of the person still wait. For messages that arrive after the reply to them the statement
// that writes them does the same, so the order of both events makes no difference.
const readThere = readByAnswers({
  readingTime,
  answered: `
  select m.workspace_id, m.conversation_id, max(m.sent_at) as at
  from unnest($1::uuid[], $2::uuid[]) as new(workspace_id, id)
  join messaging.messages as m on m.workspace_id = new.workspace_id and m.id = new.id
  where ${byHandSql("m")}
  group by m.workspace_id, m.conversation_id
  order by m.workspace_id, m.conversation_id
`,
});

/** A reply in Facebook's inbox marks the contact's messages as read here too. */
export async function recordAnswers(
  on: postgres.TransactionSql,
  touched: readonly TouchedConversation[],
): Promise<void> {
  const rows = touched.filter(({ messageId, direction }) => messageId !== null && direction === "out");
  if (rows.length === 0) return;
  await on.unsafe(
    readThere,
    [textArray(rows.map((row) => row.workspaceId)), textArray(rows.map((row) => row.messageId))],
    { prepare: true },
  );
}
