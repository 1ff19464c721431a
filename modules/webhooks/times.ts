/** Facebook Messenger did not exist before; an older time is no time. */
const earliest = Date.UTC(2008, 0, 1);
/** Meta's clock may be slightly ahead of ours. A time further ahead would keep a window open forever. */
const aheadMs = 10 * 60_000;

/**
 * Meta's time in milliseconds. Seconds become milliseconds, texts become numbers; null for zero, missing and absurd
 * ones. A time in the future counts as `now`.
 */
export function readTime(value: unknown, now: number): number | null {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return null;
  const ms = Math.round(number < 100_000_000_000 ? number * 1_000 : number);
  if (ms < earliest) return null;
  return ms > now + aheadMs ? now : ms;
}
