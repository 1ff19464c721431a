import type { IdleCampaign, WaitingRow } from "./claim_rows.ts";

const isWaiting = (row: WaitingRow | IdleCampaign): row is WaitingRow => row.id !== null;

/**
 * Rows of one lane in the order in which they go: campaigns take turns, what belongs to none is one of them. A row that
 * `mayGo` refuses when its turn comes gives it to the next of its campaign.
 */
export function* inTurns(
  rows: readonly (WaitingRow | IdleCampaign)[],
  mayGo: (row: WaitingRow) => boolean,
): Generator<WaitingRow> {
  let lines = [...Map.groupBy(rows.filter(isWaiting), (row) => row.campaign_id).values()].map((line) =>
    line.values(),
  );
  while (lines.length > 0) {
    const left: typeof lines = [];
    for (const line of lines) {
      const row = line.find(mayGo);
      if (!row) continue;
      left.push(line);
      yield row;
    }
    lines = left;
  }
}
