import { isoTime } from "#db";
import { type DeliveryStatus, deliveryStatesOf } from "../delivery/mod.ts";
import type { MessagingDeps } from "../deps.ts";
import { appName } from "../inbound/mod.ts";
import { dataOf } from "./event_text.ts";
import type { Attachment, Message } from "./schema.ts";
import {
  type AttachmentRow,
  type MessageRow,
  readAttachmentRows,
  readReactionRows,
} from "./timeline_rows.ts";

export type TimelineDeps = Pick<MessagingDeps, "sql">;

/** The data of a conversation that its messages need. */
export interface TimelineHead {
  id: string;
  workspaceId: string;
  contactName: string;
  /** Watermarks in microseconds: messages up to them were delivered, or read. */
  deliveredUntil: number | null;
  readUntil: number | null;
}

/** Messages of one conversation as lists show them, with attachments, reactions and statuses; three reads for all. */
export async function viewMessages(
  on: TimelineDeps,
  head: TimelineHead,
  rows: readonly MessageRow[],
): Promise<Message[]> {
  const mids = rows.flatMap((row) => (row.mid === null ? [] : [row.mid]));
  const sent = rows.filter(
    (row) => row.direction === "out" && row.authorKind !== "external" && !row.delivery,
  );
  const [attachments, reactions, deliveries] = await Promise.all([
    readAttachmentRows(
      on.sql,
      head.workspaceId,
      rows.map((row) => row.id),
    ),
    readReactionRows(on.sql, rows[0]?.pageId, mids),
    deliveryStatesOf(
      on,
      head.workspaceId,
      sent.map((row) => row.id),
    ),
  ]);
  const attachmentsOf = Map.groupBy(attachments, (row) => row.messageId);
  const reactionsOf = Map.groupBy(reactions, (row) => row.mid);
  return rows.map((row): Message => {
    const delivery = row.delivery ?? deliveries.get(row.id);
    return {
      id: row.id,
      conversationId: row.conversationId,
      direction: row.direction,
      kind: row.kind,
      author: authorOf(row, head),
      text: row.text,
      content: row.content === null ? null : dataOf(row.content),
      attachments:
        row.attachments ??
        (attachmentsOf.get(row.id) ?? []).map((item) => viewAttachment(head.workspaceId, item)),
      status: statusOf(row, head, delivery),
      mid: row.mid,
      error: delivery?.error ?? null,
      replyToMid: row.replyToMid,
      reactions: (reactionsOf.get(row.mid ?? "") ?? []).map(({ actor, emoji }) => ({ actor, emoji })),
      editedAt: row.editedAt === null ? null : isoTime(row.editedAt),
      deletedAt: row.deletedAt === null ? null : isoTime(row.deletedAt),
      sentAt: isoTime(row.sentAt),
      createdAt: isoTime(row.createdAt),
    };
  });
}

/**
 * Messages that Meta accepted are sent, and delivered or read up to the watermarks; before that the ledger decides. Results of
 * campaigns say the same: delivery/outcomes.ts.
 */
function statusOf(
  row: Pick<MessageRow, "direction" | "at">,
  head: Pick<TimelineHead, "deliveredUntil" | "readUntil">,
  delivery: Pick<DeliveryStatus, "state" | "leftAt"> | undefined,
): Message["status"] {
  if (row.direction === "in") return "received";
  if (delivery && delivery.state !== "sent") return delivery.state;
  // Meta's watermarks have milliseconds.
  const leftAt = delivery?.leftAt ?? row.at;
  const sentAt = leftAt - (leftAt % 1_000);
  if (head.readUntil !== null && sentAt <= head.readUntil) return "read";
  if (head.deliveredUntil !== null && sentAt <= head.deliveredUntil) return "delivered";
  return "sent";
}

function authorOf(row: MessageRow, head: TimelineHead): Message["author"] {
  switch (row.authorKind) {
    case "contact":
      return { kind: "contact", id: row.conversationId, name: head.contactName };
    case "user":
      return { kind: "user", id: row.authorUserId, name: row.authorName ?? "Somebody who left" };
    case "automation":
      return { kind: "automation", id: row.campaignId ?? null, name: row.authorName ?? "Automation" };
    case "external":
      return { kind: "external", id: row.appId, name: appName(row.appId) };
  }
}

function viewAttachment(workspaceId: string, row: AttachmentRow): Attachment {
  const own = `/api/v1/workspaces/${workspaceId}/attachments/${row.id}/file`;
  return {
    id: row.id,
    type: row.type,
    title: row.title,
    url: row.fileState === "stored" ? own : row.fileState === "none" ? webLink(row.sourceUrl) : null,
    fileState: row.fileState,
    fileName: row.fileName,
    mimeType: row.mimeType,
    bytes: row.bytes,
    payload: row.payload === null ? null : dataOf(row.payload),
  };
}

/** The target of a shared link, only when a browser may safely follow it. */
function webLink(url: string | null): string | null {
  if (url === null || !URL.canParse(url, "https://www.facebook.com")) return null;
  // Reels come as "/reel/123/".
  const { protocol, href } = new URL(url, "https://www.facebook.com");
  return protocol === "https:" || protocol === "http:" ? href : null;
}
