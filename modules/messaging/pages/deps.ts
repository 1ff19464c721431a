import type { MessagingDeps } from "../deps.ts";

/** What pages need of the system. */
export type PageDeps = Pick<MessagingDeps, "sql" | "clock" | "graph" | "keyring" | "live" | "config">;
