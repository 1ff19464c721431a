import type { BackupFile } from "./place.ts";

/**
 * Returns the names of expired backups: older than `keepHours` and not the first of its day (UTC), or older than
 * `keepDays`. The newest is always kept.
 */
export function pastKeeping(
  files: readonly BackupFile[],
  { now, keepHours, keepDays }: { now: number; keepHours: number; keepDays: number },
): string[] {
  const oldestFirst = files.toSorted((a, b) => (a.madeAt < b.madeAt ? -1 : 1));
  const days = new Set<string>();
  return oldestFirst.slice(0, -1).flatMap(({ name, madeAt }) => {
    const hours = (now - Date.parse(madeAt)) / 3_600_000;
    const day = madeAt.slice(0, 10);
    const isFirst = !days.has(day);
    days.add(day);
    const isKept = hours <= keepHours || (isFirst && hours <= keepDays * 24);
    return isKept ? [] : [name];
  });
}
