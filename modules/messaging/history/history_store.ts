import type { Sql, TransactionSql } from "postgres";
import type { NewJob } from "#db";

export interface OfPage {
  workspaceId: string;
  pageId: string;
}

/** Reads the past conversations of one page. */
export const historyJob = "page.history";

export function newHistoryJob({ workspaceId, pageId }: OfPage): NewJob {
  return { kind: historyJob, key: pageId, payload: { workspaceId, pageId } };
}

/**
 * Has a page's conversations read: all of them the first time, later those in which something happened since the last
 * reading began, and an hour before, as Meta's clock is another. One that is under way goes on.
 */
export async function beginHistory(tx: Sql | TransactionSql, { workspaceId, pageId }: OfPage): Promise<void> {
  await tx`
    insert into messaging.page_histories as h (page_id, workspace_id, state) values (${pageId}, ${workspaceId}, 'reading')
    on conflict (page_id) do update set state = 'reading', problem = null,
      since = case when h.state = 'done' then h.started_at - interval '1 h' else h.since end,
      cursor = case when h.state = 'done' then null else h.cursor end,
      threads = case when h.state = 'done' then 0 else h.threads end,
      started_at = case when h.state = 'done' then now() else h.started_at end, finished_at = null
    where h.state <> 'reading'`;
}

export interface Reading {
  facebookId: string;
  tokenSealed: string | null;
  cursor: string | null;
  /** In ms; null: from the beginning. */
  since: number | null;
  /** That this reading has seen. */
  conversations: number;
}

/** The reading of a page that is under way; undefined when there is none. */
export async function readReading(sql: Sql, { workspaceId, pageId }: OfPage): Promise<Reading | undefined> {
  const [reading] = await sql<Reading[]>`
    select p.facebook_id as "facebookId", p.token_sealed as "tokenSealed", h.cursor, h.threads as conversations,
      (extract(epoch from h.since) * 1000)::float8 as since
    from messaging.page_histories h join messaging.pages p on p.workspace_id = h.workspace_id and p.id = h.page_id
    where h.workspace_id = ${workspaceId} and h.page_id = ${pageId} and h.state = 'reading'`;
  return reading;
}

/** When those of these messages were sent that are known, in ms by id. */
export async function readKnownTimes(
  sql: Sql,
  pageId: string,
  mids: readonly string[],
): Promise<Map<string, number>> {
  const rows = await sql<{ mid: string; at: number }[]>`
    select mid, (extract(epoch from sent_at) * 1000)::float8 as at from messaging.messages
    where page_id = ${pageId} and mid = any (${[...mids]}::text[])`;
  return new Map(rows.map(({ mid, at }) => [mid, at]));
}

/** Stores the progress in the transaction of the written rows. */
export async function noteRead(
  tx: TransactionSql,
  pageId: string,
  { cursor, conversations, messages }: { cursor: string | null; conversations: number; messages: number },
): Promise<void> {
  await tx`
    update messaging.page_histories set cursor = ${cursor}, threads = threads + ${conversations}::int4,
      messages = messages + ${messages}::int4,
      state = case when ${cursor === null} then 'done' else state end,
      finished_at = case when ${cursor === null} then now() end
    where page_id = ${pageId} and state = 'reading'`;
}

/**
 * Notes whether something happened in the newest conversations that no webhook told: Meta tells within moments, and
 * drops strangers' events without a word while the app has Standard Access or is in development. Times are in ms.
 */
export async function noteUnheard(
  tx: TransactionSql,
  pageId: string,
  times: readonly number[],
): Promise<void> {
  await tx`
    update messaging.pages p set unheard_at = (
      select max(happened.at)
      from (select to_timestamp(ms / 1000) as at from unnest(${[...times]}::float8[]) ms) happened
      where happened.at > greatest(p.last_event_at, p.connected_at) + interval '10 minutes'
        and happened.at < clock_timestamp() - interval '1 minute')
    where p.id = ${pageId}`;
}

/**
 * Ends it with what hinders it, in words; the next one goes on from there, or anew when Meta no longer knows the
 * place.
 */
export async function failHistory(
  sql: Sql,
  pageId: string,
  { problem, isPlaceLost }: { problem: string; isPlaceLost: boolean },
): Promise<void> {
  await sql`update messaging.page_histories set state = 'failed', problem = ${problem}, finished_at = now(),
      cursor = case when ${isPlaceLost} then null else cursor end,
      threads = case when ${isPlaceLost} then 0 else threads end
    where page_id = ${pageId} and state = 'reading'`;
}
