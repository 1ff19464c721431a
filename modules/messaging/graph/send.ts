import type { MessagingType, Tag } from "../policy/mod.ts";
import type { GraphClient } from "./client.ts";
import { unreadableAnswer } from "./error.ts";
import { fieldsList, fieldsOf, textOf } from "./fields.ts";
import type { GraphUsage } from "./usage.ts";

export interface OutgoingMessage {
  pageFacebookId: string;
  token: string;
  psid: string;
  /** A private reply: goes to the author of this comment instead of the PSID. */
  commentId?: string | null;
  messagingType: MessagingType;
  tag?: Tag | undefined;
  /** The `message` object of the Send API. A `reply_to` in it, as in Meta's webhooks, travels beside it. */
  message: Record<string, unknown>;
  timeoutMs?: number | undefined;
}

/** Sends one message. Throws GraphError, with class `maybe_sent` when Meta accepted something but named no message. */
export async function sendMessage(
  graph: GraphClient,
  out: OutgoingMessage,
): Promise<{ mid: string; recipientId: string | null; usage: GraphUsage }> {
  const { reply_to: replyTo, ...message } = out.message;
  const { body, usage } = await graph.call({
    method: "POST",
    path: `/${out.pageFacebookId}/messages`,
    token: out.token,
    body: {
      recipient: typeof out.commentId === "string" ? { comment_id: out.commentId } : { id: out.psid },
      messaging_type: out.messagingType,
      tag: out.tag,
      message,
      reply_to: replyTo,
    },
    timeoutMs: out.timeoutMs,
  });
  const mid = body.message_id;
  if (typeof mid !== "string" || mid === "") throw unreadableAnswer(200, "it has no message_id");
  return { mid, recipientId: textOf(body.recipient_id), usage };
}

export interface SenderAction {
  pageFacebookId: string;
  token: string;
  psid: string;
  action: "typing_on" | "typing_off" | "mark_seen" | "react" | "unreact";
  /** To which message, and how, for a reaction. */
  payload?: { message_id: string; reaction?: string };
}

/** Shows typing, "Seen" or a reaction to the contact. */
export async function sendSenderAction(graph: GraphClient, given: SenderAction): Promise<void> {
  await graph.call({
    method: "POST",
    path: `/${given.pageFacebookId}/messages`,
    token: given.token,
    body: {
      recipient: { id: given.psid },
      sender_action: given.action,
      ...(given.payload === undefined ? {} : { payload: given.payload }),
    },
    timeoutMs: 5_000,
  });
}

export interface SentCopy {
  mid: string;
  text: string;
  /** Whole seconds. */
  createdAt: Date;
}

/** The page's newest messages to one person, as the Conversations API shows them: at most 20, newest first. */
export async function listSentCopies(
  graph: GraphClient,
  given: { pageFacebookId: string; token: string; psid: string },
): Promise<SentCopy[]> {
  const { body } = await graph.call({
    method: "GET",
    path: `/${given.pageFacebookId}/conversations`,
    token: given.token,
    query: {
      platform: "messenger",
      user_id: given.psid,
      fields: "messages.limit(20){id,created_time,from,message}",
    },
    timeoutMs: 10_000,
  });
  return fieldsList(body.data)
    .flatMap((conversation) => fieldsList(fieldsOf(conversation.messages)?.data))
    .flatMap((message): SentCopy[] => {
      const { id, message: text, created_time: createdTime } = message;
      if (typeof id !== "string" || typeof createdTime !== "string") return [];
      if (fieldsOf(message.from)?.id !== given.pageFacebookId) return [];
      const createdAt = new Date(createdTime);
      return [{ mid: id, text: typeof text === "string" ? text : "", createdAt }];
    });
}
