import type postgres from "postgres";
import { plainArray, seconds, textArray } from "#db";
import type { InboundComment } from "./inbound_event.ts";

// A change may come before its comment, so the comment's author, post and first time are filled in whenever they are
// told, and what may change (text, hidden, removed) follows Meta's newest time.
const upsertComments = `
insert into messaging.comments as c (workspace_id, page_id, comment_id, post_id, parent_id, from_id, from_name, text,
  hidden, changed_at, removed_at, created_at)
select page.workspace_id, page.id, i.comment_id, i.post_id, i.parent_id, i.from_id, i.from_name, i.text,
  i.verb = 'hide', to_timestamp(i.at), case when i.verb = 'remove' then to_timestamp(i.at) end,
  to_timestamp(i.created_at)
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::float8[], $10::float8[])
  as i(page, comment_id, post_id, parent_id, from_id, from_name, text, verb, at, created_at)
join messaging.pages as page on page.facebook_id = i.page and page.status <> 'disconnected'
on conflict (page_id, comment_id) do update set
  post_id = coalesce(c.post_id, excluded.post_id), parent_id = coalesce(c.parent_id, excluded.parent_id),
  from_id = coalesce(c.from_id, excluded.from_id), from_name = coalesce(c.from_name, excluded.from_name),
  text = case when c.text is null or (excluded.changed_at >= c.changed_at and excluded.text is not null)
    then coalesce(excluded.text, c.text) else c.text end,
  hidden = case when excluded.changed_at >= c.changed_at then excluded.hidden else c.hidden end,
  removed_at = coalesce(c.removed_at, excluded.removed_at),
  changed_at = greatest(c.changed_at, excluded.changed_at),
  created_at = least(c.created_at, excluded.created_at)`;

/** Comments on the page's posts; each one statement, because one batch may hold several changes of one comment. */
export async function recordComments(
  on: postgres.TransactionSql,
  comments: readonly InboundComment[],
): Promise<void> {
  const rounds: InboundComment[][] = [];
  const places = new Map<string, number>();
  for (const comment of comments) {
    const key = `${comment.pageFacebookId} ${comment.commentId}`;
    const place = places.get(key) ?? 0;
    places.set(key, place + 1);
    (rounds[place] ??= []).push(comment);
  }
  for (const round of rounds) {
    const rows = round.toSorted((a, b) =>
      `${a.pageFacebookId} ${a.commentId}` < `${b.pageFacebookId} ${b.commentId}` ? -1 : 1,
    );
    await on.unsafe(
      upsertComments,
      [
        textArray(rows.map((row) => row.pageFacebookId)),
        textArray(rows.map((row) => row.commentId)),
        textArray(rows.map((row) => row.postId)),
        textArray(rows.map((row) => row.parentId)),
        textArray(rows.map((row) => row.fromId)),
        textArray(rows.map((row) => row.fromName)),
        textArray(rows.map((row) => row.text)),
        textArray(rows.map((row) => row.verb)),
        plainArray(rows.map((row) => seconds(row.at))),
        plainArray(rows.map((row) => seconds(row.createdAt))),
      ],
      { prepare: true },
    );
  }
}
