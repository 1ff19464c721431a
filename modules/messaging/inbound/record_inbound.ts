import type postgres from "postgres";
import { textArray } from "#db";
import { foldInbound, type InboundBatch, isPlain } from "./inbound_batch.ts";
import type { InboundEvent } from "./inbound_event.ts";
import { recordAnswers } from "./record_answers.ts";
import { recordEdits, recordReactions, recordUnsends } from "./record_changes.ts";
import { recordComments } from "./record_comments.ts";
import { recordConsents } from "./record_consents.ts";
import { recordSources } from "./record_contact_facts.ts";
import { recordOwnEchoes } from "./record_echoes.ts";
import { type CallersLog, recordMessages, type TouchedConversation } from "./record_messages.ts";
import { recordNotices } from "./record_notices.ts";
import { recordOwners } from "./record_owners.ts";

export interface RecordOptions {
  /** The caller's rows in the same transaction. */
  log?: CallersLog;
  /** Our app at Meta: a conversation that it controls is controlled by no other app. */
  ownAppId?: string | null;
}

/**
 * Writes events to their final places: once for repeated events, equal in any order; all or, when it throws, none.
 * Leaves out events of pages that are not connected here; `log` detects them by its `page`.
 */
export async function recordInbound(
  on: Pick<postgres.Sql, "unsafe" | "begin">,
  events: readonly InboundEvent[],
  options: RecordOptions = {},
): Promise<TouchedConversation[]> {
  const batch = foldInbound(events);
  const { log } = options;
  // One statement is a transaction by itself, without the round trips of one.
  if (isPlain(batch)) return await recordMessages(on, batch, { log });
  return await on.begin((tx) => recordAll(tx, batch, options));
}

async function recordAll(
  tx: postgres.TransactionSql,
  batch: InboundBatch,
  { log, ownAppId = null }: RecordOptions,
): Promise<TouchedConversation[]> {
  const own = batch.echoes.length > 0 ? await recordOwnEchoes(tx, batch.echoes) : new Set<string>();
  const messages = batch.messages.filter(({ pageFacebookId, mid }) => !own.has(`${pageFacebookId} ${mid}`));
  const touched = await recordMessages(tx, { ...batch, messages }, { log });
  if (batch.echoes.length > 0) await recordAnswers(tx, touched);
  if (batch.edits.length > 0) await recordEdits(tx, batch.edits);
  if (batch.unsends.length > 0) await recordUnsends(tx, batch.unsends);
  if (batch.reactions.length > 0) await recordReactions(tx, batch.reactions);
  if (batch.notices.length > 0) {
    await recordNotices(tx, batch.notices);
    await recordSources(tx, batch.notices);
  }
  await recordOwners(tx, {
    notices: batch.notices,
    messages: batch.messages,
    standby: batch.standby,
    ownAppId,
  });
  if (batch.consents.length > 0) await recordConsents(tx, batch.consents);
  if (batch.comments.length > 0) await recordComments(tx, batch.comments);
  return [...touched, ...(await conversationsOf(tx, batch))];
}

const findConversations = `
select c.workspace_id as "workspaceId", c.id as "conversationId", null as "messageId", null as direction
from unnest($1::text[], $2::text[]) as t(page, psid)
join messaging.pages as page on page.facebook_id = t.page and page.status <> 'disconnected'
join messaging.contacts as c on c.page_id = page.id and c.psid = t.psid`;

/** All conversations of the batch: what happened to them besides messages is for the screens too. */
async function conversationsOf(
  tx: postgres.TransactionSql,
  { conversations }: InboundBatch,
): Promise<TouchedConversation[]> {
  return await tx.unsafe<TouchedConversation[]>(
    findConversations,
    [
      textArray(conversations.map((row) => row.pageFacebookId)),
      textArray(conversations.map((row) => row.psid)),
    ],
    { prepare: true },
  );
}
