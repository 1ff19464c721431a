import type { AuthDeps } from "#auth";
import type { MessagingDeps } from "../deps.ts";

/** The dependencies of the routes of conversations and timelines. */
export interface InboxDeps extends Pick<
  MessagingDeps,
  "sql" | "clock" | "live" | "graph" | "keyring" | "config" | "wakeDelivery"
> {
  rateLimiter: AuthDeps["rateLimiter"];
}
