/**
 * When something last happened to whom, remembered for at least `keepMs`. Of two maps the older one is thrown away as a
 * whole: each entry that is deleted from the beginning of a map would make every later walk through it longer.
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
