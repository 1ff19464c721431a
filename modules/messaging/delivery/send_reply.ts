import type { TransactionSql } from "postgres";
import { currentTraceId, notFound, Problem } from "#std";
import { type MessagingDeps, workspaceChannel } from "../deps.ts";
import { decide } from "../policy.ts";
import { lockFacts, type ReplyFacts } from "./facts.ts";
import { ensureLanes, wakeLane } from "./lanes.ts";
import { checkText } from "./text.ts";

export type ReplyDeps = Pick<MessagingDeps, "sql" | "live" | "wakeDelivery">;

export interface NewReply {
  workspaceId: string;
  conversationId: string;
  /** The signed-in person who wrote it. */
  by: { userId: string };
  text: string;
  /** The message that it answers, by Meta's id. */
  replyToMid?: string | null;
  /** The same key with the same reply is one message. */
  idempotencyKey: string;
}

/** Throws the refusal of policy as a problem that says what to do; gives the facts that allowed it otherwise. */
function requireAllowed(facts: ReplyFacts): void {
  const decision = decide({
    sender: { kind: "person" },
    contact: facts.contact,
    page: facts.page,
    content: { kind: "free" },
    now: facts.now,
    isWorkspaceDisabled: facts.isWorkspaceDisabled,
  });
  if (decision.allowed) return;
  const { reason, title, remedy } = decision;
  throw new Problem(reason, 409, `Cannot send this reply: ${title}. ${remedy}`, { remedy });
}

/**
 * Accepts a person's reply: message, ledger row and the conversation's preview in one transaction, with policy decided
 * on locked facts. It leaves within milliseconds. A refusal writes nothing.
 *
 * Throws Problem: not-found, invalid-text, idempotency-key-reused, or the slug of the policy's refusal with its remedy.
 */
export async function sendReply(
  on: ReplyDeps,
  reply: NewReply,
): Promise<{ messageId: string; isNew: boolean }> {
  const text = checkText(reply.text);
  const sent = await on.sql.begin(async (tx) => {
    const facts = await lockFacts(tx, reply);
    if (!facts) throw notFound("conversation");
    const earlier = await findByKey(tx, reply, text);
    if (earlier) return { messageId: earlier, isNew: false };
    requireAllowed(facts);
    await requireQuoted(tx, reply);
    const messageId = await insertReply(tx, reply, text, facts);
    // Another conversation may have taken the key meanwhile.
    if (!messageId) throw keyReused();
    await ensureLanes(tx, { workspaceId: reply.workspaceId, pageId: facts.pageId });
    await wakeLane(tx, { pageId: facts.pageId, laneClass: "reply" });
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

/** Sends a failed reply again, when policy still allows it. Throws Problem: not-found, message-not-failed, or a refusal. */
export async function retryReply(on: ReplyDeps, retried: RetriedReply): Promise<void> {
  await on.sql.begin(async (tx) => {
    const facts = await lockFacts(tx, retried);
    if (!facts) throw notFound("conversation");
    const [known] = await tx<{ state: string | null }[]>`
      select d.state from messaging.messages m left join messaging.deliveries d on d.message_id = m.id
      where m.workspace_id = ${retried.workspaceId} and m.id = ${retried.messageId}
        and m.conversation_id = ${retried.conversationId} and m.direction = 'out'`;
    if (!known) throw notFound("message");
    const isFailed = known.state === "failed" || known.state === "skipped";
    if (!isFailed) throw notFailed();
    requireAllowed(facts);
    const again = await tx`
      update messaging.deliveries
      set state = 'queued', attempts = 0, unknowns = 0, reason = null, error_code = null, error_subcode = null,
          error_text = null, settled_at = null, due_at = clock_timestamp(), by_user_id = ${retried.by.userId},
          trace_id = ${currentTraceId() ?? null}
      where workspace_id = ${retried.workspaceId} and message_id = ${retried.messageId}
        and state in ('failed', 'skipped') returning id`;
    if (again.length === 0) throw notFailed();
    await wakeLane(tx, { pageId: facts.pageId, laneClass: "reply" });
  });
  on.wakeDelivery();
  const { conversationId, messageId } = retried;
  await on.live.publish(workspaceChannel(retried.workspaceId), [
    { name: "message", data: { conversationId, messageId, change: "updated", direction: "out" } },
  ]);
}

const notFailed = () =>
  new Problem("message-not-failed", 409, "Cannot send this message again: it did not fail. Write a new one");

const keyReused = () =>
  new Problem(
    "idempotency-key-reused",
    409,
    "Cannot accept this reply: its Idempotency-Key belongs to another one. Use a new key for each reply",
  );

async function findByKey(tx: TransactionSql, reply: NewReply, text: string): Promise<string | null> {
  const [earlier] = await tx<{ id: string; is_same: boolean }[]>`
    select id, conversation_id = ${reply.conversationId} and text = ${text}
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
    where workspace_id = ${reply.workspaceId} and conversation_id = ${reply.conversationId} and mid = ${reply.replyToMid}`;
  if (!quoted) throw notFound("quoted message");
}

async function insertReply(
  tx: TransactionSql,
  reply: NewReply,
  text: string,
  facts: ReplyFacts,
): Promise<string | null> {
  const { workspaceId, conversationId, idempotencyKey, by } = reply;
  const replyToMid = reply.replyToMid ?? null;
  const [message] = await tx<{ id: string }[]>`
    insert into messaging.messages (workspace_id, conversation_id, page_id, direction, author_kind, author_user_id,
                                    text, reply_to_mid, idempotency_key, sent_at)
    values (${workspaceId}, ${conversationId}, ${facts.pageId}, 'out', 'user', ${by.userId},
            ${text}, ${replyToMid}, ${idempotencyKey}, clock_timestamp())
    on conflict (workspace_id, idempotency_key) where idempotency_key is not null do nothing
    returning id`;
  if (!message) return null;
  const body = { text, ...(replyToMid === null ? {} : { reply_to: { mid: replyToMid } }) };
  await tx`
    with content as (
      insert into messaging.contents (workspace_id, message) values (${workspaceId}, ${JSON.stringify(body)}::jsonb)
      returning id)
    insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, message_id, by_user_id,
                                      state, trace_id)
    select ${workspaceId}, ${facts.pageId}, ${conversationId}, ${facts.psid}, 'reply', content.id, ${message.id},
           ${by.userId}, 'queued', ${currentTraceId() ?? null} from content`;
  await tx`update messaging.conversations
    set preview_text = ${text}, preview_direction = 'out', last_message_at = greatest(last_message_at, clock_timestamp())
    where workspace_id = ${workspaceId} and id = ${conversationId}`;
  return message.id;
}
