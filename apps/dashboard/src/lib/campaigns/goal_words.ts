import { m } from "#lib/paraglide/messages.js";
import type { Labels } from "../labels/labels.svelte.ts";
import type { CampaignOptions } from "../api/campaigns.ts";

type Goal = NonNullable<CampaignOptions["goal"]>;

/** The goal of a campaign, as in its results. */
export function goalWords(goal: Goal, labels: Pick<Labels, "tags" | "fields">): string {
  const count = goal.withinDays;
  switch (goal.on) {
    case "clicked":
      return goal.url === undefined
        ? m.campaigns_goal_clicked({ count })
        : m.campaigns_goal_clicked_url({ count, url: goal.url });
    case "replied":
      return m.campaigns_goal_replied({ count });
    case "tagged": {
      const tag = labels.tags.find(({ id }) => id === goal.tagId)?.name ?? "…";
      return m.campaigns_goal_tagged({ count, tag });
    }
    case "field": {
      const field =
        labels.fields.find(({ id }) => id === goal.fieldId)?.label ?? m.campaigns_goal_some_field();
      const value = typeof goal.value === "boolean" ? (goal.value ? m.ui_yes() : m.ui_no()) : goal.value;
      return m.campaigns_goal_field({ count, field, value });
    }
  }
}
