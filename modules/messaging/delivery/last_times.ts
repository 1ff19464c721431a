/**
 * Remembers the last time per key for at least `keepMs`. Drops the older of two maps as a whole: deleting entries
 * from the beginning of a map makes every later walk longer.
 */
export function createLastTimes(keepMs: number) {
  let newer = new Map<string, number>();
  let older = new Map<string, number>();
  let since = Number.NEGATIVE_INFINITY;
  return {
    note(who: string, at: number): void {
      if (at - since >= keepMs) {
        older = newer;
        newer = new Map();
        since = at;
      }
      newer.set(who, at);
    },
    of(who: string): number | undefined {
      return newer.get(who) ?? older.get(who);
    },
  };
}

export type LastTimes = ReturnType<typeof createLastTimes>;
