import { m } from "#lib/paraglide/messages.js";
import { delaySeconds } from "./delay.ts";
import type { SequenceDraft } from "./sequence_draft.ts";

const WINDOW_SECONDS = 24 * 3600;

/**
 * The contacts whom a step misses because the window may be closed; null: it reaches everybody. A contact who
 * has to have answered the step before wrote since then, so their window is open.
 */
export function lateWords(
  { trigger, steps }: Pick<SequenceDraft, "trigger" | "steps">,
  index: number,
): string | null {
  if (steps[index]?.content.utility !== null) return null;
  let silence = trigger.kind === "inactivity" ? delaySeconds(trigger.silence) : 0;
  for (const step of steps.slice(0, index + 1)) {
    const hasAnswered = step.condition === "replied" && !step.isNot;
    silence = hasAnswered ? 0 : silence + delaySeconds(step.delay);
  }
  if (silence < WINDOW_SECONDS) return null;
  return m.sequences_late();
}
