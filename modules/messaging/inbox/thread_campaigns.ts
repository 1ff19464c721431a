import type { Fragment, Sql } from "postgres";
import { type DeliveryRow, statusOfDelivery } from "../delivery/states.ts";
import { type Fields, fieldsList, fieldsOf, textOf } from "../graph_fields.ts";
import { addressesOf, fillMessage } from "../templates/fill_message.ts";
import { valuesOf } from "../templates/variables.ts";
import { limitOf, micros, olderThan } from "../time_key.ts";
import type { MessageRow, Stretch } from "./thread_rows.ts";

interface Row extends DeliveryRow {
  id: string;
  contactId: string;
  pageId: string;
  mid: string | null;
  message: Fields;
  fills: unknown;
  campaignId: string;
  campaignName: string;
  settledAt: string;
  createdAt: string;
  at: number;
}

/** What campaigns sent to this person, or failed to, as messages of the thread: the ledger is their only record. */
export async function readCampaignRows(sql: Sql, thread: Stretch): Promise<MessageRow[]> {
  return await select(
    sql,
    thread,
    sql`${olderThan(sql, thread.after, "d.settled_at", "d.id")}
      order by d.settled_at desc, d.id desc limit ${limitOf(sql, thread.limit)}`,
  );
}

/** One of them; undefined when it is not in this conversation of this workspace. */
export async function readCampaignRow(
  sql: Sql,
  workspaceId: string,
  { conversationId, messageId }: { conversationId: string; messageId: string },
): Promise<MessageRow | undefined> {
  const [row] = await select(sql, { workspaceId, conversationId }, sql`and d.id = ${messageId}`);
  return row;
}

async function select(
  sql: Sql,
  { workspaceId, conversationId }: Pick<Stretch, "workspaceId" | "conversationId">,
  rest: Fragment,
): Promise<MessageRow[]> {
  const rows = await sql<Row[]>`
    select d.id, d.contact_id as "contactId", d.page_id as "pageId", d.mid, content.message, d.fills, d.state, d.reason,
      d.error_code, d.error_subcode, c.id as "campaignId", c.name as "campaignName", d.settled_at as "settledAt",
      d.created_at as "createdAt", ${micros(sql, "d.settled_at")} as at
    from messaging.deliveries d
    join messaging.campaigns c on c.workspace_id = d.workspace_id and c.id = d.campaign_id
    join messaging.contents content on content.workspace_id = d.workspace_id and content.id = d.content_id
    where d.workspace_id = ${workspaceId} and d.contact_id = ${conversationId} and d.campaign_id is not null
      and d.state in ('sent', 'failed') ${rest}`;
  return rows.map(toMessage);
}

function toMessage(row: Row): MessageRow {
  // As it was sent; links lead straight to their targets, so that our people count no clicks.
  const filled = fillMessage(row.message, valuesOf(row.fills), addressesOf("", null));
  const message = "invalid" in filled ? row.message : filled.message;
  const { text: _, ...rest } = message;
  const isTemplate = message.template !== undefined || fieldsOf(message.attachment)?.type === "template";
  return {
    id: row.id,
    conversationId: row.contactId,
    pageId: row.pageId,
    direction: "out",
    kind: isTemplate ? "template" : "message",
    authorKind: "automation",
    authorUserId: null,
    authorName: row.campaignName,
    campaignId: row.campaignId,
    delivery: statusOfDelivery(row),
    appId: null,
    text: textOfMessage(message),
    content: Object.keys(rest).length === 0 ? null : rest,
    mid: row.mid,
    replyToMid: null,
    editedAt: null,
    deletedAt: null,
    sentAt: row.settledAt,
    createdAt: row.createdAt,
    at: row.at,
  };
}

const mediaNames: Readonly<Record<string, string>> = {
  image: "Photo",
  video: "Video",
  audio: "Voice message",
  file: "File",
};

/** What a message says, or what it is. */
function textOfMessage(message: Fields): string | null {
  const attachment = fieldsOf(message.attachment);
  const payload = fieldsOf(attachment?.payload);
  const [card] = fieldsList(payload?.elements);
  const parameters = fieldsList(fieldsOf(message.template)?.components)
    .flatMap((component) => fieldsList(component.parameters))
    .flatMap((parameter) => textOf(parameter.text) ?? []);
  return (
    textOf(message.text) ??
    textOf(payload?.text) ??
    textOf(card?.title) ??
    mediaNames[textOf(attachment?.type) ?? ""] ??
    (parameters.length > 0 ? parameters.join(" · ") : textOf(fieldsOf(message.template)?.name))
  );
}
