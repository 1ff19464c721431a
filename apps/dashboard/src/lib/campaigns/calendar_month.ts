export interface CalendarDay {
  /** 2026-11-24 */
  key: string;
  day: number;
  isInMonth: boolean;
}

/** The weeks that show a month, Monday first; `month` counts from 0. */
export function monthWeeks(year: number, month: number): CalendarDay[][] {
  const first = new Date(Date.UTC(year, month, 1));
  const before = (first.getUTCDay() + 6) % 7;
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const weeks = Math.ceil((before + days) / 7);
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (_, weekday) => {
      const at = new Date(Date.UTC(year, month, 1 - before + week * 7 + weekday));
      return {
        key: at.toISOString().slice(0, 10),
        day: at.getUTCDate(),
        isInMonth: at.getUTCMonth() === month,
      };
    }),
  );
}
