import type { GraphClient } from "./client.ts";
import { type Fields, fieldsList, fieldsOf, textOf } from "./fields.ts";
import type { PageAccess } from "./pages.ts";

/** A message as Meta's inbox holds it. */
export interface PastMessage {
  mid: string;
  /** In ms. */
  at: number;
  /** The author: a PSID, or the page's id. */
  fromId: string;
  text: string | null;
  replyToMid: string | null;
  attachments: PastAttachment[];
}

export interface PastAttachment {
  type: "image" | "video" | "audio" | "file" | "sticker" | "fallback" | "template";
  title: string | null;
  /** Null: Meta withholds it, as in Europe. */
  url: string | null;
  /** Of a template: what its card says. */
  card?: { subtitle: string | null; button: string | null };
}

/** A conversation of the page with one person, and its newest messages. */
export interface PastConversation {
  /** When something happened in it last, in ms. */
  updatedAt: number;
  psid: string;
  name: string | null;
  messages: PastMessage[];
}

export interface PastConversations {
  conversations: PastConversation[];
  /** The cursor of the next page; null at the end. */
  after: string | null;
}

/** Meta details only so many messages of a conversation, the newest. */
const messagesEach = 20;
const fields = [
  "id",
  "updated_time",
  "participants",
  `messages.limit(${messagesEach}){id,created_time,from,message,attachments,sticker,shares,reply_to}`,
].join(",");

/** Conversations of a page from a cursor on, the newest first, each with its newest messages: one call. */
export async function readPastConversations(
  graph: GraphClient,
  { facebookId, token }: PageAccess,
  { after, limit }: { after: string | null; limit: number },
): Promise<PastConversations> {
  const { body } = await graph.call({
    method: "GET",
    path: `/${facebookId}/conversations`,
    token,
    query: { platform: "messenger", fields, limit: String(limit), ...(after === null ? {} : { after }) },
  });
  const paging = fieldsOf(body.paging);
  // `next` holds the token; only the cursor is kept.
  const next = paging?.next === undefined ? null : textOf(fieldsOf(paging.cursors)?.after);
  return {
    conversations: fieldsList(body.data).flatMap(
      (conversation) => readConversation(conversation, facebookId) ?? [],
    ),
    after: next,
  };
}

function readConversation(conversation: Fields, pageId: string): PastConversation | null {
  const contact = fieldsList(fieldsOf(conversation.participants)?.data).find(
    (one) => textOf(one.id) !== pageId,
  );
  const psid = textOf(contact?.id);
  const updatedAt = timeOf(conversation.updated_time);
  if (psid === null || updatedAt === null) return null;
  const messages = fieldsList(fieldsOf(conversation.messages)?.data).flatMap((one) => readMessage(one) ?? []);
  return { updatedAt, psid, name: textOf(contact?.name), messages };
}

function readMessage(message: Fields): PastMessage | null {
  const mid = textOf(message.id);
  const at = timeOf(message.created_time);
  const fromId = textOf(fieldsOf(message.from)?.id);
  // Of those that are no longer detailed only the id comes.
  if (mid === null || at === null || fromId === null) return null;
  const sticker = textOf(message.sticker);
  const attachments: PastAttachment[] = [
    ...(sticker === null ? [] : [{ type: "sticker" as const, title: null, url: sticker }]),
    ...fieldsList(fieldsOf(message.attachments)?.data)
      .map(readAttachment)
      .filter(({ type }) => sticker === null || type !== "sticker"),
    ...fieldsList(fieldsOf(message.shares)?.data).map((share) => ({
      type: "fallback" as const,
      title: textOf(share.name),
      url: textOf(share.link),
    })),
  ];
  const text = textOf(message.message);
  if (text === null && attachments.length === 0) return null;
  return { mid, at, fromId, text, replyToMid: textOf(fieldsOf(message.reply_to)?.mid), attachments };
}

function readAttachment(attachment: Fields): PastAttachment {
  const card = fieldsOf(attachment.generic_template);
  if (card) {
    const shown = { subtitle: textOf(card.subtitle), button: textOf(fieldsOf(card.cta)?.title) };
    return { type: "template", title: textOf(card.title), url: null, card: shown };
  }
  const image = fieldsOf(attachment.image_data);
  const video = fieldsOf(attachment.video_data);
  const mime = textOf(attachment.mime_type) ?? "";
  const url = textOf(video?.url) ?? textOf(image?.url) ?? textOf(attachment.file_url);
  const title = textOf(attachment.name);
  // Of a video Meta tells the size of its picture, too.
  if (video || mime.startsWith("video/")) return { type: "video", title, url };
  if (image) return { type: image.render_as_sticker === true ? "sticker" : "image", title, url };
  if (mime.startsWith("image/")) return { type: "image", title, url };
  return { type: mime.startsWith("audio/") ? "audio" : "file", title, url };
}

/** Of "2026-11-24T10:00:00+0000". */
function timeOf(value: unknown): number | null {
  const at = Date.parse(textOf(value) ?? "");
  return Number.isFinite(at) ? at : null;
}
