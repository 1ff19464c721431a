/** The way of a campaign's message: each stage has its color on every screen. */
export const STAGE_COLOURS = {
  planned: "bg-line-strong",
  sent: "bg-chart-1",
  delivered: "bg-chart-2",
  read: "bg-chart-4",
  replied: "bg-chart-3",
  clicked: "bg-chart-5",
} as const;

export type Stage = keyof typeof STAGE_COLOURS;
