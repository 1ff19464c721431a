import AtSign from "@lucide/svelte/icons/at-sign";
import AlarmClock from "@lucide/svelte/icons/alarm-clock";
import BadgeCheck from "@lucide/svelte/icons/badge-check";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import ClockAlert from "@lucide/svelte/icons/clock-alert";
import MessageCircleQuestion from "@lucide/svelte/icons/message-circle-question-mark";
import TriangleAlert from "@lucide/svelte/icons/triangle-alert";
import UserRoundCheck from "@lucide/svelte/icons/user-round-check";
import Undo2 from "@lucide/svelte/icons/undo-2";
import type { Component } from "svelte";
import { fullDateTime, wholeNumber } from "../ui/format.ts";
import type { Notification, NotificationKind } from "../api/notifications.ts";

interface Look {
  icon: Component<{ class?: string }>;
  tone: string;
}

export const NOTIFICATION_LOOKS: Record<NotificationKind, Look> = {
  "campaign-soon": { icon: AlarmClock, tone: "bg-accent-soft text-accent-ink" },
  "campaign-paused": { icon: CirclePause, tone: "bg-warn-soft text-warn" },
  "campaign-finished": { icon: CircleCheck, tone: "bg-good-soft text-good" },
  "approval-asked": { icon: MessageCircleQuestion, tone: "bg-accent-soft text-accent-ink" },
  "approval-given": { icon: BadgeCheck, tone: "bg-good-soft text-good" },
  "approval-refused": { icon: Undo2, tone: "bg-warn-soft text-warn" },
  "approval-overdue": { icon: ClockAlert, tone: "bg-warn-soft text-warn" },
  mention: { icon: AtSign, tone: "bg-note text-note-ink" },
  assigned: { icon: UserRoundCheck, tone: "bg-accent-soft text-accent-ink" },
  "page-trouble": { icon: TriangleAlert, tone: "bg-bad-soft text-bad" },
  "page-mended": { icon: CircleCheck, tone: "bg-good-soft text-good" },
};

/** What happened, in one sentence. */
export function notificationTitle(notification: Notification): string {
  const { kind, campaign, conversation, page, by, startsAt } = notification;
  if (kind === "mention") return `${by ?? "Somebody"} mentions you in a note about ${conversation?.name}`;
  if (kind === "assigned")
    return `${by === null ? "You were given" : `${by} gave you`} ${givenWords(conversation)}`;
  if (kind === "page-trouble") return `The page “${page?.name}” needs attention`;
  if (kind === "page-mended") return `The page “${page?.name}” works again`;
  const name = `“${campaign?.name}”`;
  if (kind === "campaign-soon")
    return `${name} begins ${startsAt === null ? "soon" : fullDateTime(startsAt)}`;
  if (kind === "campaign-paused") return `${name} paused itself`;
  if (kind === "campaign-finished") return `${name} is finished`;
  if (kind === "approval-asked") return `${by ?? "Somebody"} asks for your approval of ${name}`;
  if (kind === "approval-given") return `${by ?? "A manager"} approved ${name}`;
  if (kind === "approval-overdue")
    return `${name} waits for an approval, and was to begin ${startsAt === null ? "by now" : fullDateTime(startsAt)}`;
  return `${name} came back to be changed`;
}

function givenWords(conversation: Notification["conversation"]): string {
  const { name, others } = conversation ?? { name: "somebody", others: 0 };
  return others === 0
    ? `the conversation with ${name}`
    : `${wholeNumber(others + 1)} conversations, that with ${name} among them`;
}

/** Where it is looked at, within the workspace. */
export function notificationPath({ campaign, conversation, page }: Notification): string {
  if (page !== null) return "/pages";
  if (campaign === null)
    return conversation === null || conversation.others > 0 ? "/inbox" : `/inbox/${conversation.id}`;
  if (campaign.isSequence) return `/sequences/${campaign.id}`;
  return `/campaigns/${campaign.id}${campaign.isDraft ? "/edit" : ""}`;
}
