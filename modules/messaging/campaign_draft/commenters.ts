import type { Fragment, Sql, TransactionSql } from "postgres";

interface CommentsOn {
  pageId: string;
  postId?: string | undefined;
  includeUnknownAuthors?: boolean | undefined;
}

/** The comments `m` that an audience of commenters is about. */
export function commentsOf(
  tx: Sql | TransactionSql,
  workspaceId: string,
  { pageId, postId }: CommentsOn,
): Fragment {
  return tx`m.workspace_id = ${workspaceId} and m.page_id = ${pageId} and m.removed_at is null
    and ${postId === undefined ? tx`m.created_at > clock_timestamp() - interval '7 days'` : tx`m.post_id = ${postId}`}`;
}

/**
 * The newest answerable comment of each person, as `k`, with the person's contact if there is one. A comment without
 * an author counts as a separate person. Meta's 10900 means that it was answered already.
 */
export function commenters(tx: Sql | TransactionSql, workspaceId: string, commentsOn: CommentsOn): Fragment {
  return tx`from (
      select distinct on (found.author) found.* from (
        select m.id, m.workspace_id, m.page_id, m.from_id, coalesce(m.from_id, 'comment:' || m.comment_id) as author,
          m.created_at, exists (select from messaging.deliveries d where d.comment_id = m.id
            and (d.state not in ('failed', 'skipped', 'cancelled') or d.error_code = 10900)) as is_answered
        from messaging.comments m join messaging.pages own on own.id = m.page_id
        where ${commentsOf(tx, workspaceId, commentsOn)} and m.from_id is distinct from own.facebook_id
          and (m.from_id is not null or ${commentsOn.includeUnknownAuthors === true})
      ) found
      order by found.author, found.is_answered, found.created_at desc) k
    join messaging.pages p on p.workspace_id = k.workspace_id and p.id = k.page_id
    left join messaging.contacts c on c.page_id = k.page_id and c.psid = k.from_id`;
}
