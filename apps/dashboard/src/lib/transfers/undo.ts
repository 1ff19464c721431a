import type { Transfer } from "../api/transfers.ts";

/** Whether an import or a bulk action can still be taken back. */
export function canUndo({ undoUntil }: Transfer, now: number): boolean {
  return undoUntil !== null && now < Date.parse(undoUntil);
}
