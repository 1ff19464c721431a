import type { MessagingDeps } from "../deps.ts";

/** The dependencies of media. */
export type MediaDeps = Pick<MessagingDeps, "sql" | "clock" | "graph" | "keyring" | "live" | "config">;

/** Meta lets people send up to 25 MB. */
export const mostFileBytes = 26 * 1024 * 1024;
export const mostPictureBytes = 5 * 1024 * 1024;
