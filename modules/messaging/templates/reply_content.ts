import type { TransactionSql } from "postgres";
import { notFound, Problem, sha256Hex } from "#std";
import { type Fields, fieldsList, fieldsOf, textOf } from "../graph_fields.ts";
import { checkContent } from "./check_content.ts";
import type { Content } from "./content.ts";
import { readContentRules, tidyContent } from "./content_store.ts";
import { addressesOf, fillMessage, fillSpot } from "./fill_message.ts";
import { buildMessage, type StoredMessage } from "./message_form.ts";
import { readTemplate } from "./template_store.ts";
import { valuesOf, valuesSql } from "./variables.ts";

/** A reply as it is sent, and as the thread shows it. */
export interface ComposedReply extends StoredMessage {
  /** What is read above buttons or instead of them; null for cards and files. */
  text: string | null;
  /** What `text` cannot say, in the words of an echo: quick_replies, buttons. Null: nothing. */
  content: Fields | null;
  /** Cards, in the words of an echo. */
  cards: Fields | null;
  preview: string;
  /** The id that its delivery has to get, because its links name it; by the database's clock, as all of them. */
  deliveryId: string | null;
}

/** Names what was asked for, so that the same key with something else is seen. */
export function requestOf(asked: { content?: Content; templateId?: string }): string {
  return sha256Hex(JSON.stringify([asked.templateId ?? null, asked.content ?? null])).slice(0, 32);
}

const words = { image: "Picture", video: "Video", audio: "Voice message", file: "File" } as const;

/**
 * A reply out of a saved template or content, filled for its person. Throws Problem not-found, or content-invalid with
 * what is wrong, also once it is filled.
 */
export async function composeReply(
  tx: TransactionSql,
  given: {
    workspaceId: string;
    contactId: string;
    appUrl: string;
    content?: Content;
    templateId?: string;
  },
): Promise<ComposedReply> {
  const { workspaceId, contactId } = given;
  const saved =
    given.templateId === undefined
      ? {}
      : (await readTemplate({ sql: tx }, workspaceId, given.templateId)).content;
  const content = tidyContent(given.content ?? saved);
  if (content.utility !== undefined)
    throw invalid(
      "a utility template goes out with a campaign. Choose a template with text, buttons, cards or a file",
    );
  const rules = await readContentRules(tx, workspaceId, content);
  checkContent(content, rules);
  const built = buildMessage(content, rules);
  const [row] = await tx<{ values: unknown; id: string }[]>`
    select ${valuesSql(tx)} as values, uuidv7() as id
    from messaging.contacts c join messaging.pages p on p.workspace_id = c.workspace_id and p.id = c.page_id
    where c.workspace_id = ${workspaceId} and c.id = ${contactId}`;
  if (!row) throw notFound("contact");
  const values = valuesOf(row.values);
  const filled = fillMessage(built.message, values, addressesOf(given.appUrl, row.id));
  if ("invalid" in filled) throw invalid(filled.invalid);
  const links = built.links.map((target) => fillSpot(target, { form: "url" }, (name) => values[name]));
  const fileType = rules.files.get(content.mediaFileId ?? "")?.type;
  return { ...built, ...shown(filled.message, fileType), message: filled.message, links, deliveryId: row.id };
}

const invalid = (why: string) =>
  new Problem("content-invalid", 422, `Cannot send this reply: ${why}`, {
    errors: [{ path: "", message: why }],
  });

function shown(
  message: Fields,
  fileType: keyof typeof words | undefined,
): Pick<ComposedReply, "text" | "content" | "cards" | "preview"> {
  const attachment = fieldsOf(message.attachment);
  const payload = fieldsOf(attachment?.payload) ?? {};
  const cards = payload.template_type === "generic" ? payload : null;
  const elements = fieldsList(payload.elements);
  const buttons = cards === null ? [...fieldsList(payload.buttons), ...fieldsList(elements[0]?.buttons)] : [];
  const quickReplies = fieldsList(message.quick_replies);
  const text = textOf(message.text) ?? textOf(payload.text);
  const content = {
    ...(quickReplies.length > 0 ? { quick_replies: quickReplies } : {}),
    ...(buttons.length > 0 ? { buttons } : {}),
  };
  return {
    text,
    content: Object.keys(content).length > 0 ? content : null,
    cards,
    preview: text ?? (cards === null ? words[fileType ?? "file"] : (textOf(elements[0]?.title) ?? "")),
  };
}

/** What somebody typed. */
export function plainReply(text: string): ComposedReply {
  return {
    message: { text },
    links: [],
    mediaFileId: null,
    imageFileIds: [],
    text,
    content: null,
    cards: null,
    preview: text,
    deliveryId: null,
  };
}

/** The file or the cards of a reply, where the thread shows what an echo would bring. */
export async function attachShown(
  tx: TransactionSql,
  { workspaceId, messageId }: { workspaceId: string; messageId: string },
  { mediaFileId, cards }: ComposedReply,
): Promise<void> {
  if (mediaFileId !== null)
    await tx`
      insert into messaging.attachments (workspace_id, message_id, position, type, file_state, file_key, file_name,
        mime_type, bytes)
      select workspace_id, ${messageId}, 0, type, 'stored', file_key, name, mime_type, bytes
      from messaging.media_files where workspace_id = ${workspaceId} and id = ${mediaFileId}`;
  if (cards !== null)
    await tx`insert into messaging.attachments (workspace_id, message_id, position, type, payload, file_state)
      values (${workspaceId}, ${messageId}, 0, 'template', ${JSON.stringify(cards)}::jsonb, 'none')`;
}
