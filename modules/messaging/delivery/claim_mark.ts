import type { TransactionSql } from "postgres";
import { type Start, type Started, startAttempts } from "./attempt_transitions.ts";
import type { Verdict } from "./claim_decide.ts";
import type { WaitingRow } from "./claim_rows.ts";

/** A row with its decision, lease and attempt. */
export interface Marking {
  row: WaitingRow;
  verdict: Exclude<Verdict, { kind: "upload" }>;
  epoch: number;
  attemptId: string;
}

/** Writes the verdicts: on its way, skipped, or not before a later time. */
export async function markRows(tx: TransactionSql, markings: readonly Marking[]): Promise<Started> {
  if (markings.length === 0) return { ids: new Set(), attemptAt: 0 };
  const rows = markings.map(({ row: { id }, verdict, epoch, attemptId }): Start => {
    if (verdict.kind === "skip") return { id, state: "skipped", reason: verdict.reason };
    if (verdict.kind === "later") return { id, state: "queued", due: verdict.at / 1000 };
    const { decision, fills } = verdict;
    const { route, facts } = decision;
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
  return await startAttempts(tx, rows);
}

/** Takes from the buckets of campaigns with their own speed; the claim holds their rows. */
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
