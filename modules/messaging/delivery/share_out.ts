import type { IdleCampaign, WaitingRow } from "./claim_rows.ts";

const isWaiting = (row: WaitingRow | IdleCampaign): row is WaitingRow => row.id !== null;

/** Rows of one lane in the order in which they go: campaigns take turns, what belongs to none is one of them. */
export function inTurns(rows: readonly (WaitingRow | IdleCampaign)[]): WaitingRow[] {
  const lines = [...Map.groupBy(rows.filter(isWaiting), (row) => row.campaign_id).values()];
  if (lines.length <= 1) return lines[0] ?? [];
  const ordered: WaitingRow[] = [];
  const longest = Math.max(...lines.map((line) => line.length));
  for (let turn = 0; turn < longest; turn += 1) {
    for (const line of lines) {
      const row = line[turn];
      if (row) ordered.push(row);
    }
  }
  return ordered;
}
