import type { NotificationKind, NotificationTopic } from "./schema.ts";

const topics: Readonly<Record<NotificationKind, NotificationTopic>> = {
  assigned: "assigned",
  mention: "mention",
  "campaign-soon": "campaign",
  "campaign-paused": "campaign",
  "campaign-finished": "campaign",
  "approval-asked": "approval",
  "approval-given": "approval",
  "approval-refused": "approval",
  "approval-overdue": "approval",
  "page-trouble": "page",
  "page-mended": "page",
};

/** The topic under which a person switches a kind on and off. */
export const topicOf = (kind: NotificationKind): NotificationTopic => topics[kind];
