import type postgres from "postgres";
import { jobRows, plainArray, seconds, textArray } from "#db";
import { removalJob } from "../media/mod.ts";
import type { InboundEdit, InboundReaction, InboundUnsend } from "./inbound_event.ts";

/** The CTE that finds the conversations of `$1` (pages) and `$2` (PSIDs), which `recordMessages` made before. */
const conversations = `with thread as materialized (
  select c.id, c.workspace_id, c.page_id, t.n
  from unnest($1::text[], $2::text[]) with ordinality as t(page, psid, n)
  join messaging.pages as page on page.facebook_id = t.page and page.status <> 'disconnected'
  join messaging.contacts as c on c.page_id = page.id and c.psid = t.psid
)`;

const upsertReactions = `${conversations}
insert into messaging.reactions as r (workspace_id, page_id, mid, actor, emoji, reaction, at)
select thread.workspace_id, thread.page_id, i.mid, i.actor, i.emoji, i.reaction, to_timestamp(i.at)
from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::float8[]) with ordinality
  as i(mid, actor, emoji, reaction, at, n)
join thread on thread.n = i.n
order by thread.page_id, i.mid, i.actor
on conflict (page_id, mid, actor) do update
set emoji = excluded.emoji, reaction = excluded.reaction, at = excluded.at
where (excluded.at, coalesce(excluded.emoji, '')) > (r.at, coalesce(r.emoji, ''))`;

/** The last reaction of each side to each message, taken back or not. */
export async function recordReactions(
  on: postgres.TransactionSql,
  reactions: readonly InboundReaction[],
): Promise<void> {
  const isNewer = (a: InboundReaction, b: InboundReaction) =>
    a.at > b.at || (a.at === b.at && (a.emoji ?? "") > (b.emoji ?? ""));
  const rows = newest(reactions, (row) => `${row.pageFacebookId} ${row.mid} ${row.actor}`, isNewer);
  await on.unsafe(
    upsertReactions,
    [
      textArray(rows.map((row) => row.pageFacebookId)),
      textArray(rows.map((row) => row.psid)),
      textArray(rows.map((row) => row.mid)),
      textArray(rows.map((row) => row.actor)),
      textArray(rows.map((row) => row.emoji)),
      textArray(rows.map((row) => row.reaction)),
      plainArray(rows.map((row) => seconds(row.at))),
    ],
    { prepare: true },
  );
}

// The list shows the newest message, or a note after it: when the message is the one changed, its preview changes with it.
const preview = (text: string) => `
update messaging.conversations as c set preview_text = ${text}
from changed where c.workspace_id = changed.workspace_id and c.id = changed.conversation_id
  and c.last_message_at = changed.sent_at and c.preview_direction <> 'note' and not changed.is_partial`;

const upsertEdits = `${conversations}, changed as (
  insert into messaging.messages as m (workspace_id, conversation_id, page_id, mid, direction, author_kind, text,
    edit_num, edited_at, sent_at, is_partial)
  select thread.workspace_id, thread.id, thread.page_id, i.mid, 'in', 'contact', i.text, i.num, to_timestamp(i.at),
    to_timestamp(i.at), true
  from unnest($3::text[], $4::text[], $5::int4[], $6::float8[]) with ordinality as i(mid, text, num, at, n)
  join thread on thread.n = i.n
  order by thread.page_id, i.mid
  on conflict (page_id, mid) do update
  set text = case when m.deleted_at is null then excluded.text end, edit_num = excluded.edit_num,
    edited_at = excluded.edited_at,
    sent_at = case when m.is_partial then least(excluded.edited_at, m.deleted_at) else m.sent_at end
  where (excluded.edit_num, excluded.edited_at) > (m.edit_num, coalesce(m.edited_at, 'epoch'))
  returning m.workspace_id, m.conversation_id, m.sent_at, m.text, m.is_partial
)${preview("left(changed.text, 300)")}`;

/** The newest text of each edited message, even when the message itself is still to come. */
export async function recordEdits(on: postgres.TransactionSql, edits: readonly InboundEdit[]): Promise<void> {
  const isNewer = (a: InboundEdit, b: InboundEdit) =>
    a.editNum > b.editNum || (a.editNum === b.editNum && a.at > b.at);
  // Instagram sends edits without a text, which say nothing.
  const withText = edits.filter((row) => row.text !== null);
  const rows = newest(withText, (row) => `${row.pageFacebookId} ${row.mid}`, isNewer);
  await on.unsafe(
    upsertEdits,
    [
      textArray(rows.map((row) => row.pageFacebookId)),
      textArray(rows.map((row) => row.psid)),
      textArray(rows.map((row) => row.mid)),
      textArray(rows.map((row) => row.text)),
      plainArray(rows.map((row) => row.editNum)),
      plainArray(rows.map((row) => seconds(row.at))),
    ],
    { prepare: true },
  );
}

const upsertUnsends = `${conversations}, changed as (
  insert into messaging.messages as m (workspace_id, conversation_id, page_id, mid, direction, author_kind, deleted_at,
    sent_at, is_partial)
  select thread.workspace_id, thread.id, thread.page_id, i.mid, 'in', 'contact', to_timestamp(i.at),
    to_timestamp(i.at), true
  from unnest($3::text[], $4::float8[]) with ordinality as i(mid, at, n)
  join thread on thread.n = i.n
  order by thread.page_id, i.mid
  on conflict (page_id, mid) do update
  set deleted_at = least(m.deleted_at, excluded.deleted_at), text = null, content = null,
    sent_at = case when m.is_partial then least(m.edited_at, m.deleted_at, excluded.deleted_at) else m.sent_at end
  returning m.id, m.workspace_id, m.conversation_id, m.sent_at, m.is_partial
), gone as (
  delete from messaging.attachments using changed
  where attachments.workspace_id = changed.workspace_id and attachments.message_id = changed.id
  returning attachments.file_key
), job as (
  ${jobRows.insert}
  select '${removalJob}', file_key, jsonb_build_object('key', file_key), null, now() from gone
  -- A reply shows a file of the library, which is everybody's.
  where file_key is not null and not exists (select from messaging.media_files as f where f.file_key = gone.file_key)
  ${jobRows.unlessThere}
)${preview("null")}`;

/** A message that the person removed is removed here too, with its files; only its place remains. */
export async function recordUnsends(
  on: postgres.TransactionSql,
  unsends: readonly InboundUnsend[],
): Promise<void> {
  const rows = newest(
    unsends,
    (row) => `${row.pageFacebookId} ${row.mid}`,
    (a, b) => a.at < b.at,
  );
  await on.unsafe(
    upsertUnsends,
    [
      textArray(rows.map((row) => row.pageFacebookId)),
      textArray(rows.map((row) => row.psid)),
      textArray(rows.map((row) => row.mid)),
      plainArray(rows.map((row) => seconds(row.at))),
    ],
    { prepare: true },
  );
}

/** One row per key, the newest. */
function newest<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  isNewer: (a: Row, b: Row) => boolean,
): Row[] {
  const kept = new Map<string, Row>();
  for (const row of rows) {
    const before = kept.get(keyOf(row));
    if (before === undefined || isNewer(row, before)) kept.set(keyOf(row), row);
  }
  return [...kept.values()];
}
