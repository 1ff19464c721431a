import type { PendingQuery, Row, Sql, TransactionSql } from "postgres";

/** A part of a statement: rows of (contact_id uuid, at timestamptz) for contacts to enrol, and when. */
export type Acts = PendingQuery<Row[]>;

export interface Enrolling {
  workspaceId: string;
  campaignId: string;
  cooldownSeconds: number;
  maxPerContact: number;
  /** Empty: all. */
  pageIds: readonly string[];
}

/**
 * Puts people into a running sequence, each only when not on the way through it, after the cool-down and not more often
 * than allowed; an act counts once, and only since the sequence runs. Returns how many came in.
 */
export async function enrol(on: Sql | TransactionSql, into: Enrolling, acts: Acts): Promise<number> {
  const { workspaceId, campaignId, cooldownSeconds, maxPerContact, pageIds } = into;
  const came = await on`
    insert into messaging.enrolments (workspace_id, campaign_id, contact_id, page_id, round, status, due_at)
    select c.workspace_id, k.id, c.id, c.page_id, coalesce(past.round, 0) + 1, 'active',
      clock_timestamp() + make_interval(secs => first.delay_seconds)
    from (select contact_id, max(at) as at from (${acts}) act group by contact_id) act
    join messaging.campaigns k on k.workspace_id = ${workspaceId} and k.id = ${campaignId} and k.status = 'running'
    join messaging.sequence_steps first on first.campaign_id = k.id and first.step = 1 and first.page_id is null
    join messaging.contacts c on c.workspace_id = k.workspace_id and c.id = act.contact_id
    left join lateral (
      select round, started_at from messaging.enrolments e where e.campaign_id = k.id and e.contact_id = c.id
      order by round desc limit 1) past on true
    -- Actions before its start enroll nobody.
    where act.at >= k.launched_at and c.subscribed and c.blocked_at is null
      and not exists (select from messaging.conversations v
        where v.workspace_id = c.workspace_id and v.id = c.id and v.page_id = c.page_id and v.status = 'spam')
      and (cardinality(${[...pageIds]}::uuid[]) = 0 or c.page_id = any(${[...pageIds]}::uuid[]))
      and coalesce(past.round, 0) < ${maxPerContact}
      and (past.started_at is null
        or (act.at > past.started_at
          and past.started_at < clock_timestamp() - make_interval(secs => ${cooldownSeconds}::float8)))
    on conflict do nothing
    returning id`;
  return came.length;
}
