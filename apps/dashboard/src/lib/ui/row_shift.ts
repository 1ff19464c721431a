/**
 * By how many rows the ones in sight moved when the list changed, so that it can be scrolled with them; 0 when they did
 * not move together, as after another order or filter. `from` and `to` are places of the first and last row in sight.
 */
export function rowShift(
  had: readonly string[],
  has: readonly string[],
  { from, to }: { from: number; to: number },
): number {
  const places = new Map(has.map((key, place) => [key, place]));
  const counts = new Map<number, number>();
  const seen = had.slice(from, to + 1);
  for (const [index, key] of seen.entries()) {
    const place = places.get(key);
    if (place === undefined) continue;
    const shift = place - (from + index);
    counts.set(shift, (counts.get(shift) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  return most !== undefined && 2 * most[1] > seen.length ? most[0] : 0;
}
