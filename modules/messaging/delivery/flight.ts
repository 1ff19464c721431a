import type { GraphError } from "../graph_error.ts";
import type { GraphUsage } from "../graph_usage.ts";
import type { MessagingType, Route, Tag } from "../policy.ts";
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
  contactId: string;
  psid: string;
  messageId: string | null;
  campaignId: string | null;
  message: Record<string, unknown>;
  route: Route;
  messagingType: MessagingType;
  tag: Tag | undefined;
  traceId: string | null;
  /** Milliseconds from the claim until it may leave. */
  delayMs: number;
}

/** How a flight ended. `released`: it never left, because its slot had passed. */
export type Outcome =
  | { kind: "sent"; mid: string; usage: GraphUsage }
  | { kind: "error"; error: GraphError }
  | { kind: "released" };

export interface Landed {
  flight: Flight;
  outcome: Outcome;
}
