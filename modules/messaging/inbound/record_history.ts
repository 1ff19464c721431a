import type { TransactionSql } from "postgres";
import { textArray } from "#db";
import { foldInbound } from "./inbound_batch.ts";
import type { InboundMessage, InboundNotice } from "./inbound_event.ts";
import { recordAnswers } from "./record_answers.ts";
import { recordConsents } from "./record_consents.ts";
import { recordOwnEchoes } from "./record_echoes.ts";
import { recordMessages, type TouchedConversation } from "./record_messages.ts";
import { recordNotices } from "./record_notices.ts";

export interface History {
  events: readonly (InboundMessage | InboundNotice)[];
  /** Names of people as their conversations have them. */
  names: readonly { pageFacebookId: string; psid: string; name: string }[];
}

const nameThem = `
update messaging.contacts as c set name = t.name
from unnest($1::text[], $2::text[], $3::text[]) as t(page, psid, name)
join messaging.pages as page on page.facebook_id = t.page and page.status <> 'disconnected'
where c.page_id = page.id and c.psid = t.psid and c.name is null`;

/**
 * Writes the conversations of Meta's inbox: known messages stay unchanged. Old opt-ins and opt-outs of people
 * or forbade back then holds.
 */
export async function recordHistory(
  tx: TransactionSql,
  { events, names }: History,
): Promise<TouchedConversation[]> {
  const batch = foldInbound(events);
  const own = await recordOwnEchoes(tx, batch.echoes);
  const messages = batch.messages.filter(({ pageFacebookId, mid }) => !own.has(`${pageFacebookId} ${mid}`));
  // A former owner of a thread says nothing about the current owner.
  const conversations = batch.conversations.map((conversation) => ({ ...conversation, heldAt: null }));
  const touched = await recordMessages(tx, { ...batch, conversations, messages }, { isHistory: true });
  await recordAnswers(tx, touched);
  if (batch.notices.length > 0) await recordNotices(tx, batch.notices);
  if (batch.consents.length > 0) await recordConsents(tx, batch.consents);
  if (names.length > 0)
    await tx.unsafe(nameThem, [
      textArray(names.map((row) => row.pageFacebookId)),
      textArray(names.map((row) => row.psid)),
      textArray(names.map((row) => row.name)),
    ]);
  return touched;
}
