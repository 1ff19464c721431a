import type { AuthDeps } from "#auth";
import type { MessagingDeps } from "../deps.ts";

/** What the routes of conversations and threads need of the system. */
export interface InboxDeps extends Pick<
  MessagingDeps,
  "sql" | "clock" | "live" | "graph" | "keyring" | "config" | "wakeDelivery"
> {
  rateLimiter: AuthDeps["rateLimiter"];
}
