import type { AuthConfig } from "#auth";
import type { Database } from "#db";
import type { Clock, Keyring, LiveBus } from "#std";
import type { GraphClient } from "./graph/mod.ts";
import type { LiveEvent } from "./live_event.ts";

export interface MessagingConfig extends AuthConfig {
  /** Files of ours live below it. */
  dataDir: string;
  /** Compared with Meta's request when the callback URL is saved; the setup check shows it. */
  verifyToken: string;
  /** Where Meta's login dialog is, for instance `https://www.facebook.com`. */
  dialogUrl: string;
  /** Set for Facebook Login for Business, which refuses scopes in the URL. */
  loginConfigId: string | null;
  /**
   * `host:port` of the Graph API or simulator when that lives at a private address: media may be fetched from there.
   */
  allowedMediaHosts: readonly string[];
}

/** The dependencies of messaging. */
export interface MessagingDeps extends Pick<Database, "sql"> {
  clock: Clock;
  graph: GraphClient;
  keyring: Keyring;
  live: LiveBus<LiveEvent>;
  config: MessagingConfig;
  /** Tells the delivery worker of this process that something waits; others hear it from Postgres. */
  wakeDelivery(): void;
}

/** The channel on which a workspace's screens listen. */
export function workspaceChannel(workspaceId: string): string {
  return `workspace:${workspaceId}`;
}
