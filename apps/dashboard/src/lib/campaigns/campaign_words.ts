import Ban from "@lucide/svelte/icons/ban";
import CalendarClock from "@lucide/svelte/icons/calendar-clock";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import ListChecks from "@lucide/svelte/icons/list-checks";
import PencilLine from "@lucide/svelte/icons/pencil-line";
import Send from "@lucide/svelte/icons/send";
import type { Component } from "svelte";
import type { CampaignKind, CampaignStatus } from "./campaign_types.ts";

interface StatusLook {
  name: string;
  tone: string;
  icon: Component<{ class?: string }>;
}

export const STATUS_LOOKS: Record<CampaignStatus, StatusLook> = {
  draft: { name: "Draft", tone: "bg-sunken text-muted", icon: PencilLine },
  scheduled: { name: "Scheduled", tone: "bg-accent-soft text-accent-ink", icon: CalendarClock },
  planning: { name: "Planning", tone: "bg-accent-soft text-accent-ink", icon: ListChecks },
  running: { name: "Sending", tone: "bg-accent-soft text-accent-ink", icon: Send },
  paused: { name: "Paused", tone: "bg-warn-soft text-warn", icon: CirclePause },
  completed: { name: "Finished", tone: "bg-good-soft text-good", icon: CircleCheck },
  cancelled: { name: "Cancelled", tone: "bg-sunken text-muted", icon: Ban },
};

export const KIND_NAMES: Record<CampaignKind, string> = {
  window: "People in the window",
  utility: "Utility template",
  private_reply: "Private reply",
};

/** What a status means, when the server gives no reason of its own. */
export const STATUS_MEANS: Record<CampaignStatus, string> = {
  draft: "Nothing is sent until it is launched",
  scheduled: "It begins by itself at its time",
  planning: "The list of people is being made",
  running: "Messages are going out",
  paused: "Nothing is sent until it is resumed",
  completed: "Everyone on the list has an outcome",
  cancelled: "What was not sent stays unsent",
};
