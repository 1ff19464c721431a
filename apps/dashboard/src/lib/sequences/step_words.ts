import type { Labels } from "../labels/labels.svelte.ts";
import type { StepDraft } from "./sequence_draft.ts";

/** ", if they did not click": what a step waits for besides its time. */
export function conditionWords(step: StepDraft, labels: Labels): string {
  switch (step.condition) {
    case "always":
      return "";
    case "replied":
      return step.isNot ? ", if they did not answer" : ", if they answered";
    case "clicked":
      return step.isNot ? ", if they did not click" : ", if they clicked";
    case "has_tag": {
      const name = labels.tag(step.tagId)?.name ?? "…";
      return step.isNot ? `, if without the tag ${name}` : `, if with the tag ${name}`;
    }
  }
}
