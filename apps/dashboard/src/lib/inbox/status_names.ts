import { m } from "#lib/paraglide/messages.js";
import type { ConversationStatus } from "../api/types.ts";

export const STATUSES = ["open", "pending", "snoozed", "resolved", "all", "spam"] as const;

export const STATUS_NAMES: Record<ConversationStatus | "all", string> = {
  open: m.inbox_open(),
  pending: m.inbox_pending(),
  snoozed: m.inbox_status_snoozed(),
  resolved: m.inbox_resolved(),
  spam: m.inbox_spam(),
  all: m.inbox_any_status(),
};
