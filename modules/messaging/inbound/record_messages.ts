import type postgres from "postgres";
import { jobRows, textArray } from "#db";
import { personHashSql } from "../contacts/mod.ts";
import { byHandSql, readingTime } from "./by_hand.ts";
import type { InboundBatch } from "./inbound_batch.ts";
import {
  type InboundParameters,
  numberParameters,
  parameterValues,
  type Present,
  type Variant,
} from "./inbound_parameters.ts";
import { lastAdClick } from "./record_contact_facts.ts";
import { receiptRows } from "./record_receipts_sql.ts";

export interface RecordingMessages {
  log?: CallersLog | undefined;
  /**
   * Read from Meta's inbox, not from a webhook: only messages since the page was connected are new, and old
   * conversations are not opened.
   */
  isHistory?: boolean;
}

/** The changes for the screens. */
export interface TouchedConversation {
  workspaceId: string;
  conversationId: string;
  /** A message that is new in it. */
  messageId: string | null;
  direction: "in" | "out" | null;
}

/**
 * The hot statement: contacts, messages, conversations, attachments and jobs of one batch in one round trip and,
 * outside a transaction, one commit. Messages come before their conversations, because only the unique key knows
 * new messages, and unread counts must not count duplicates; foreign keys are checked when the statement ends.
 */
export async function recordMessages(
  on: Pick<postgres.Sql, "unsafe">,
  batch: InboundBatch,
  { log, isHistory = false }: RecordingMessages = {},
): Promise<TouchedConversation[]> {
  const { variant, values } = parameterValues(batch, isHistory);
  const logged = Object.values(log?.columns ?? {}).map(textArray);
  return await on.unsafe<TouchedConversation[]>(messagesStatement(variant, log), [...values, ...logged], {
    prepare: true,
  });
}

/** Rows that the caller writes by the same statement, for they stand or fall with the events. */
export interface CallersLog {
  /**
   * A constant statement without parameters. It reads the CTEs `logged`, the rows below, and
   * `page (id, workspace_id, facebook_id)`, the pages of the batch that are connected here.
   */
  write: string;
  /** The columns of `logged`, which are text, with a value for each row. */
  columns: Readonly<Record<string, readonly (string | null)[]>>;
}

const texts = new Map<string, string>();

/** The text of the statement for batches of this kind, made once, so that each connection prepares it once. */
function messagesStatement(variant: Variant, log: CallersLog | undefined): string {
  const { hasAttachments, hasReceiptMids, hasWatermarks, isHistory } = variant;
  const key = `${hasAttachments} ${hasReceiptMids} ${hasWatermarks} ${isHistory} ${log?.write ?? ""}`;
  let text = texts.get(key);
  if (text === undefined) {
    const given = numberParameters(variant, Object.keys(log?.columns ?? {}));
    text = [
      conversationsAndMessages(given),
      given.receiptMids ? liftedBy(given.receiptMids) : "",
      conversations(given, variant),
      given.watermarks ? receiptRows(given.watermarks) : "",
      given.attachments ? attachmentRows(given.attachments) : "",
      jobs(variant),
      log && given.log
        ? `, logged as (\n  select * from ${given.log.as("l")}\n), alongside as (${log.write})`
        : "",
      touched,
    ].join("");
    texts.set(key, text);
  }
  return text;
}

// Events that were in flight at a deletion do not create the person again: receipts, our own echoes, and late events.
// Events that need an existing person create none, so a running deletion is not undone.
// People who were imported, or clicked an ad before, are looked up like new people when they first write.
// The last click on an ad that a message followed holds the window, from the first message after it. A message from
// before the newest click may still be the first one after another.
const conversationsAndMessages = ({
  pages,
  facts,
  messages,
}: InboundParameters) => `with page as materialized (
  select id, workspace_id, facebook_id, has_routing from messaging.pages
  where facebook_id = any(${pages.array("id")}) and status <> 'disconnected'
), heard as materialized (
  select page.workspace_id, page.id as page_id, t.*, page.has_routing,
    t.known_at is null and (select true from messaging.contacts as c where c.page_id = page.id and c.psid = t.psid)
      is true as is_asked
  from ${facts.numbered("t")}
  join page on page.facebook_id = t.page
  cross join lateral (select (select d.deleted_at from messaging.deleted_people as d
    where d.page_id = page.id and d.person_hash = ${personHashSql("page.id", "t.psid")}) as at) as deleted
  where deleted.at is null or to_timestamp(t.known_at) > deleted.at
    or (select true from messaging.contacts as c where c.page_id = page.id and c.psid = t.psid)
), written as (
  insert into messaging.contacts as c (workspace_id, page_id, psid, last_inbound_at, first_inbound_at)
  select workspace_id, page_id, psid, to_timestamp(inbound_at), to_timestamp(first_inbound_at) from heard where not is_asked order by n
  on conflict (page_id, psid) do update set
    last_inbound_at = greatest(c.last_inbound_at, excluded.last_inbound_at),
    first_inbound_at = case when c.first_inbound_at is null and c.last_inbound_at <= excluded.first_inbound_at then null
      else least(c.first_inbound_at, excluded.first_inbound_at) end,
    unreachable_at = case when excluded.last_inbound_at > c.unreachable_at then null else c.unreachable_at end,
    unreachable_reason = case when excluded.last_inbound_at > c.unreachable_at then null else c.unreachable_reason end,
    ad_window_until = case when c.ad_clicked_at is null then c.ad_window_until else coalesce((
      select min(said.at) + interval '7 days' from (
        select at, max(at) over () as last_at from (
          select c.ad_window_until - interval '7 days' as at
          union all
          select to_timestamp(i.sent_at) from ${messages.as("i", ["page", "psid", "is_in", "sent_at"])}
          join page on page.facebook_id = i.page and page.id = c.page_id where i.is_in and i.psid = c.psid) as all_said
      ) as said
      where said.at >= case when said.last_at >= c.ad_clicked_at then c.ad_clicked_at
        else ${lastAdClick("said.last_at")} end), c.ad_window_until) end
  returning c.id, c.workspace_id, c.page_id, c.psid,
    old.id is null or (old.last_inbound_at is null and new.last_inbound_at is not null
        and (c.profile_at is null or c.profile_state in ('wanted', 'withheld')))
      as is_new
), asked as (
  select c.id, c.workspace_id, c.page_id, c.psid, false as is_new
  from heard join messaging.contacts as c on c.page_id = heard.page_id and c.psid = heard.psid
  where heard.is_asked order by heard.n for key share of c
), person as materialized (
  select * from written union all select * from asked
), said as materialized (
  select person.id as conversation_id, person.workspace_id, person.page_id, i.*
  from ${messages.numbered("i")}
  join page on page.facebook_id = i.page
  join person on person.page_id = page.id and person.psid = i.psid
), message as (
  insert into messaging.messages as m (workspace_id, conversation_id, page_id, mid, direction, kind, author_kind,
    app_id, text, content, reply_to_mid, sent_at)
  select workspace_id, conversation_id, page_id, mid, case when is_in then 'in' else 'out' end, kind,
    case when is_in then 'contact' else 'external' end, app_id, text, content::jsonb, reply_to_mid,
    to_timestamp(sent_at)
  from said order by n
  on conflict (page_id, mid) do update set
    conversation_id = excluded.conversation_id, direction = excluded.direction, kind = excluded.kind,
    author_kind = excluded.author_kind, app_id = excluded.app_id,
    text = case when m.deleted_at is not null then null when m.edit_num > 0 then m.text else excluded.text end,
    content = case when m.deleted_at is null then excluded.content end,
    reply_to_mid = excluded.reply_to_mid, sent_at = excluded.sent_at, is_partial = false
  where m.is_partial
  returning m.id, m.workspace_id, m.conversation_id, m.page_id, m.mid, m.direction, m.text, m.sent_at,
    m.deleted_at is not null as is_deleted
)`;

const liftedBy = (receiptMids: Present<"receiptMids">) => `, lifted as (
  select m.conversation_id, max(m.sent_at) as sent_at
  from ${receiptMids.as("r")}
  join page on page.facebook_id = r.page
  cross join lateral (select conversation_id, sent_at from messaging.messages
    where page_id = page.id and mid = r.mid and direction = 'out' limit 1) as m
  group by m.conversation_id
)`;

// Messages that arrived while the page was connected and had no webhook; after a week they cannot be answered.
const missed = `
      and sent_at > greatest(now() - interval '7 days', (select created_at from messaging.pages where id = page_id))`;

// Without routing every app gets every message, and Meta's inbox shows all of them: neither shows the owner of the thread.
// A transition of conversations outside their room: it reads the lists before it, and all is one round trip.
// One pass over messages and threads together instead of a join of them: the planner knows no sizes and would compare
// each with each. A message without text is summarized by its first attachment.
const conversations = (
  { messages }: InboundParameters,
  { hasReceiptMids, isHistory }: Variant,
) => `, facts as (
  select conversation_id, workspace_id, page_id, direction, sent_at, case when is_deleted then null
      else left(coalesce(text, (select i.summary from ${messages.as("i", ["mid", "summary"])}
        where i.mid = message.mid limit 1)), 300) end as preview,
    direction = 'in' and (select true from messaging.messages as a
      where a.conversation_id = message.conversation_id and a.sent_at >= message.sent_at + ${readingTime}
        and ${byHandSql("a")} limit 1) is null as is_unread,
    null::int8 as n, false as is_needed, null::float8 as delivered_until, null::float8 as read_until,
    null::float8 as held_at
  from message
  union all
  select person.id, person.workspace_id, person.page_id, null, null, null, false,
    heard.n, heard.is_needed, heard.delivered_until, heard.read_until,
    ${isHistory ? "null" : "case when heard.has_routing is not false then heard.held_at end"}
  from person join heard on heard.page_id = person.page_id and heard.psid = person.psid
), news as materialized (
  select conversation_id, workspace_id, page_id, (count(*) filter (where is_unread${
    isHistory ? missed : ""
  }))::int4 as unread,
    coalesce(max(sent_at), 'epoch') as last_at,
    (array_agg(preview order by sent_at desc nulls last, preview desc nulls last))[1] as preview,
    (array_agg(direction order by sent_at desc nulls last, preview desc nulls last))[1] as direction,
    max(n) as n, to_timestamp(max(delivered_until)) as delivered_until, to_timestamp(max(read_until)) as read_until,
    to_timestamp(max(held_at)) as held_at
  from facts
  group by conversation_id, workspace_id, page_id
  having count(sent_at) > 0 or bool_or(is_needed)
), thread as (
  insert into messaging.conversations as c (id, workspace_id, page_id, unread_count, last_message_at, preview_text,
    preview_direction, status, delivered_until, read_until, held_at)
  select conversation_id, workspace_id, page_id, unread, last_at, preview, coalesce(direction, 'in'),
    ${isHistory ? "case when direction = 'in' and last_at > now() - interval '7 days' then 'open' else 'resolved' end" : "'open'"},
    ${
      hasReceiptMids
        ? "greatest(delivered_until, (select sent_at from lifted where lifted.conversation_id = news.conversation_id))"
        : "delivered_until"
    }, read_until, held_at
  from news order by n
  on conflict (workspace_id, id, page_id) do update set
    unread_count = case when c.status = 'spam' then 0 else c.unread_count + excluded.unread_count end,
    status = case when excluded.unread_count > 0 and c.status in ('resolved', 'snoozed') then 'open'
      ${isHistory ? "when c.last_message_at = 'epoch' and c.status <> 'spam' then excluded.status" : ""} else c.status end,
    snoozed_until = case when excluded.unread_count > 0 then null else c.snoozed_until end,
    last_message_at = greatest(c.last_message_at, excluded.last_message_at),
    preview_text = case when (excluded.last_message_at, coalesce(excluded.preview_text, ''))
      >= (c.last_message_at, coalesce(c.preview_text, '')) then excluded.preview_text else c.preview_text end,
    preview_direction = case when (excluded.last_message_at, coalesce(excluded.preview_text, ''))
      >= (c.last_message_at, coalesce(c.preview_text, '')) then excluded.preview_direction
      else c.preview_direction end,
    delivered_until = greatest(c.delivered_until, excluded.delivered_until),
    read_until = greatest(c.read_until, excluded.read_until),
    held_at = greatest(c.held_at, excluded.held_at)
  where excluded.last_message_at > 'epoch'
    or excluded.delivered_until > coalesce(c.delivered_until, 'epoch')
    or excluded.read_until > coalesce(c.read_until, 'epoch')
  returning c.id, c.workspace_id
)`;

const attachmentRows = (attachments: Present<"attachments">) => `, attachment as (
  insert into messaging.attachments (workspace_id, message_id, position, type, title, source_url, payload, file_state)
  select message.workspace_id, message.id, a.position, a.type, a.title, a.source_url, a.payload::jsonb,
    case when a.is_file then 'wanted' else 'none' end
  from ${attachments.as("a")}
  join page on page.facebook_id = a.page
  join message on message.page_id = page.id and message.mid = a.mid and not message.is_deleted
  returning id, workspace_id, message_id, file_state
)`;

// Thousands of people of a history are not all asked for at once; who wrote just now is, as ever.
const whenQuiet = `now() + case when (select to_timestamp(inbound_at) from heard
      where heard.page_id = person.page_id and heard.psid = person.psid) > now() - interval '1 h'
    then interval '0' else random() * interval '1 h' end`;
const jobs = ({ hasAttachments, isHistory }: Variant) => `, job as (
  ${jobRows.insert}
  select 'contact.profile', id::text, jsonb_build_object('workspaceId', workspace_id, 'contactId', id),
    (select trace_id from heard where heard.page_id = person.page_id and heard.psid = person.psid),
    ${isHistory ? whenQuiet : "now()"}
  from person where is_new${
    hasAttachments
      ? `
  union all
  select 'attachment.copy', id::text, jsonb_build_object('workspaceId', workspace_id, 'attachmentId', id),
    (select heard.trace_id from message
      join person on person.id = message.conversation_id
      join heard on heard.page_id = person.page_id and heard.psid = person.psid
      where message.id = attachment.message_id), now()
  from attachment where file_state = 'wanted'`
      : ""
  }
  ${jobRows.unlessThere}
)`;

const touched = `
select workspace_id as "workspaceId", conversation_id as "conversationId", id as "messageId", direction from message
union all
select workspace_id, id, null, null from thread where id not in (select conversation_id from message)`;
