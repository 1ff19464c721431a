import type { Fragment, Sql } from "postgres";
import { limitOf, micros, olderThan } from "#db";
import { type DeliveryRow, leftAt, statusOfDelivery } from "../delivery/mod.ts";
import { type Fields, fieldsList, fieldsOf, textOf } from "../graph/mod.ts";
import {
  addressesOf,
  fillMessage,
  type ContentFile,
  shownAs,
  type UtilityDefinition,
  valuesOf,
} from "../templates/mod.ts";
import type { Attachment } from "./schema.ts";
import type { MessageRow, Stretch } from "./timeline_rows.ts";

interface Row extends DeliveryRow {
  id: string;
  contactId: string;
  pageId: string;
  mid: string | null;
  message: Fields;
  fills: unknown;
  file:
    (Pick<Attachment, "id" | "url" | "fileName" | "mimeType" | "bytes"> & Pick<ContentFile, "type">) | null;
  /** The utility template as the page has it now; null when it has none any more. */
  definition: UtilityDefinition | null;
  campaignId: string;
  campaignName: string;
  settledAt: string;
  createdAt: string;
  at: number;
}

/** Campaign messages to this person, sent or failed, as messages of the timeline: the ledger is their only record. */
export async function readCampaignRows(sql: Sql, conversation: Stretch): Promise<MessageRow[]> {
  return await select(
    sql,
    conversation,
    sql`${olderThan(sql, conversation.after, "d.settled_at", "d.id")}
      order by d.settled_at desc, d.id desc limit ${limitOf(sql, conversation.limit)}`,
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
      d.error_code, d.error_subcode, ${leftAt(sql)} as left_at, c.id as "campaignId", c.name as "campaignName", d.settled_at as "settledAt",
      d.created_at as "createdAt", ${micros(sql, "d.settled_at")} as at,
      case when f.id is not null then json_build_object('id', f.id, 'type', f.type, 'fileName', f.name,
        'mimeType', f.mime_type, 'bytes', f.bytes,
        'url', '/api/v1/workspaces/' || f.workspace_id || '/media/' || f.id || '/file') end as file,
      case when u.id is not null then json_build_object('name', u.name, 'language', u.language,
        'parameterFormat', u.parameter_format, 'components', u.components) end as definition
    from messaging.deliveries d
    join messaging.campaigns c on c.workspace_id = d.workspace_id and c.id = d.campaign_id
    join messaging.contents content on content.workspace_id = d.workspace_id and content.id = d.content_id
    left join messaging.media_files f on f.workspace_id = content.workspace_id and f.id = content.media_file_id
    left join messaging.utility_templates u on u.page_id = d.page_id and u.name = content.message #>> '{template,name}'
      and u.language = content.message #>> '{template,language,code}'
    where d.workspace_id = ${workspaceId} and d.contact_id = ${conversationId} and d.campaign_id is not null
      and d.state in ('sent', 'failed') ${rest}`;
  return rows.map(toMessage);
}

function toMessage(row: Row): MessageRow {
  // As it was sent; links lead directly to their targets, so that members' clicks do not count.
  const filled = fillMessage(row.message, valuesOf(row.fills), addressesOf("", null));
  const message = "invalid" in filled ? row.message : filled.message;
  const { definition, file } = row;
  const shown = shownAs(message, { definition: definition ?? undefined, fileType: file?.type });
  return {
    id: row.id,
    conversationId: row.contactId,
    pageId: row.pageId,
    direction: "out",
    kind: shown.cards !== null || message.template !== undefined ? "template" : "message",
    authorKind: "automation",
    authorUserId: null,
    authorName: row.campaignName,
    campaignId: row.campaignId,
    delivery: statusOfDelivery(row),
    attachments: attachmentsOf(row, shown.cards),
    appId: null,
    text: shown.text ?? (definition === null ? namesOf(message) : null),
    content: shown.content,
    mid: row.mid,
    replyToMid: null,
    editedAt: null,
    deletedAt: null,
    sentAt: row.settledAt,
    createdAt: row.createdAt,
    at: row.at,
  };
}

/** The file or the cards, in the stored form of a message. */
function attachmentsOf({ id, file }: Row, cards: Fields | null): Attachment[] {
  if (file) return [{ ...file, title: null, fileState: "stored", payload: null }];
  if (cards === null) return [];
  const none = { title: null, url: null, fileName: null, mimeType: null, bytes: null };
  return [{ ...none, id, type: "template", fileState: "none", payload: cards }];
}

/** The text of a utility template that the page no longer has: its values, or at least its name. */
function namesOf(message: Fields): string | null {
  const values = fieldsList(fieldsOf(message.template)?.components)
    .flatMap((component) => fieldsList(component.parameters))
    .flatMap((parameter) => textOf(parameter.text) ?? []);
  return values.length > 0 ? values.join(" · ") : textOf(fieldsOf(message.template)?.name);
}
