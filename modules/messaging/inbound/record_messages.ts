import type postgres from "postgres";
import { plainArray, seconds, textArray } from "#db";
import type { InboundBatch } from "./inbound_batch.ts";
import { type Alongside, messagesStatement } from "./record_messages_sql.ts";

export interface RecordingMessages {
  alongside?: Alongside | undefined;
  /**
   * Read from Meta's inbox, and not told by a webhook: nothing is new in it but what came while the page was connected
   * here, and old conversations do not come up as open.
   */
  isHistory?: boolean;
}

/** What changed, for the screens. */
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
  { alongside, isHistory = false }: RecordingMessages = {},
): Promise<TouchedConversation[]> {
  const { threads: conversations, messages, receiptMids, watermarks } = batch;
  const attachments = messages.flatMap((message) =>
    message.attachments.map((attachment, position) => ({ message, attachment, position })),
  );
  const values: (string | null)[] = [
    textArray(batch.pages),
    textArray(conversations.map((row) => row.pageFacebookId)),
    textArray(conversations.map((row) => row.psid)),
    plainArray(conversations.map((row) => seconds(row.inboundAt))),
    plainArray(conversations.map((row) => seconds(row.deliveredUntil))),
    plainArray(conversations.map((row) => seconds(row.readUntil))),
    plainArray(conversations.map((row) => seconds(row.heldAt))),
    plainArray(conversations.map((row) => row.isNeeded)),
    textArray(messages.map((row) => row.pageFacebookId)),
    textArray(messages.map((row) => row.psid)),
    textArray(messages.map((row) => row.mid)),
    plainArray(messages.map((row) => row.direction === "in")),
    textArray(messages.map((row) => row.kind)),
    textArray(messages.map((row) => row.appId)),
    textArray(messages.map((row) => row.text)),
    textArray(messages.map((row) => row.content)),
    textArray(messages.map((row) => row.replyToMid)),
    plainArray(messages.map((row) => seconds(row.at))),
    textArray(messages.map((row) => (row.text === null ? summarize(row.attachments[0]?.type) : null))),
    textArray(conversations.map((row) => row.traceId)),
    plainArray(conversations.map((row) => seconds(row.knownAt))),
    plainArray(conversations.map((row) => seconds(row.firstInboundAt))),
  ];
  if (attachments.length > 0)
    values.push(
      textArray(attachments.map((row) => row.message.pageFacebookId)),
      textArray(attachments.map((row) => row.message.mid)),
      plainArray(attachments.map((row) => row.position)),
      textArray(attachments.map((row) => row.attachment.type)),
      textArray(attachments.map((row) => row.attachment.title)),
      textArray(attachments.map((row) => row.attachment.sourceUrl)),
      textArray(attachments.map((row) => row.attachment.payload)),
      plainArray(attachments.map((row) => row.attachment.isFile)),
    );
  if (receiptMids.length > 0)
    values.push(
      textArray(receiptMids.map((row) => row.pageFacebookId)),
      textArray(receiptMids.map((row) => row.mid)),
    );
  if (watermarks.length > 0)
    values.push(
      textArray(watermarks.map((row) => row.pageFacebookId)),
      textArray(watermarks.map((row) => row.psid)),
      plainArray(watermarks.map((row) => seconds(row.at))),
      plainArray(watermarks.map((row) => row.isRead)),
    );
  const variant = {
    hasAttachments: attachments.length > 0,
    hasReceiptMids: receiptMids.length > 0,
    hasWatermarks: watermarks.length > 0,
    isHistory,
  };
  const text = messagesStatement(variant, alongside);
  const rows = await on.unsafe<TouchedRow[]>(text, [...values, ...(alongside?.values ?? [])], {
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

/** What the list of conversations says of a message without text. */
function summarize(type: string | undefined): string | null {
  return type === undefined ? null : (summaries[type] ?? "Attachment");
}

const summaries: Readonly<Record<string, string>> = {
  image: "Photo",
  video: "Video",
  audio: "Voice message",
  file: "File",
  sticker: "Sticker",
  reel: "Reel",
  ig_reel: "Reel",
  post: "Shared post",
  ig_post: "Shared post",
  fallback: "Shared link",
  location: "Location",
  appointment_booking: "Appointment",
  template: "Card",
};
