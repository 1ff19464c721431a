import type { Fragment, Sql, TransactionSql } from "postgres";
import { recordDeltas } from "./deltas.ts";

/*
 * The state of a delivery changes in this file and in attempt_transitions.ts, and nowhere else: ops/transitions.test.ts.
 *
 *     new                    → queued, skipped            the inserts of plans, sequences, replies and test messages
 *     queued                 → sending, skipped, queued   startAttempts: the claim
 *     sending, unknown       → sent, failed, skipped,
 *                              queued, unknown            settleAttempts: Meta's answer
 *     any                    → sent                       sentByEcho: its echo
 *     sending                → unknown                    loseAttempts: its worker died
 *     unknown                → sent, queued, failed       resolveUnknown: Meta was asked
 *     queued                 → skipped, cancelled         endWaiting, skipPage
 *     queued                 → queued, cancelled          replaceContents
 *     queued                 → queued                     makeDue
 *     failed, skipped        → queued                     requeueMissed, requeueReply
 *     not settled            → cancelled                  forgetRecipients
 *
 * Each is one statement, or a part of the caller's. It takes rows only from the states above, and writes the change of
 * their campaigns' counts with it. Replies have no campaign, and so no counts.
 */

/**
 * No state has this name. With it the condition does not fit the partial indexes on live states, which the planner would
 * read from end to end for each batch while statistics say that they are empty; so it goes by id.
 */
export const byId = "";

/**
 * Ends what will not be sent. `rows` locks it and gives the columns id, state (skipped or cancelled) and reason. Returns
 * how many there were.
 */
export async function endWaiting(sql: Sql | TransactionSql, rows: Fragment): Promise<number> {
  const [ended] = await sql<{ count: number }[]>`
    with waiting as materialized (${rows}),
    changed as (
      update messaging.deliveries d set state = w.state, reason = w.reason, settled_at = clock_timestamp()
      from waiting w where d.id = w.id and d.state in ('queued', ${byId})
      returning d.campaign_id, old.state as was, new.state as became),
    delta as (${sql.unsafe(recordDeltas)})
    select count(*)::int4 as count from changed`;
  return ended?.count ?? 0;
}

/** Skips all that waits on a page, however much that is: it is not listed first. */
export async function skipPage(
  tx: Sql | TransactionSql,
  { pageId, reason }: { pageId: string; reason: string },
): Promise<void> {
  await tx`
    with changed as (
      update messaging.deliveries d set state = 'skipped', reason = ${reason}, settled_at = clock_timestamp()
      where page_id = ${pageId} and state = 'queued'
      returning d.campaign_id, old.state as was, new.state as became)
    ${tx.unsafe(recordDeltas)}`;
}

/**
 * Sets the new content of waiting rows. `rows` locks them and gives the columns id, content_id and class; without a content the
 * delivery is cancelled for `reason`.
 */
export async function replaceContents(tx: TransactionSql, rows: Fragment, reason: string): Promise<void> {
  await tx`
    with waiting as materialized (${rows}),
    changed as (
      update messaging.deliveries d
      set content_id = coalesce(w.content_id, d.content_id), class = coalesce(w.class, d.class),
          state = case when w.content_id is null then 'cancelled' else d.state end,
          reason = case when w.content_id is null then ${reason} end,
          settled_at = case when w.content_id is null then clock_timestamp() end
      from waiting w where d.id = w.id and d.state in ('queued', ${byId})
      returning d.campaign_id, old.state as was, new.state as became)
    ${tx.unsafe(recordDeltas)}`;
}

/** Makes delayed rows due. `rows` locks them and gives the columns id, variant, content_id and class. */
export async function makeDue(tx: TransactionSql, rows: Fragment): Promise<void> {
  await tx`
    with waiting as materialized (${rows})
    update messaging.deliveries d
    set due_at = clock_timestamp(), variant = w.variant, content_id = w.content_id, class = w.class
    from waiting w where d.id = w.id and d.state in ('queued', ${byId})`;
}

const again = `state = 'queued', attempts = 0, unknowns = 0, reason = null, error_code = null, error_subcode = null,
  error_text = null, settled_at = null`;

/**
 * Parts of a statement, `changed` and `delta`, that return failed or skipped rows to waiting. `missed` names
 * its rows in the list before, by id. Those held back for the winner of a split test are held back again.
 */
export function requeueMissed(tx: TransactionSql, { heldVariant }: { heldVariant: number }): Fragment {
  return tx`changed as (
      update messaging.deliveries d
      set ${tx.unsafe(again)},
          variant = case when d.due_at = 'infinity' then ${heldVariant} else d.variant end,
          due_at = case when d.due_at = 'infinity' then d.due_at else clock_timestamp() end
      from missed where d.id = missed.id and d.state in ('failed', 'skipped')
      returning d.campaign_id, old.state as was, new.state as became),
    delta as (${tx.unsafe(recordDeltas)})`;
}

/** Lets a reply that failed wait again, now as this user's. False: it did not fail. */
export async function requeueReply(
  tx: TransactionSql,
  {
    workspaceId,
    messageId,
    userId,
    traceId,
  }: { workspaceId: string; messageId: string; userId: string; traceId: string | null },
): Promise<boolean> {
  const { count } = await tx`
    update messaging.deliveries
    set ${tx.unsafe(again)}, due_at = clock_timestamp(), by_user_id = ${userId}, trace_id = ${traceId}
    where workspace_id = ${workspaceId} and message_id = ${messageId} and state in ('failed', 'skipped')`;
  return count > 0;
}

/**
 * Takes contacts out of campaigns: that somebody had a row stays, under a PSID of `psidPrefix` and the row's id, and what
 * was still to go out does not.
 */
export async function forgetRecipients(
  tx: TransactionSql,
  {
    workspaceId,
    contactIds,
    psidPrefix,
  }: { workspaceId: string; contactIds: readonly string[]; psidPrefix: string },
): Promise<void> {
  await tx`
    with held as materialized (
      select id from messaging.deliveries
      where workspace_id = ${workspaceId} and contact_id = any(${[...contactIds]}::uuid[]) and campaign_id is not null
      order by id for update),
    changed as (
      update messaging.deliveries d
      set contact_id = null, comment_id = null, psid = ${psidPrefix} || d.id,
          state = case when d.state in ('sent', 'failed', 'skipped', 'cancelled') then d.state else 'cancelled' end,
          reason = case when d.state in ('queued', 'leased', 'sending', 'unknown') then 'contact-deleted' else d.reason end,
          settled_at = coalesce(d.settled_at, clock_timestamp()), fills = null, mid = null, attempt_id = null,
          decision = null, error_text = null, trace_id = null
      from held where d.id = held.id
      returning d.campaign_id, old.state as was, new.state as became)
    ${tx.unsafe(recordDeltas)}`;
}
