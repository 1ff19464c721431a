import type { Sql, TransactionSql } from "postgres";
import { log } from "#std";
import type { MessagingConfig } from "../deps.ts";
import { isNaming, nameSeconds } from "../templates/mod.ts";
import { isWorkspaceOn } from "../workspaces/mod.ts";
import { isOpen, localDate } from "./business_hours.ts";
import { parseAutoReplies } from "./auto_replies.ts";
import { firstIdOf, readableUntil, sinceSeen } from "./seen.ts";
import { type AutoMessage, writeAutoMessages } from "./write_auto_messages.ts";

export interface AnswerDeps {
  sql: Sql;
  config: Pick<MessagingConfig, "appUrl">;
}

interface ReplyingPage {
  workspace_id: string;
  page_id: string;
  welcome: unknown;
  welcome_translations: unknown;
  away: unknown;
  away_translations: unknown;
  business_hours: unknown;
  /** The beginning of the unprocessed part. */
  first_id: string;
  readable_until: string;
  now_ms: number;
}

export interface AnsweredConversation {
  workspaceId: string;
  conversationId: string;
}

/**
 * Sends the welcome message after a first message or Get Started, and the away message outside business hours: one of
 * both per message, away once a day. Reads events since the last run. A failing page is logged and keeps its place;
 * others continue. Returns the answered conversations.
 */
export async function sendAutoReplies(on: AnswerDeps): Promise<AnsweredConversation[]> {
  const due = await on.sql<{ page_id: string }[]>`
    select page_id from messaging.auto_replies
    where (welcome is not null or away is not null) and seen_until < clock_timestamp() - interval '1 s'
      and ${isWorkspaceOn(on.sql, on.sql`workspace_id`)}
    order by seen_until limit 200`;
  const answered: AnsweredConversation[] = [];
  for (const { page_id: pageId } of due) {
    try {
      answered.push(...(await answerPage(on, pageId)));
    } catch (error) {
      log.error("Cannot answer for a page; trying again", { pageId, error });
    }
  }
  return answered;
}

async function answerPage(
  { sql, config: { appUrl } }: AnswerDeps,
  pageId: string,
): Promise<AnsweredConversation[]> {
  return await sql.begin(async (tx) => {
    const [page] = await tx<ReplyingPage[]>`
      select workspace_id, page_id, welcome, welcome_translations, away, away_translations, business_hours, ${readableUntil(tx)}::text as readable_until,
        ${firstIdOf(tx, tx`greatest(${sinceSeen(tx)}, now() - interval '15 min')`)}::text as first_id, (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms
      from messaging.auto_replies where page_id = ${pageId} for update skip locked`;
    if (!page) return [];
    const { welcome, away, businessHours, translations } = parseAutoReplies(page);
    const conversations = new Set<string>();
    const untils = [page.readable_until];
    const now = new Date(page.now_ms);
    const say = async (saying: Omit<Saying, "appUrl">) => {
      const said = await answer(tx, page, { ...saying, appUrl });
      for (const id of said.conversations) conversations.add(id);
      if (said.until !== null) untils.push(said.until);
    };
    if (welcome) {
      const message = { content: welcome, translations: translations.welcome };
      await say({ ...message, key: "welcome", to: "first" });
      // Messenger shows Get Started again after a contact deleted the conversation.
      await say({ ...message, key: `start:${localDate("UTC", now)}`, to: "starting" });
    }
    if (away && businessHours && !isOpen(businessHours, now)) {
      const key = `away:${localDate(businessHours.timezone, now)}`;
      await say({ content: away, translations: translations.away, key, to: "all" });
    }
    await tx`update messaging.auto_replies set seen_until = (select min(u::timestamptz) from unnest(${untils}::text[]) u)
      where page_id = ${pageId}`;
    return [...conversations].map((conversationId) => ({ workspaceId: page.workspace_id, conversationId }));
  });
}

interface Saying extends AutoMessage {
  /** With the conversation: what keeps it from being said twice. */
  key: string;
  /** The recipients: a first message, Get Started, or any message. */
  to: "first" | "starting" | "all";
  appUrl: string;
}

interface Said {
  conversations: string[];
  /** The reading position while a later run must continue; else null. */
  until: string | null;
}

const mostAtOnce = 500;

/** Writes the message into each thread that is due for it; its key keeps it from being written twice. */
async function answer(
  tx: TransactionSql,
  page: ReplyingPage,
  { content, translations, key, to, appUrl }: Saying,
): Promise<Said> {
  // Skip contacts with this reply's key, or a reply by a member or us since their message; also late events and spam.
  const isMeant = {
    first: tx`not exists (select from messaging.messages o where o.conversation_id = m.conversation_id
      and o.direction = 'in' and (o.sent_at, o.id) < (m.sent_at, m.id))`,
    starting: tx`m.kind = 'postback' and m.content -> 'postback' ->> 'payload' = (
      select at_meta -> 'getStarted' ->> 'payload' from messaging.messenger_profiles p where p.page_id = m.page_id)`,
    all: tx`true`,
  };
  // Meta tells name and language together.
  const isPersonal = isNaming(JSON.stringify(content)) || Object.keys(translations).length > 0;
  const waiting = await tx<{ conversation_id: string; at: string; awaits_profile: boolean }[]>`
    select m.conversation_id, min(uuid_extract_timestamp(m.id))::text as at,
      ${isPersonal} and min(uuid_extract_timestamp(m.id)) > clock_timestamp() - make_interval(secs => ${nameSeconds})
        and (select c.profile_state = 'wanted' from messaging.contacts c
          where c.workspace_id = ${page.workspace_id} and c.id = m.conversation_id) as awaits_profile
    from messaging.messages m
    where m.workspace_id = ${page.workspace_id} and m.page_id = ${page.page_id} and m.direction = 'in'
      and m.id >= ${page.first_id}::uuid
      and m.sent_at > greatest(clock_timestamp() - interval '10 min',
        (select created_at from messaging.pages p where p.id = m.page_id))
      and ${isMeant[to]}
      and not exists (select from messaging.messages o where o.conversation_id = m.conversation_id
        and o.direction = 'out' and o.sent_at >= m.sent_at)
      and not exists (select from messaging.conversations v where v.workspace_id = m.workspace_id
        and v.id = m.conversation_id and v.page_id = m.page_id and v.status = 'spam')
      and not exists (select from messaging.messages o where o.workspace_id = m.workspace_id
        and o.idempotency_key = ${key}::text || ':' || m.conversation_id)
      and (select c.subscribed and c.blocked_at is null
          and not exists (select from messaging.suppressions s where s.page_id = c.page_id and s.psid = c.psid)
        from messaging.contacts c where c.workspace_id = m.workspace_id and c.id = m.conversation_id)
    group by m.conversation_id order by min(uuid_extract_timestamp(m.id)) limit ${mostAtOnce}`;
  if (waiting.length === 0) return { conversations: [], until: null };
  const known = waiting.filter((row) => !row.awaits_profile);
  const unknownAt = waiting.find((row) => row.awaits_profile)?.at ?? null;
  if (known.length === 0) return { conversations: [], until: unknownAt };
  const conversations = await writeAutoMessages(
    tx,
    { workspaceId: page.workspace_id, pageId: page.page_id },
    { content, translations, contactIds: known.map((row) => row.conversation_id), key, appUrl },
  );
  // Should none of so many be answerable, they do not hold up who comes after them.
  const isFull = waiting.length === mostAtOnce && conversations.length > 0;
  return {
    conversations,
    until: unknownAt ?? (isFull ? (waiting.at(-1)?.at ?? null) : null),
  };
}
