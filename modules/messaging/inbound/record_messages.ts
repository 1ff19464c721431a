import type postgres from "postgres";
import { textArray } from "#db";
import type { InboundBatch } from "./inbound_batch.ts";
import { parameterValues } from "./inbound_parameters.ts";
import { type CallersLog, messagesStatement } from "./record_messages_sql.ts";

export interface RecordingMessages {
  log?: CallersLog | undefined;
  /**
   * Read from Meta's inbox, not from a webhook: only messages since the page was connected are new, and old
   * conversations are not opened.
   */
  isHistory?: boolean;
}

/** The changes for the screens. */
export interface TouchedConversation {
  workspaceId: string;
  conversationId: string;
  /** A message that is new in it. */
  messageId: string | null;
  direction: "in" | "out" | null;
}

/**
 * The hot statement: contacts, messages, conversations, attachments and jobs of one batch in one round trip and,
 * outside a transaction, one commit. Messages come before their conversations, because only the unique key knows
 * what is new, and unread counts must not count duplicates; foreign keys are checked when the statement ends.
 */
export async function recordMessages(
  on: Pick<postgres.Sql, "unsafe">,
  batch: InboundBatch,
  { log, isHistory = false }: RecordingMessages = {},
): Promise<TouchedConversation[]> {
  const { variant, values } = parameterValues(batch, isHistory);
  const logged = Object.values(log?.columns ?? {}).map(textArray);
  const rows = await on.unsafe<TouchedRow[]>(messagesStatement(variant, log), [...values, ...logged], {
    prepare: true,
  });
  return rows.map((row) => ({
    workspaceId: row.workspace_id,
    conversationId: row.conversation_id,
    messageId: row.message_id,
    direction: row.direction,
  }));
}

interface TouchedRow {
  workspace_id: string;
  conversation_id: string;
  message_id: string | null;
  direction: "in" | "out" | null;
}
