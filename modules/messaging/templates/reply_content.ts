import type { TransactionSql } from "postgres";
import { notFound, sha256Hex, fieldError, type Sentence } from "#std";
import { type Fields, fieldsList, fieldsOf, textOf } from "../graph/mod.ts";
import { checkContent, type ContentRules } from "./check_content.ts";
import type { Content } from "./content.ts";
import { readContentRules, tidyContent } from "./content_store.ts";
import { addressesOf, fillMessage, fillSpot } from "./fill_message.ts";
import { buildMessage, type ContentFile, type StoredMessage } from "./message_form.ts";
import { readTemplate } from "./template_store.ts";
import { type ShownUtility, showUtility, type UtilityDefinition } from "./utility_form.ts";
import { valueIn, valuesOf, valuesSql } from "./variables.ts";
import { problem } from "./problems.ts";

/** A reply as it is sent, and as the thread shows it. */
export interface ComposedReply extends StoredMessage {
  /** The text above or without buttons; null for cards and files. */
  text: string | null;
  /** Parts beside `text`, in the form of an echo: quick_replies, buttons. Null: none. */
  content: Fields | null;
  /** Cards, in the words of an echo. */
  cards: Fields | null;
  preview: string;
  /** The id that its delivery has to get, because its links name it; by the database's clock, as all of them. */
  deliveryId: string | null;
}

/** Identifies the request, so the same key with another request is detected. */
export function requestOf(asked: { content?: Content; templateId?: string }): string {
  return sha256Hex(JSON.stringify([asked.templateId ?? null, asked.content ?? null])).slice(0, 32);
}

const words = { image: "Picture", video: "Video", audio: "Voice message", file: "File" } as const;

/** The message of a template or content on this page, with its variables. Throws Problem not-found. */
export async function readReplyContent(
  tx: TransactionSql,
  given: { workspaceId: string; pageId: string; content?: Content; templateId?: string },
): Promise<Content> {
  const { workspaceId, pageId, templateId } = given;
  const saved =
    templateId === undefined ? {} : (await readTemplate({ sql: tx }, workspaceId, templateId)).content;
  return contentOnPage(tidyContent(given.content ?? saved), pageId);
}

/** Content as one page says it: with the utility template that it has there. */
export function contentOnPage(content: Content, pageId: string): Content {
  if (content.utility === undefined) return content;
  const { byPage = {}, ...utility } = content.utility;
  return { ...content, utility: { ...utility, ...byPage[pageId] } };
}

/** A reply filled for its contact. Throws Problem content-invalid with all problems, also after filling. */
export async function composeReply(
  tx: TransactionSql,
  given: {
    workspaceId: string;
    contactId: string;
    pageId: string;
    appUrl: string;
    content: Content;
  },
): Promise<ComposedReply> {
  const { workspaceId, contactId, content } = given;
  const rules = await readContentRules(tx, workspaceId, content, {
    pageId: given.pageId,
    conversationId: contactId,
  });
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
  const links = built.links.map((target) =>
    fillSpot(target, { form: "url" }, (name) => valueIn(values, name)),
  );
  return {
    ...built,
    ...shownOf(content, rules, filled.message),
    message: filled.message,
    links,
    deliveryId: row.id,
  };
}

const invalid = (mistake: Sentence) =>
  problem("content-invalid", { mistake: mistake.text }, { errors: [fieldError("", mistake)] });

type Shown = Pick<ComposedReply, "text" | "content" | "cards" | "preview">;

/** How the thread shows the message that was made of a content, once it is filled for its person. */
export function shownOf(content: Content, rules: ContentRules, message: Fields): Shown {
  return shownAs(message, {
    definition: content.utility && rules.utility(content.utility),
    fileType: rules.files.get(content.mediaFileId ?? "")?.type,
  });
}

/** How the thread shows a filled message: of a utility template with its words, of a file by its kind. */
export function shownAs(
  message: Fields,
  {
    definition,
    fileType,
  }: { definition?: UtilityDefinition | undefined; fileType?: ContentFile["type"] | undefined },
): Shown {
  return definition
    ? shownUtility(showUtility(definition, message.template))
    : shownMessage(message, fileType);
}

function shownUtility({ header, body, buttons }: ShownUtility): Shown {
  const text = header === null ? body : `${header}\n${body}`;
  const content = buttons.length > 0 ? { buttons: buttons.map((title) => ({ title })) } : null;
  return { text, content, cards: null, preview: text };
}

function shownMessage(message: Fields, fileType: keyof typeof words | undefined): Shown {
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

/** Typed text. */
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

/** The file or the cards of a reply, in the form of an echo for the timeline. */
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
