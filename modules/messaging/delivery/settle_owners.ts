import type { TransactionSql } from "postgres";
import type { Effect } from "./effects.ts";
import type { Flight } from "./flight.ts";

/**
 * Writes that another app holds these threads, as Meta refused the message for it. Meta does not say which app: a name
 * that is known stays. A word of Meta's that is newer than the attempt stays, too. Returns the threads of which nobody
 * knew it.
 */
export async function recordHeldElsewhere(
  tx: TransactionSql,
  all: readonly { flight: Flight; effect: Effect }[],
): Promise<{ workspaceId: string; contactId: string }[]> {
  const rows = all.flatMap(({ flight, effect }) =>
    effect.isHeldElsewhere === true && flight.contactId !== null
      ? [
          {
            workspace: flight.workspaceId,
            page: flight.pageId,
            id: flight.contactId,
            at: new Date(flight.attemptAt).toISOString(),
          },
        ]
      : [],
  );
  if (rows.length === 0) return [];
  return await tx<{ workspaceId: string; contactId: string }[]>`
    with r as (
      select workspace, page, id, max(at) as at
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as one(workspace uuid, page uuid, id uuid, at timestamptz)
      group by workspace, page, id),
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

/**
 * Writes that no other app held these threads when Meta took a reply. Not of answers after 24 hours: Meta may take
 * those while another app holds the thread.
 */
export async function recordAccepted(
  tx: TransactionSql,
  all: readonly { flight: Flight; effect: Effect }[],
): Promise<void> {
  const rows = all.flatMap(({ flight, effect }) => {
    const isReply = flight.campaignId === null && flight.messagingType === "RESPONSE";
    if (effect.state !== "sent" || !isReply || flight.contactId === null) return [];
    const at = new Date(flight.attemptAt).toISOString();
    return [{ workspace: flight.workspaceId, id: flight.contactId, at }];
  });
  if (rows.length === 0) return;
  await tx`
    update messaging.conversations c set held_at = greatest(c.held_at, r.at)
    from (
      select workspace, id, max(at) as at
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as one(workspace uuid, id uuid, at timestamptz)
      group by workspace, id) as r
    where c.workspace_id = r.workspace and c.id = r.id and c.control in ('other', 'requested')`;
}
