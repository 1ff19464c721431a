import type { TransactionSql } from "postgres";

/** Another contact of the same person has a campaign's message, or its turn comes first. */
export type SamePerson = "got" | "waits";

/** A waiting message of a campaign to a person with several contacts. */
export interface PersonRow {
  id: string;
  campaign_id: string;
  person_id: string;
}

/**
 * Rows of the other contacts of these people, by the row's id. Of waiting rows the one with the lower id is sent first;
 * a row that ended without being sent blocks none. One claim at a time decides about a person, and looks once
 * it has its turn: so it sees what others took before it, whenever those rows were planned.
 */
export async function readSamePeople(
  tx: TransactionSql,
  rows: readonly PersonRow[],
): Promise<ReadonlyMap<string, SamePerson>> {
  if (rows.length === 0) return new Map();
  const turnOf = (row: PersonRow) => `${row.campaign_id} ${row.person_id}`;
  const turns = await tx<{ turn: string }[]>`
    select turn from unnest(${[...new Set(rows.map(turnOf))]}::text[]) as turn
    where pg_try_advisory_xact_lock(hashtextextended(turn, 0))`;
  const mine = new Set(turns.map(({ turn }) => turn));
  const others = await tx<{ id: string; has: SamePerson }[]>`
    select id, has from (
      select d.id, (
        select case when bool_or(e.state = 'sent' or e.state = 'failed' and e.reason = 'unconfirmed') then 'got'
          when bool_or(e.state in ('leased', 'sending', 'unknown') or e.state = 'queued' and e.id < d.id) then 'waits' end
        from messaging.contacts other join messaging.deliveries e
          on e.contact_id = other.id and e.campaign_id = d.campaign_id and e.step = d.step
        where other.workspace_id = c.workspace_id and other.person_id = c.person_id and other.id <> c.id) as has
      from messaging.deliveries d
      join messaging.contacts c on c.workspace_id = d.workspace_id and c.id = d.contact_id and c.page_id = d.page_id
      where d.id = any(${rows.map(({ id }) => id)}::uuid[])) asked
    where has is not null`;
  const found = new Map(others.map(({ id, has }) => [id, has]));
  for (const row of rows) if (!mine.has(turnOf(row))) found.set(row.id, "waits");
  return found;
}

/** SQL: the recipient key of a delivery `d` within its campaign, step and page, as in the indexes. */
export const personKey = "(case when d.comment_id is null then coalesce(d.contact_id, d.id) else d.id end)";
