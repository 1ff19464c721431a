import { m } from "#lib/paraglide/messages.js";
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
  draft: { name: m.campaigns_status_draft(), tone: "bg-sunken text-muted", icon: PencilLine },
  scheduled: {
    name: m.campaigns_status_scheduled(),
    tone: "bg-accent-soft text-accent-ink",
    icon: CalendarClock,
  },
  planning: { name: m.campaigns_status_planning(), tone: "bg-accent-soft text-accent-ink", icon: ListChecks },
  running: { name: m.campaigns_status_running(), tone: "bg-accent-soft text-accent-ink", icon: Send },
  paused: { name: m.campaigns_status_paused(), tone: "bg-warn-soft text-warn", icon: CirclePause },
  completed: { name: m.campaigns_status_completed(), tone: "bg-good-soft text-good", icon: CircleCheck },
  cancelled: { name: m.campaigns_status_cancelled(), tone: "bg-sunken text-muted", icon: Ban },
};

export const APPROVAL_LOOKS: Record<ApprovalState, StatusLook> = {
  asked: { name: m.campaigns_approval_asked(), tone: "bg-warn-soft text-warn", icon: Hourglass },
  refused: { name: m.campaigns_approval_refused(), tone: "bg-warn-soft text-warn", icon: Undo2 },
  given: { name: m.campaigns_approval_given(), tone: "bg-good-soft text-good", icon: BadgeCheck },
};

/** A campaign's state in a list: before its start, the approval says more than the status. */
export function lookOf({ status, approval }: Pick<Campaign, "status" | "approval">): StatusLook {
  const isDecided = approval?.state === "given" && status === "scheduled";
  if (approval === null || isDecided || !isBefore(status)) return STATUS_LOOKS[status];
  return APPROVAL_LOOKS[approval.state];
}

/** Whether it has not begun. */
export const isBefore = (status: CampaignStatus): boolean => status === "draft" || status === "scheduled";

/** An event of a campaign's history, by a person or automatic. */
export const ACTION_WORDS: Record<
  CampaignActionRow["action"],
  { byMember: (by: { name: string }) => string; byItself: () => string }
> = {
  changed: { byMember: m.campaigns_action_changed_by, byItself: m.campaigns_action_changed },
  "approval-asked": { byMember: m.campaigns_action_asked_by, byItself: m.campaigns_action_asked },
  "approval-given": { byMember: m.campaigns_action_given_by, byItself: m.campaigns_action_given },
  "approval-refused": { byMember: m.campaigns_action_refused_by, byItself: m.campaigns_action_refused },
  launched: { byMember: m.campaigns_action_launched_by, byItself: m.campaigns_action_launched },
  "launch-undone": { byMember: m.campaigns_action_undone_by, byItself: m.campaigns_action_undone },
  paused: { byMember: m.campaigns_action_paused_by, byItself: m.campaigns_action_paused },
  resumed: { byMember: m.campaigns_action_resumed_by, byItself: m.campaigns_action_resumed },
  cancelled: { byMember: m.campaigns_action_cancelled_by, byItself: m.campaigns_action_cancelled },
  resent: { byMember: m.campaigns_action_resent_by, byItself: m.campaigns_action_resent },
  "winner-chosen": { byMember: m.campaigns_action_winner_by, byItself: m.campaigns_action_winner },
  finished: { byMember: m.campaigns_action_finished_by, byItself: m.campaigns_action_finished },
};

export const KIND_NAMES: Record<CampaignKind, string> = {
  window: m.campaigns_kind_window(),
  utility: m.campaigns_kind_utility(),
  private_reply: m.campaigns_kind_private_reply(),
};

/** The meaning of a status, if the server gives no reason. */
export const STATUS_MEANS: Record<CampaignStatus, string> = {
  draft: m.campaigns_means_draft(),
  scheduled: m.campaigns_means_scheduled(),
  planning: m.campaigns_means_planning(),
  running: m.campaigns_means_running(),
  paused: m.campaigns_means_paused(),
  completed: m.campaigns_means_completed(),
  cancelled: m.campaigns_means_cancelled(),
};
