import { m } from "#lib/paraglide/messages.js";
import type { Sequence, StepResult } from "../api/sequences.ts";

/** A figure of a step, and how it looks. */
export interface StepFigure {
  key: string;
  name: string;
  count: number;
  /** Its meaning, if the name is not enough. */
  about: string;
  mark: string;
}

/** How many contacts came to a step, and what became of them there; every step shows the same figures. */
export function stepFigures(result: StepResult): StepFigure[] {
  return [
    {
      key: "entered",
      name: m.sequences_figure_entered(),
      count: result.entered,
      about: m.sequences_figure_entered_about(),
      mark: "bg-line-strong",
    },
    {
      key: "waiting",
      name: m.sequences_figure_waiting(),
      count: result.waiting + result.queued,
      about: m.sequences_figure_waiting_about(),
      mark: "bg-chart-3",
    },
    {
      key: "sent",
      name: m.sequences_figure_sent(),
      count: result.sent,
      about: m.sequences_figure_sent_about(),
      mark: "bg-chart-1",
    },
    {
      key: "read",
      name: m.sequences_figure_read(),
      count: result.read,
      about: m.sequences_figure_read_about(),
      mark: "bg-chart-4",
    },
    {
      key: "left",
      name: m.sequences_figure_left(),
      count: result.left,
      about: m.sequences_figure_left_about(),
      mark: "bg-faint",
    },
  ];
}

/** Times that a sequence was begun. */
export function startedCount({ active, finished, exited, removed }: Sequence["people"]): number {
  return active + finished + exited + removed;
}
