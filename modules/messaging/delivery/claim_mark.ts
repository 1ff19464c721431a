import type { TransactionSql } from "postgres";
import { recordDeltas } from "./deltas.ts";
import type { Verdict } from "./claim_decide.ts";
import type { WaitingRow } from "./claim_rows.ts";

/**
 * No state has this name. With it the condition does not fit the partial indexes on live states, which the planner would
 * read from end to end for each batch while statistics say that they are empty; so it goes by id.
 */
export const byId = "";

/** A row, what was decided about it, and under which lease and attempt it goes out. */
export interface Marking {
  row: WaitingRow;
  verdict: Exclude<Verdict, { kind: "upload" }>;
  epoch: number;
  attemptId: string;
}

/** Attempts of one claim, which begin together. */
export interface Marked {
  /** What is on its way by them; what was cancelled or skipped by somebody else meanwhile is missing. */
  ids: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  attemptAt: number;
}

/** Writes the verdicts: on its way, skipped, or not before a later time. */
export async function markRows(tx: TransactionSql, markings: readonly Marking[]): Promise<Marked> {
  if (markings.length === 0) return { ids: new Set(), attemptAt: 0 };
  const rows = markings.map(({ row: { id }, verdict, epoch, attemptId }) => {
    if (verdict.kind === "skip") return { id, state: "skipped", reason: verdict.reason };
    if (verdict.kind === "later") return { id, state: "queued", due: verdict.at / 1000 };
    const { decision, fills } = verdict;
    const { route, facts } = decision;
    // What is undefined is not in the JSON.
    return {
      id,
      state: "sending",
      attempt: attemptId,
      epoch,
      route,
      decision: facts,
      fills: fills ?? undefined,
    };
  });
  // One row: hundreds of two columns each would cost this process more than what is done with them.
  const [marked] = await tx<{ ids: string; at: number }[]>`
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
  return { ids: new Set(marked?.ids.split(" ")), attemptAt: marked?.at ?? 0 };
}

/** Draws from the buckets of campaigns that have a speed of their own; the claim holds their rows. */
export async function drawSpeeds(
  tx: TransactionSql,
  drawn: ReadonlyMap<string, { speed: number; count: number }>,
): Promise<void> {
  const rows = [...drawn].map(([id, { speed, count }]) => ({ id, seconds: count / speed }));
  if (rows.length === 0) return;
  await tx`
    update messaging.campaigns c
    set speed_at = greatest(c.speed_at, clock_timestamp()) + make_interval(secs => r.seconds)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, seconds float8) where c.id = r.id`;
}
