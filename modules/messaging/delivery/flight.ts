import type { GraphError, GraphUsage } from "../graph/mod.ts";
import type { MessagingType, Route, Tag } from "../policy/mod.ts";
import type { LaneClass } from "./settings.ts";

/** One claimed message on its way to Meta. */
export interface Flight {
  deliveryId: string;
  attemptId: string;
  attemptAt: number;
  /** Attempts so far, this one included. */
  attempts: number;
  workspaceId: string;
  pageId: string;
  pageFacebookId: string;
  tokenSealed: string;
  class: LaneClass;
  isReply: boolean;
  /** The page was held, or restricted, when it was claimed: its success ends that. */
  isHeld: boolean;
  /** Null: a private reply to a person without a contact. */
  contactId: string | null;
  psid: string;
  /** Meta's id of the comment that a private reply answers. */
  commentId: string | null;
  messageId: string | null;
  campaignId: string | null;
  message: Record<string, unknown>;
  route: Route;
  messagingType: MessagingType;
  tag: Tag | undefined;
  traceId: string | null;
  /** On this process's monotonic clock. */
  claimedAt: number;
}

/** How a flight ended. `released`: it never left, because it had waited too long, or its page was held. */
export type Outcome =
  | { kind: "sent"; mid: string; recipientId: string | null; usage: GraphUsage }
  | { kind: "error"; error: GraphError }
  | { kind: "released" };

export interface Landed {
  flight: Flight;
  outcome: Outcome;
}
