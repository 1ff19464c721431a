import type { Sql, TransactionSql } from "postgres";
import { log } from "#std";
import { ensureLanes, wakeLanes } from "../delivery/mod.ts";
import type { MessagingConfig } from "../deps.ts";
import { isFields } from "../graph/mod.ts";
import {
  type Content,
  readContentRules,
  storeContent,
  tidyContent,
  addressesOf,
  fillMessage,
  contentOnPage,
  shownOf,
  isNaming,
  nameSeconds,
  valuesOf,
  valuesSql,
} from "../templates/mod.ts";
import { isWorkspaceOn } from "../workspaces/mod.ts";
import { isOpen, localDate } from "./business_hours.ts";
import { parseAutoReplies } from "./auto_replies.ts";
import { firstIdOf, readableUntil, sinceSeen } from "./seen.ts";

export interface AnswerDeps {
  sql: Sql;
  config: Pick<MessagingConfig, "appUrl">;
}

interface ReplyingPage {
  workspace_id: string;
  page_id: string;
  welcome: unknown;
  away: unknown;
  business_hours: unknown;
  /** Of what was not looked at yet. */
  first_id: string;
  readable_until: string;
  now_ms: number;
}

export interface AnsweredConversation {
  workspaceId: string;
  conversationId: string;
}

/**
 * Welcomes whoever wrote to a page for the first time or tapped Get Started, and tells whoever wrote while nobody is
 * there: one of both per message, an away message once a day. Looks at what came since the last look. A page that fails is
 * logged and keeps its place, and the others go on. Returns the threads that it answered.
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
      select workspace_id, page_id, welcome, away, business_hours, ${readableUntil(tx)}::text as readable_until,
        ${firstIdOf(tx, tx`greatest(${sinceSeen(tx)}, now() - interval '15 min')`)}::text as first_id, (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms
      from messaging.auto_replies where page_id = ${pageId} for update skip locked`;
    if (!page) return [];
    const { welcome, away, businessHours } = parseAutoReplies(page);
    const conversations = new Set<string>();
    const untils = [page.readable_until];
    const now = new Date(page.now_ms);
    const say = async (saying: Omit<Saying, "appUrl">) => {
      const said = await answer(tx, page, { ...saying, appUrl });
      for (const id of said.conversations) conversations.add(id);
      if (said.until !== null) untils.push(said.until);
    };
    if (welcome) {
      await say({ content: welcome, key: "welcome", to: "first" });
      // Messenger shows Get Started again to whoever deleted the thread.
      await say({ content: welcome, key: `start:${localDate("UTC", now)}`, to: "starting" });
    }
    if (away && businessHours && !isOpen(businessHours, now))
      await say({ content: away, key: `away:${localDate(businessHours.timezone, now)}`, to: "all" });
    await tx`update messaging.auto_replies set seen_until = (select min(u::timestamptz) from unnest(${untils}::text[]) u)
      where page_id = ${pageId}`;
    if (conversations.size > 0) {
      await ensureLanes(tx, { workspaceId: page.workspace_id, pageId });
      await wakeLanes(tx, [pageId]);
    }
    return [...conversations].map((conversationId) => ({ workspaceId: page.workspace_id, conversationId }));
  });
}

interface Saying {
  content: Content;
  /** With the conversation: what keeps it from being said twice. */
  key: string;
  /** Whom it is for: who wrote for the first time, who tapped Get Started, or whoever wrote. */
  to: "first" | "starting" | "all";
  appUrl: string;
}

interface Said {
  conversations: string[];
  /** How far it looked when somebody waits for the next look; else null. */
  until: string | null;
}

const mostAtOnce = 500;

/** Writes the message into each thread that is due for it; its key keeps it from being written twice. */
async function answer(
  tx: TransactionSql,
  page: ReplyingPage,
  { content, key, to, appUrl }: Saying,
): Promise<Said> {
  // Whoever already has this answer's key, or an answer by a person or by us since they wrote, gets none. What was
  // written long ago and arrived late is not answered either, nor spam.
  const isMeant = {
    first: tx`not exists (select from messaging.messages o where o.conversation_id = m.conversation_id
      and o.direction = 'in' and (o.sent_at, o.id) < (m.sent_at, m.id))`,
    starting: tx`m.kind = 'postback' and m.content -> 'postback' ->> 'payload' = (
      select at_meta -> 'getStarted' ->> 'payload' from messaging.messenger_profiles p where p.page_id = m.page_id)`,
    all: tx`true`,
  };
  const isNamed = isNaming(JSON.stringify(content));
  const waiting = await tx<{ conversation_id: string; at: string; awaits_name: boolean }[]>`
    select m.conversation_id, min(uuid_extract_timestamp(m.id))::text as at,
      ${isNamed} and min(uuid_extract_timestamp(m.id)) > clock_timestamp() - make_interval(secs => ${nameSeconds})
        and (select c.profile_state = 'wanted' from messaging.contacts c
          where c.workspace_id = ${page.workspace_id} and c.id = m.conversation_id) as awaits_name
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
  const named = waiting.filter((row) => !row.awaits_name);
  const unnamedAt = waiting.find((row) => row.awaits_name)?.at ?? null;
  if (named.length === 0) return { conversations: [], until: unnamedAt };
  const onPage = contentOnPage(tidyContent(content), page.page_id);
  const contentId = await storeContent(tx, page.workspace_id, onPage);
  const rules = await readContentRules(tx, page.workspace_id, onPage, { pageId: page.page_id });
  const contacts = await tx<Person[]>`
    select c.id, c.psid, ${valuesSql(tx)} as values, content.message
    from messaging.contacts c
    join messaging.pages p on p.workspace_id = c.workspace_id and p.id = c.page_id
    join messaging.contents content on content.workspace_id = c.workspace_id and content.id = ${contentId}
    where c.workspace_id = ${page.workspace_id} and c.id = any(${named.map((row) => row.conversation_id)}::uuid[])`;
  const rows = contacts.flatMap(({ id, psid, values, message }) => {
    const delivery = Bun.randomUUIDv7();
    if (!isFields(message)) throw new Error(`Cannot read content ${contentId}: it is no message`);
    const filled = fillMessage(message, valuesOf(values), addressesOf(appUrl, delivery));
    if ("invalid" in filled) return [];
    const { text, content: beside, cards } = shownOf(onPage, rules, filled.message);
    const shown = { text, beside, cards };
    return [
      {
        id,
        psid,
        key: `${key}:${id}`,
        delivery,
        content: Bun.randomUUIDv7(),
        message: filled.message,
        ...shown,
      },
    ];
  });
  // In the thread stands what the person reads; what a text cannot say travels beside it.
  const written = await tx<{ conversation_id: string }[]>`
    with person as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r(id uuid, psid text, key text, delivery uuid, content uuid, message jsonb, text text, beside jsonb, cards jsonb)
    ), message as (
      insert into messaging.messages (workspace_id, conversation_id, page_id, direction, kind, author_kind, text, content,
        idempotency_key, sent_at)
      select ${page.workspace_id}, id, ${page.page_id}, 'out', case when nullif(cards, 'null') is null then 'message' else 'template' end,
        'automation', text, nullif(beside, 'null'), key, clock_timestamp() from person
      on conflict (workspace_id, idempotency_key) where idempotency_key is not null do nothing
      returning id, conversation_id
    ), cards as (
      insert into messaging.attachments (workspace_id, message_id, position, type, payload, file_state)
      select ${page.workspace_id}, message.id, 0, 'template', person.cards, 'none'
      from message join person on person.id = message.conversation_id where nullif(person.cards, 'null') is not null
    ), file as (
      insert into messaging.attachments (workspace_id, message_id, position, type, file_state, file_key, file_name,
        mime_type, bytes)
      select f.workspace_id, message.id, 0, f.type, 'stored', f.file_key, f.name, f.mime_type, f.bytes
      from message join messaging.media_files f on f.workspace_id = ${page.workspace_id}
        and f.id = ${onPage.mediaFileId ?? null}::uuid
    ), content as (
      insert into messaging.contents (id, workspace_id, message, links, media_file_id, image_file_ids)
      select person.content, shared.workspace_id, person.message, shared.links, shared.media_file_id, shared.image_file_ids
      from person join message on message.conversation_id = person.id
      join messaging.contents shared on shared.workspace_id = ${page.workspace_id} and shared.id = ${contentId}
      returning id)
    insert into messaging.deliveries (id, workspace_id, page_id, contact_id, psid, class, content_id, message_id, state)
    select person.delivery, ${page.workspace_id}, ${page.page_id}, person.id, person.psid, 'reply', content.id, message.id, 'queued'
    from message join person on person.id = message.conversation_id join content on content.id = person.content
    returning contact_id as conversation_id`;
  // Should none of so many be answerable, they do not hold up who comes after them.
  const isFull = waiting.length === mostAtOnce && written.length > 0;
  return {
    conversations: written.map((row) => row.conversation_id),
    until: unnamedAt ?? (isFull ? (waiting.at(-1)?.at ?? null) : null),
  };
}

interface Person {
  id: string;
  psid: string;
  values: unknown;
  message: unknown;
}
