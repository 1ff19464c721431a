import type { AuthDeps } from "#auth";
import type { Database } from "#db";
import type { GraphClient } from "#messaging";
import type { BackupSettings } from "./backups/settings.ts";

/** Counts of webhook events that were not processed. */
export interface WebhookCounts {
  failed: number;
  unrouted: number;
  lastReceivedAt: Date | null;
}

/** The dependencies of admin. */
export interface AdminDeps extends Pick<Database, "sql">, Pick<AuthDeps, "clock"> {
  config: AuthDeps["config"] & {
    version: string;
    /** The commit of the image; null: unknown. */
    commit: string | null;
    /** Files of ours live below it. */
    dataDir: string;
    /** Null: no backups, as there is no key. */
    backup: BackupSettings | null;
    /** The URL of the simulated phones, if a simulator plays Meta. */
    simulatorUrl: string | null;
  };
  /** How the way to Meta is. */
  graph: Pick<GraphClient, "clockOffsetMs">;
  /** Null when this process serves itself. */
  redis: { ping(): Promise<unknown> } | null;
  /** Aborted when this process stops; absent if nothing stops it. */
  stopping?: AbortSignal;
  /** Whether the webhook queue has room; absent in a process without webhooks. */
  canIngest?(): boolean;
  webhookCounts(): Promise<WebhookCounts>;
}
