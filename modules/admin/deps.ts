import type { AuthDeps } from "#auth";
import type { Database } from "#db";
import type { GraphClient } from "#messaging";
import type { BackupSettings } from "./backups/settings.ts";

/** Counts of what Meta sent and did not reach its place. */
export interface WebhookCounts {
  failed: number;
  unrouted: number;
  lastReceivedAt: Date | null;
}

/** What admin needs of the system. */
export interface AdminDeps extends Pick<Database, "sql">, Pick<AuthDeps, "clock"> {
  config: AuthDeps["config"] & {
    version: string;
    /** The commit that the image was built from; null when nobody said. */
    commit: string | null;
    /** Files of ours live below it. */
    dataDir: string;
    /** Null: no backups, as there is no key. */
    backup: BackupSettings | null;
    /** Where the simulated phones are, when a simulator plays Meta. */
    simulatorUrl: string | null;
  };
  /** How the way to Meta is. */
  graph: Pick<GraphClient, "clockOffsetMs">;
  /** Null when this process serves itself. */
  redis: { ping(): Promise<unknown> } | null;
  /** Aborted when this process stops; left out where nothing does. */
  stopping?: AbortSignal;
  /** Whether incoming webhooks still find room in the queue; left out by a process that takes none. */
  canIngest?(): boolean;
  webhookCounts(): Promise<WebhookCounts>;
}
