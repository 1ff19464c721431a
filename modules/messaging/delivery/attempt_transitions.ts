import type { Fragment, Sql, TransactionSql } from "postgres";
import { recordDeltas, recordMistakes } from "./deltas.ts";
import { byId } from "./transitions.ts";

/*
 * The part of transitions.ts that is written for each message that goes out. The claim and the settling of answers are
 * measured: each is one statement about hundreds of rows, so that they take them as JSON and no row is locked before.
 */

/** The claim's decision about a waiting row. Undefined values are not in the JSON, and stay unchanged. */
export interface Start {
  id: string;
  /** queued: not before `due`. */
  state: "sending" | "skipped" | "queued";
  reason?: string;
  /** Seconds since 1970. */
  due?: number;
  attempt?: string;
  epoch?: number;
  route?: string;
  decision?: unknown;
  fills?: Record<string, string> | undefined;
}

/** Attempts of one claim, which begin together. */
export interface Started {
  /** Their flights; without those cancelled or skipped concurrently. */
  ids: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  attemptAt: number;
}

/** queued → sending, skipped, or queued until later. */
export async function startAttempts(tx: TransactionSql, rows: readonly Start[]): Promise<Started> {
  if (rows.length === 0) return { ids: new Set(), attemptAt: 0 };
  // One row: hundreds of rows with two columns would cost this process more than their use.
  const [started] = await tx<{ ids: string; at: number }[]>`
    with attempt as materialized (select clock_timestamp() as at),
    changed as (
      update messaging.deliveries d
      set state = r.state, reason = r.reason, due_at = coalesce(to_timestamp(r.due), d.due_at),
          settled_at = case r.state when 'skipped' then clock_timestamp() end,
          attempt_id = coalesce(r.attempt, d.attempt_id), lane_epoch = coalesce(r.epoch, d.lane_epoch),
          attempt_at = case r.state when 'sending' then attempt.at else d.attempt_at end,
          attempts = d.attempts + (r.state = 'sending')::int, route = coalesce(r.route, d.route),
          decision = coalesce(r.decision, d.decision), fills = coalesce(r.fills, d.fills),
          error_code = null, error_subcode = null, error_text = null
      from attempt, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, state text, reason text, due float8,
        attempt uuid, epoch int8, route text, decision jsonb, fills jsonb)
      where d.id = r.id and d.state in ('queued', ${byId})
      returning d.id, d.campaign_id, old.state as was, new.state as became),
    delta as (${tx.unsafe(recordDeltas)})
    select coalesce(string_agg(changed.id::text, ' '), '') as ids, (extract(epoch from attempt.at) * 1000)::float8 as at
    from attempt left join changed on changed.became = 'sending' group by attempt.at`;
  return { ids: new Set(started?.ids.split(" ")), attemptAt: started?.at ?? 0 };
}

/** The result of an attempt after Meta's answer. Undefined values are not in the JSON. */
export interface Settlement {
  id: string;
  attempt: string;
  state: "sent" | "queued" | "unknown" | "failed" | "skipped";
  page?: string;
  mid?: string | undefined;
  reason?: string | undefined;
  code?: number | null | undefined;
  subcode?: number | null | undefined;
  text?: string | undefined;
  /** Seconds until the next attempt or the lookup at Meta. */
  after?: number | undefined;
  /** 1: unrelated to the message; does not count as one of its attempts. */
  uncounted?: 1 | undefined;
  /** "code/subcode" of a probable mistake in the campaign itself. */
  mistake?: string | null | undefined;
}

/**
 * sending, unknown → sent, failed, skipped, queued or unknown, for these attempts only. Returns the changed ones on
 * request.
 */
export async function settleAttempts(
  sql: Sql | TransactionSql,
  rows: readonly Settlement[],
  { isAsked }: { isAsked: boolean },
): Promise<Set<string>> {
  const changed = await sql<{ id: string }[]>`
    with r as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(
        id uuid, attempt uuid, page uuid, mid text, state text, reason text, code int, subcode int, text text,
        after float8, uncounted int, mistake text)),
    changed as (
      update messaging.deliveries d
      set state = r.state, reason = r.reason, error_code = r.code, error_subcode = r.subcode, error_text = r.text,
          mid = case when d.message_id is null then coalesce(r.mid, d.mid) end,
          attempts = d.attempts - coalesce(r.uncounted, 0),
          unknowns = d.unknowns + (r.state = 'unknown' and d.state <> 'unknown')::int,
          due_at = coalesce(clock_timestamp() + make_interval(secs => r.after), d.due_at),
          settled_at = case when r.state in ('sent', 'failed', 'skipped') then clock_timestamp() end
      from r
      where d.id = r.id and d.attempt_id = r.attempt and d.state in ('sending', 'unknown', ${byId})
      returning d.id, d.campaign_id, old.state as was, new.state as became),
    delta as (${sql.unsafe(recordDeltas)}),
    mistake as (${sql.unsafe(recordMistakes)}),
    -- An echo that came first and without our metadata was stored as somebody else's message: it is this one.
    foreign_copy as (
      delete from messaging.messages m using r
      where m.page_id = r.page and m.mid = r.mid and m.direction = 'out' and m.author_kind = 'external')
    select id from changed where ${isAsked}`;
  return new Set(changed.map(({ id }) => id));
}

/**
 * any → sent: parts of the statement that stores echoes, `changed` and `delta`. Its list `own` names the deliveries by
 * the columns id, attempt_id and mid. Settled rows are not written again; that is nearly every echo.
 */
export const sentByEcho = `changed as (
  update messaging.deliveries as d
  set state = 'sent', settled_at = coalesce(d.settled_at, now()), reason = null, error_code = null,
    error_subcode = null, error_text = null, mid = case when d.message_id is null then own.mid end
  from own
  where d.id = own.id and d.attempt_id = own.attempt_id
    and (d.state <> 'sent' or (d.message_id is null and d.mid is null))
  returning d.campaign_id, old.state as was, new.state as became
), delta as (${recordDeltas}
)`;

/**
 * sending → unknown: rows in flight when their worker died, lost its lease, or got no answer to its own claim for
 * `lostSeconds`. Returns whose replies these are.
 */
export async function loseAttempts(
  sql: Sql,
  { graceSeconds, lostSeconds }: { graceSeconds: number; lostSeconds: number },
): Promise<{ workspaceId: string; contactId: string }[]> {
  return await sql<{ workspaceId: string; contactId: string }[]>`
    with changed as (
      update messaging.deliveries d
      set state = 'unknown', unknowns = d.unknowns + 1,
          due_at = greatest(clock_timestamp(), d.attempt_at + make_interval(secs => ${graceSeconds}::float8))
      where d.id = any (array(
        select d.id from messaging.deliveries d join messaging.paces pace on pace.page_id = d.page_id
          and pace.kind = case d.class when 'media' then 'media' else 'text' end
        where d.state = 'sending' and d.state in ('leased', 'sending', 'unknown')
          and (pace.leased_by is null or pace.leased_until < clock_timestamp() or pace.epoch <> d.lane_epoch
            or d.attempt_at < clock_timestamp() - make_interval(secs => ${lostSeconds}::float8))
        limit 500 for update of d skip locked)) and d.state = 'sending'
      returning d.workspace_id, d.contact_id, d.campaign_id, old.state as was, new.state as became),
    delta as (${sql.unsafe(recordDeltas)})
    select workspace_id as "workspaceId", contact_id as "contactId" from changed where campaign_id is null`;
}

/**
 * A part of a statement, `taken`: deliveries of unknown outcome that are due, all columns. They are moved on before Meta
 * is asked, so that two processes never ask for the same one.
 */
export function takeUnknown(sql: Sql): Fragment {
  return sql`taken as (
      update messaging.deliveries d set due_at = clock_timestamp() + interval '30 s'
      where d.id = any (array(
        select id from messaging.deliveries where state = 'unknown' and state in ('leased', 'sending', 'unknown')
          and due_at <= clock_timestamp()
        order by due_at limit 20 for update skip locked))
      returning d.*)`;
}

/** An attempt whose outcome is unknown. */
export interface UnknownAttempt {
  id: string;
  attempt_id: string;
}

/** Lets an unknown outcome wait for the next lookup at Meta. */
export async function postponeUnknown(sql: Sql, attempt: UnknownAttempt, seconds: number): Promise<void> {
  await sql`update messaging.deliveries set due_at = clock_timestamp() + make_interval(secs => ${seconds}::float8)
    where id = ${attempt.id} and attempt_id = ${attempt.attempt_id} and state = 'unknown'`;
}

/** unknown → sent, as Meta has it as `mid`; failed, as nobody knows; or queued. False: it was settled meanwhile. */
export async function resolveUnknown(
  tx: TransactionSql,
  { id, attempt_id }: UnknownAttempt,
  { state, mid }: { state: "sent"; mid: string } | { state: "queued" | "failed"; mid: null },
): Promise<boolean> {
  const changed = await tx`
    with changed as (
      update messaging.deliveries d
      set state = ${state}, due_at = clock_timestamp(),
          mid = case when d.message_id is null then coalesce(${mid}, d.mid) end,
          reason = case when ${state} = 'failed' then 'unconfirmed' end,
          settled_at = case when ${state} = 'queued' then null else clock_timestamp() end
      where id = ${id} and attempt_id = ${attempt_id} and state = 'unknown'
      returning d.id, d.campaign_id, old.state as was, new.state as became),
    delta as (${tx.unsafe(recordDeltas)})
    select id from changed`;
  return changed.length > 0;
}
