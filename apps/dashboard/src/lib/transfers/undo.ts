import type { Transfer } from "./transfers_api.ts";

/** Whether an import or a bulk action can still be taken back. */
export function canUndo({ undoUntil }: Transfer, now: number): boolean {
  return undoUntil !== null && now < Date.parse(undoUntil);
}
