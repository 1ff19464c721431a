import { activityRows, recordActivity } from "#auth";
import type { TransactionSql } from "postgres";
import { currentTraceId, notFound } from "#std";
import { type MessagingDeps, workspaceChannel } from "../deps.ts";
import { markAnswered } from "../conversations/mod.ts";
import { checkText } from "../graph/mod.ts";
import { decide } from "../policy/mod.ts";
import {
  type Content,
  attachShown,
  type ComposedReply,
  composeReply,
  plainReply,
  readReplyContent,
  requestOf,
} from "../templates/mod.ts";
import { lockFacts, type ReplyFacts } from "./facts.ts";
import { ensureLanes, wakeLane } from "./lanes.ts";
import { requeueReply } from "./transitions.ts";
import { problem } from "./problems.ts";
import { refusalProblem } from "./refusal_problem.ts";

export type ReplyDeps = Pick<MessagingDeps, "sql" | "live" | "wakeDelivery"> & { config: { appUrl: string } };

export interface NewReply {
  workspaceId: string;
  conversationId: string;
  /** The signed-in author. */
  by: { userId: string };
  /**
   * One of three: typed text, a saved template, or content as in templates. With a utility template it may be sent
   * outside the window.
   */
  text?: string;
  templateId?: string;
  content?: Content;
  /** The quoted message, by Meta's id. */
  replyToMid?: string | null;
  /** The same key with the same reply is one message. */
  idempotencyKey: string;
}

/** Its lane at the page; Meta has separate rules for utility templates. */
type ReplyLane = "reply" | "utility";

/** Throws the policy's refusal as a problem with its remedy. */
function requireAllowed(facts: ReplyFacts, lane: ReplyLane): void {
  const decision = decide({
    sender: { kind: "person" },
    contact: facts.contact,
    page: facts.page,
    content: { kind: lane === "utility" ? "utility" : "free" },
    now: facts.now,
    isWorkspaceDisabled: facts.isWorkspaceDisabled,
  });
  if (decision.allowed) return;
  throw refusalProblem(decision.reason, "send-reply");
}

/** Another conversation may have used the key concurrently. */
export async function sendReply(
  on: ReplyDeps,
  reply: NewReply,
): Promise<{ messageId: string; isNew: boolean }> {
  const text = readText(reply);
  const request = text === null ? requestOf(reply) : null;
  const sent = await on.sql.begin(async (tx) => {
    const facts = await lockFacts(tx, reply);
    if (!facts) throw notFound("conversation");
    const earlier = await findByKey(tx, reply, { text, request });
    if (earlier) return { messageId: earlier, isNew: false };
    const { pageId } = facts;
    const content = text === null ? await readReplyContent(tx, { ...reply, pageId }) : null;
    const lane = content?.utility === undefined ? "reply" : "utility";
    requireAllowed(facts, lane);
    if (lane === "utility" && reply.replyToMid) throw problem("reply-quotes-utility");
    await requireQuoted(tx, reply);
    const composed =
      content === null
        ? plainReply(text ?? "")
        : await composeReply(tx, {
            ...reply,
            content,
            pageId,
            contactId: reply.conversationId,
            appUrl: on.config.appUrl,
          });
    const messageId = await insertReply(tx, reply, { request, composed, facts, lane });
    // Another conversation may have taken the key meanwhile.
    if (!messageId) throw keyReused();
    await ensureLanes(tx, { workspaceId: reply.workspaceId, pageId });
    await wakeLane(tx, { pageId, laneClass: lane });
    return { messageId, isNew: true };
  });
  if (sent.isNew) {
    on.wakeDelivery();
    const { conversationId } = reply;
    await on.live.publish(workspaceChannel(reply.workspaceId), [
      {
        name: "message",
        data: { conversationId, messageId: sent.messageId, change: "created", direction: "out" },
      },
      { name: "conversation", data: { conversationId } },
    ]);
  }
  return sent;
}

export interface RetriedReply {
  workspaceId: string;
  conversationId: string;
  messageId: string;
  by: { userId: string };
}

/**
 * Sends a failed reply again, when policy still allows it. Throws Problem: not-found, message-not-failed, or a
 * refusal.
 */
export async function retryReply(on: ReplyDeps, retried: RetriedReply): Promise<void> {
  await on.sql.begin(async (tx) => {
    const facts = await lockFacts(tx, retried);
    if (!facts) throw notFound("conversation");
    const [known] = await tx<{ state: string | null; lane: ReplyLane | null }[]>`
      select d.state, d.class as lane from messaging.messages m left join messaging.deliveries d on d.message_id = m.id
      where m.workspace_id = ${retried.workspaceId} and m.id = ${retried.messageId}
        and m.conversation_id = ${retried.conversationId} and m.direction = 'out'`;
    if (!known) throw notFound("message");
    const isFailed = known.state === "failed" || known.state === "skipped";
    if (!isFailed || known.lane === null) throw notFailed();
    requireAllowed(facts, known.lane);
    const { workspaceId, messageId } = retried;
    const traceId = currentTraceId() ?? null;
    const isQueued = await requeueReply(tx, { workspaceId, messageId, userId: retried.by.userId, traceId });
    if (!isQueued) throw notFailed();
    await wakeLane(tx, { pageId: facts.pageId, laneClass: known.lane });
    const subject = { id: retried.conversationId };
    await recordActivity(tx, { action: "conversation.reply-retried", workspaceId, subject });
  });
  on.wakeDelivery();
  const { conversationId, messageId } = retried;
  await on.live.publish(workspaceChannel(retried.workspaceId), [
    { name: "message", data: { conversationId, messageId, change: "updated", direction: "out" } },
  ]);
}

const notFailed = () => problem("message-not-failed");

const keyReused = () => problem("idempotency-key-reused");

/** The typed text; null: a template or content was asked for. */
function readText({ text, templateId, content }: NewReply): string | null {
  if ([text, templateId, content].filter((one) => one !== undefined).length !== 1)
    throw problem("invalid-reply");
  return text === undefined ? null : checkText(text);
}

async function findByKey(
  tx: TransactionSql,
  reply: NewReply,
  { text, request }: { text: string | null; request: string | null },
): Promise<string | null> {
  // Templates may change: compare the request.
  const [earlier] = await tx<{ id: string; is_same: boolean }[]>`
    select id, conversation_id = ${reply.conversationId}
               and (${text}::text is null or text = ${text})
               and content ->> 'request' is not distinct from ${request}::text
               and reply_to_mid is not distinct from ${reply.replyToMid ?? null}::text as is_same
    from messaging.messages
    where workspace_id = ${reply.workspaceId} and idempotency_key = ${reply.idempotencyKey}`;
  if (!earlier) return null;
  if (!earlier.is_same) throw keyReused();
  return earlier.id;
}

async function requireQuoted(tx: TransactionSql, reply: NewReply): Promise<void> {
  if (!reply.replyToMid) return;
  const [quoted] = await tx`select 1 as found from messaging.messages
    where workspace_id = ${reply.workspaceId} and conversation_id = ${reply.conversationId} and mid = ${reply.replyToMid}
    union all
    select 1 from messaging.deliveries where workspace_id = ${reply.workspaceId} and contact_id = ${reply.conversationId}
      and mid = ${reply.replyToMid}`;
  if (!quoted) throw notFound("quoted-message");
}

interface Inserted {
  /** Identifies the requested parts besides typed text. */
  request: string | null;
  composed: ComposedReply;
  facts: ReplyFacts;
  lane: ReplyLane;
}

async function insertReply(
  tx: TransactionSql,
  reply: NewReply,
  { request, composed, facts, lane }: Inserted,
): Promise<string | null> {
  const { workspaceId, conversationId, idempotencyKey, by } = reply;
  const replyToMid = reply.replyToMid ?? null;
  const shown = request === null ? null : JSON.stringify({ ...composed.content, request });
  const [message] = await tx<{ id: string }[]>`
    insert into messaging.messages (workspace_id, conversation_id, page_id, direction, kind, author_kind,
                                    author_user_id, text, content, reply_to_mid, idempotency_key, sent_at)
    values (${workspaceId}, ${conversationId}, ${facts.pageId}, 'out', ${composed.cards ? "template" : "message"}, 'user',
            ${by.userId}, ${composed.text}, ${shown}::jsonb, ${replyToMid}, ${idempotencyKey}, clock_timestamp())
    on conflict (workspace_id, idempotency_key) where idempotency_key is not null do nothing
    returning id`;
  if (!message) return null;
  const body = { ...composed.message, ...(replyToMid === null ? {} : { reply_to: { mid: replyToMid } }) };
  // Already filled: braces in it are plain text.
  await tx`
    with content as (
      insert into messaging.contents (workspace_id, message, media_file_id, image_file_ids, links)
      values (${workspaceId}, ${JSON.stringify(body)}::jsonb, ${composed.mediaFileId}, ${composed.imageFileIds}::uuid[],
              ${composed.links}::text[])
      returning id),
    recorded as (${activityRows(
      tx,
      { action: "conversation.replied", workspaceId },
      { from: tx`content`, id: tx`${conversationId}::uuid` },
    )})
    insert into messaging.deliveries (id, workspace_id, page_id, contact_id, psid, class, content_id, message_id,
                                      by_user_id, state, trace_id)
    select coalesce(${composed.deliveryId}::uuid, uuidv7()), ${workspaceId}, ${facts.pageId}, ${conversationId}, ${facts.psid},
           ${lane}, content.id, ${message.id}, ${by.userId}, 'queued', ${currentTraceId() ?? null} from content`;
  await attachShown(tx, { workspaceId, messageId: message.id }, composed);
  await markAnswered(tx, { workspaceId, conversationId, preview: composed.preview });
  return message.id;
}
