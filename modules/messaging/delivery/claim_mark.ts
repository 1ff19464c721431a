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

/**
 * Writes the verdicts: on its way, skipped, or not before a later time. Returns when each attempt began; what was
 * cancelled or skipped by somebody else meanwhile is missing.
 */
export async function markRows(
  tx: TransactionSql,
  markings: readonly Marking[],
): Promise<Map<string, number>> {
  if (markings.length === 0) return new Map();
  const rows = markings.map(({ row: { id }, verdict, epoch, attemptId }) => {
    if (verdict.kind === "skip") return { id, state: "skipped", reason: verdict.reason };
    if (verdict.kind === "later") return { id, state: "queued", due: verdict.at / 1000 };
    const { decision, fills } = verdict;
    const attempt = { attempt: attemptId, epoch, route: decision.route, decision: decision.facts };
    return { id, state: "sending", ...attempt, ...(fills === null ? {} : { fills }) };
  });
  const marked = await tx<{ id: string; at: number }[]>`
    with changed as (
      update messaging.deliveries d
      set state = r.state, reason = r.reason, due_at = coalesce(to_timestamp(r.due), d.due_at),
          settled_at = case r.state when 'skipped' then clock_timestamp() end,
          attempt_id = coalesce(r.attempt, d.attempt_id), lane_epoch = coalesce(r.epoch, d.lane_epoch),
          attempt_at = case r.state when 'sending' then clock_timestamp() else d.attempt_at end,
          attempts = d.attempts + (r.state = 'sending')::int, route = coalesce(r.route, d.route),
          decision = coalesce(r.decision, d.decision), fills = coalesce(r.fills, d.fills),
          error_code = null, error_subcode = null, error_text = null
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, state text, reason text, due float8,
        attempt uuid, epoch int8, route text, decision jsonb, fills jsonb)
      where d.id = r.id and d.state in ('queued', ${byId})
      returning d.id, (extract(epoch from d.attempt_at) * 1000)::float8 as at, d.campaign_id, old.state as was,
        new.state as became),
    delta as (${tx.unsafe(recordDeltas)})
    select id, at from changed where became = 'sending'`;
  return new Map(marked.map(({ id, at }) => [id, at]));
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
