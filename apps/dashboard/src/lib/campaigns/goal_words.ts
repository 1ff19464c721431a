import type { Labels } from "../labels/labels.svelte.ts";
import { plural } from "../ui/format.ts";
import type { CampaignOptions } from "../api/campaigns.ts";

type Goal = NonNullable<CampaignOptions["goal"]>;

/** What a campaign is for, as its results name it. */
export function goalWords(goal: Goal, labels: Pick<Labels, "tags" | "fields">): string {
  const within = `within ${plural(goal.withinDays, "day")}`;
  switch (goal.on) {
    case "clicked":
      return goal.url === undefined ? `Opened a link ${within}` : `Opened ${goal.url} ${within}`;
    case "replied":
      return `Answered ${within}`;
    case "tagged":
      return `Got the tag “${labels.tags.find(({ id }) => id === goal.tagId)?.name ?? "…"}” ${within}`;
    case "field": {
      const field = labels.fields.find(({ id }) => id === goal.fieldId);
      const value = typeof goal.value === "boolean" ? (goal.value ? "yes" : "no") : goal.value;
      return `${field?.label ?? "A field"} became “${value}” ${within}`;
    }
  }
}
