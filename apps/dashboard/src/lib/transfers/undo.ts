import type { Transfer } from "./transfers_api.ts";

/** The server keeps what an import changed for so long. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** Whether an import can still be taken back. */
export function canUndo(transfer: Transfer, now: number): boolean {
  const { kind, status, isDryRun, finishedAt } = transfer;
  const isDone = kind === "import" && status === "done" && !isDryRun && finishedAt !== null;
  return isDone && now - Date.parse(finishedAt) < KEPT_MS;
}
