import { m } from "#lib/paraglide/messages.js";
import type { Labels } from "../labels/labels.svelte.ts";
import type { StepDraft } from "./sequence_draft.ts";

/** "If they did not click": the condition of a step besides its time. */
export function conditionWords(step: StepDraft, labels: Labels): string {
  switch (step.condition) {
    case "always":
      return "";
    case "replied":
      return step.isNot ? m.sequences_if_not_replied() : m.sequences_if_replied();
    case "clicked":
      return step.isNot ? m.sequences_if_not_clicked() : m.sequences_if_clicked();
    case "has_tag": {
      const tag = labels.tag(step.tagId)?.name ?? "…";
      return step.isNot ? m.sequences_if_not_tag({ tag }) : m.sequences_if_tag({ tag });
    }
  }
}
