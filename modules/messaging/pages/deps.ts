import type { MessagingDeps } from "../deps.ts";

/** The dependencies of pages. */
export type PageDeps = Pick<MessagingDeps, "sql" | "clock" | "graph" | "keyring" | "live" | "config">;
