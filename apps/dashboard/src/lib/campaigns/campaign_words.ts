import BadgeCheck from "@lucide/svelte/icons/badge-check";
import Ban from "@lucide/svelte/icons/ban";
import CalendarClock from "@lucide/svelte/icons/calendar-clock";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import Hourglass from "@lucide/svelte/icons/hourglass";
import ListChecks from "@lucide/svelte/icons/list-checks";
import PencilLine from "@lucide/svelte/icons/pencil-line";
import Send from "@lucide/svelte/icons/send";
import Undo2 from "@lucide/svelte/icons/undo-2";
import type { Component } from "svelte";
import type {
  ApprovalState,
  Campaign,
  CampaignActionRow,
  CampaignKind,
  CampaignStatus,
} from "../api/campaigns.ts";

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

export const APPROVAL_LOOKS: Record<ApprovalState, StatusLook> = {
  asked: { name: "Needs approval", tone: "bg-warn-soft text-warn", icon: Hourglass },
  refused: { name: "Sent back", tone: "bg-warn-soft text-warn", icon: Undo2 },
  given: { name: "Approved", tone: "bg-good-soft text-good", icon: BadgeCheck },
};

/** What a campaign is told apart by in a list: before it begins, an approval says more than its status. */
export function lookOf({ status, approval }: Pick<Campaign, "status" | "approval">): StatusLook {
  const isDecided = approval?.state === "given" && status === "scheduled";
  if (approval === null || isDecided || !isBefore(status)) return STATUS_LOOKS[status];
  return APPROVAL_LOOKS[approval.state];
}

/** Whether it has not begun. */
export const isBefore = (status: CampaignStatus): boolean => status === "draft" || status === "scheduled";

/** What stands in the history of a campaign, by a person or by itself. */
export const ACTION_WORDS: Record<CampaignActionRow["action"], { byMember: string; byItself: string }> = {
  changed: { byMember: "changed it", byItself: "It was changed" },
  "approval-asked": { byMember: "asked for an approval", byItself: "An approval was asked for" },
  "approval-given": { byMember: "approved it", byItself: "It was approved" },
  "approval-refused": { byMember: "sent it back", byItself: "It was sent back" },
  launched: { byMember: "launched it", byItself: "It was launched" },
  "launch-undone": { byMember: "undid the launch", byItself: "Its launch was undone" },
  paused: { byMember: "paused it", byItself: "It paused itself" },
  resumed: { byMember: "resumed it", byItself: "It went on" },
  cancelled: { byMember: "cancelled it", byItself: "It was cancelled" },
  resent: { byMember: "sent it again to whom it missed", byItself: "It was sent again to whom it missed" },
  "winner-chosen": { byMember: "chose the winner", byItself: "Its winner was chosen" },
  finished: { byMember: "finished it", byItself: "It finished" },
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
