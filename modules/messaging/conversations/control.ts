import type { Sql, TransactionSql } from "postgres";

/*
 * Which app holds a thread, by the newest word: `control` with the other app's name and Meta's time, and beside it the
 * watermark `held_at` of what proves that no other app held it. inbound/record_messages.ts moves that watermark,
 * too, for the messages that came to us.
 *
 *     any               → ours, other, idle               setOwners: from Meta's events
 *     any               → ours, other, requested, idle    setControl: from the answer of a call to Meta
 *     any               → other                           setHeldElsewhere: Meta refused our message
 *     other, requested  → a newer held_at                 setHeldHere: Meta took our reply
 *
 * A request to another app stays until another owner ends it.
 */

export interface ControlChange {
  workspaceId: string;
  conversationId: string;
  /** The time of the last known state before the call to Meta, as Postgres writes it. */
  knownAt: string | null;
  control: "ours" | "other" | "requested" | "idle";
  /** The name of `other`, if Meta gives one. */
  appId: string | null;
  /** Meta's time, in milliseconds. */
  at: number;
}

/** Writes the control state that a call returned, unless an event brought a newer one. */
export async function setControl(
  sql: Sql | TransactionSql,
  { workspaceId, conversationId, knownAt, control, appId, at }: ControlChange,
): Promise<void> {
  const time = new Date(at).toISOString();
  await sql`
    update messaging.conversations c
    set control = case when ${control} = 'other' and c.control = 'requested'
          and coalesce(${appId}::text = c.controlled_by_app, true) then c.control else ${control} end,
      controlled_by_app = case when ${control} in ('other', 'requested')
        then coalesce(${appId}::text, c.controlled_by_app) end,
      controlled_at = greatest(c.controlled_at, ${time}::timestamptz)
    where c.workspace_id = ${workspaceId} and c.id = ${conversationId}
      and (c.controlled_at is not distinct from ${knownAt}::timestamptz
        or c.controlled_at <= ${time}::timestamptz)`;
}

// The newest state counts, in any order of arrival. Control by another app leaves its name, which an older event may
// bring, and our request to that app: only another owner ends a request.
const updateOwners = `
with reported as (
  select c.workspace_id, c.id, c.page_id, i.control, i.app, to_timestamp(i.at) as at
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[]) as i(page, psid, control, app, at)
  join messaging.pages as page on page.facebook_id = i.page and page.status <> 'disconnected'
  join messaging.contacts as c on c.page_id = page.id and c.psid = i.psid
)
update messaging.conversations as c
set control = case when reported.control = 'other' and c.control in ('other', 'requested')
      and (reported.app is null or c.controlled_by_app is null or c.controlled_by_app = reported.app) then c.control
    else reported.control end,
  controlled_by_app = case when reported.control = 'other' then coalesce(reported.app, c.controlled_by_app) end,
  controlled_at = greatest(c.controlled_at, reported.at)
from reported
where c.workspace_id = reported.workspace_id and c.id = reported.id and c.page_id = reported.page_id
  and (c.controlled_at is null or c.controlled_at <= reported.at
    or (c.control in ('other', 'requested') and c.controlled_by_app is null and reported.app is not null))`;

/** Columns of a batch, as textArray() and plainArray() write them. One row per conversation. */
export interface OwnerArrays {
  pageFacebookIds: string;
  psids: string;
  /** ours, other or idle. */
  controls: string;
  appIds: string;
  /** Seconds since 1970, by Meta's clock. */
  times: string;
}

/** Writes the thread control of Meta's events. */
export async function setOwners(tx: TransactionSql, owners: OwnerArrays): Promise<void> {
  const { pageFacebookIds, psids, controls, appIds, times } = owners;
  await tx.unsafe(updateOwners, [pageFacebookIds, psids, controls, appIds, times], { prepare: true });
}

/** A message of ours that Meta took, or refused because of another app. */
interface Attempt {
  workspaceId: string;
  pageId: string;
  contactId: string;
  /** As ISO 8601. */
  at: string;
}

/**
 * Another app controls these conversations. Meta does not name the app: a known name stays, and so does a state newer
 * than the attempt. Returns the conversations where this was new.
 */
export async function setHeldElsewhere(
  tx: TransactionSql,
  refused: readonly Attempt[],
): Promise<{ workspaceId: string; contactId: string }[]> {
  return await tx<{ workspaceId: string; contactId: string }[]>`
    with r as (
      select "workspaceId" as workspace, "pageId" as page, "contactId" as id, max(at) as at
      from jsonb_to_recordset(${JSON.stringify(refused)}::jsonb)
        as one("workspaceId" uuid, "pageId" uuid, "contactId" uuid, at timestamptz)
      group by 1, 2, 3),
    held as (
      update messaging.conversations c
      set control = case when c.control = 'requested' then c.control else 'other' end, controlled_at = r.at
      from r
      where c.workspace_id = r.workspace and c.id = r.id and c.page_id = r.page
        and (c.controlled_at is null or c.controlled_at <= r.at)
      returning c.workspace_id, c.id,
        old.control in ('other', 'requested') and coalesce(old.held_at <= old.controlled_at, true) as was_known)
    select workspace_id as "workspaceId", id as "contactId" from held where not was_known`;
}

/** No other app held these threads when Meta took a reply. */
export async function setHeldHere(tx: TransactionSql, taken: readonly Attempt[]): Promise<void> {
  await tx`
    update messaging.conversations c set held_at = greatest(c.held_at, r.at)
    from (
      select "workspaceId" as workspace, "contactId" as id, max(at) as at
      from jsonb_to_recordset(${JSON.stringify(taken)}::jsonb) as one("workspaceId" uuid, "contactId" uuid, at timestamptz)
      group by 1, 2) as r
    where c.workspace_id = r.workspace and c.id = r.id and c.control in ('other', 'requested')`;
}
