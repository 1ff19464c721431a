import { m } from "#lib/paraglide/messages.js";
import type { CampaignOptions } from "../../api/campaigns.ts";

export type Goal = NonNullable<CampaignOptions["goal"]>;

/** A goal while it is being chosen: every field is there, so that inputs can bind to it. */
export interface GoalDraft {
  on: Goal["on"] | "none";
  /** One link; empty: any. */
  url: string;
  tagId: string;
  fieldId: string;
  value: string | number | boolean;
  withinDays: number;
}

export const emptyGoal = (): GoalDraft => ({
  on: "none",
  url: "",
  tagId: "",
  fieldId: "",
  value: "",
  withinDays: 3,
});

export function goalDraft(goal: Goal | undefined): GoalDraft {
  return { ...emptyGoal(), ...goal };
}

/** The goal as the API takes it; null while something of it is missing. */
export function goalOf({ on, url, tagId, fieldId, value, withinDays }: GoalDraft): Goal | null {
  switch (on) {
    case "none":
      return null;
    case "clicked":
      return { on, withinDays, ...(url === "" ? {} : { url }) };
    case "replied":
      return { on, withinDays };
    case "tagged":
      return tagId === "" ? null : { on, tagId, withinDays };
    case "field":
      return fieldId === "" || value === "" ? null : { on, fieldId, value, withinDays };
  }
}

/** Its missing parts, in words. */
export function goalProblems(draft: GoalDraft): string[] {
  if (draft.on === "none" || goalOf(draft) !== null) return [];
  return [draft.on === "tagged" ? m.campaigns_missing_goal_tag() : m.campaigns_missing_goal_field()];
}
