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
import { m } from "#lib/paraglide/messages.js";
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

/** The event in one sentence. */
export function notificationTitle(notification: Notification): string {
  const { kind, campaign, conversation, page, by, startsAt } = notification;
  const name = campaign?.name ?? page?.name ?? conversation?.name ?? "";
  const time = startsAt === null ? null : fullDateTime(startsAt);
  switch (kind) {
    case "mention":
      return m.desk_news_mention({ by: by ?? m.desk_someone(), name });
    case "assigned":
      return assignedWords({ by, name, others: conversation?.others ?? 0 });
    case "page-trouble":
      return m.desk_news_page_trouble({ name });
    case "page-mended":
      return m.desk_news_page_mended({ name });
    case "campaign-soon":
      return time === null
        ? m.desk_news_campaign_soon({ name })
        : m.desk_news_campaign_soon_at({ name, time });
    case "campaign-paused":
      return m.desk_news_campaign_paused({ name });
    case "campaign-finished":
      return m.desk_news_campaign_finished({ name });
    case "approval-asked":
      return m.desk_news_approval_asked({ by: by ?? m.desk_someone(), name });
    case "approval-given":
      return m.desk_news_approval_given({ by: by ?? m.desk_a_manager(), name });
    case "approval-overdue":
      return time === null
        ? m.desk_news_approval_overdue({ name })
        : m.desk_news_approval_overdue_at({ name, time });
    case "approval-refused":
      return m.desk_news_approval_refused({ name });
  }
}

interface Assigned {
  by: string | null;
  name: string;
  others: number;
}

function assignedWords({ by, name, others }: Assigned): string {
  if (others === 0)
    return by === null ? m.desk_news_assigned({ name }) : m.desk_news_assigned_by({ by, name });
  const count = others + 1;
  const many = { count, shown: wholeNumber(count), name };
  return by === null ? m.desk_news_assigned_many(many) : m.desk_news_assigned_many_by({ ...many, by });
}

/** Where it is looked at, within the workspace. */
export function notificationPath({ campaign, conversation, page }: Notification): string {
  if (page !== null) return "/pages";
  if (campaign === null)
    return conversation === null || conversation.others > 0 ? "/inbox" : `/inbox/${conversation.id}`;
  if (campaign.isSequence) return `/sequences/${campaign.id}`;
  return `/campaigns/${campaign.id}${campaign.isDraft ? "/edit" : ""}`;
}
