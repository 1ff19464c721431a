import type { ConversationStatus } from "../api/types.ts";

export const STATUSES = ["open", "pending", "snoozed", "resolved", "all", "spam"] as const;

export const STATUS_NAMES: Record<ConversationStatus | "all", string> = {
  open: "Open",
  pending: "Pending",
  snoozed: "Snoozed",
  resolved: "Resolved",
  spam: "Spam",
  all: "Any status",
};
