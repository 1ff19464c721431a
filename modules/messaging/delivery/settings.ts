import type { Sql } from "postgres";
import type { MessagingConfig, MessagingDeps } from "../deps.ts";

export interface DeliveryDeps extends Pick<MessagingDeps, "sql" | "graph" | "keyring" | "live"> {
  config: Pick<MessagingConfig, "appUrl">;
  /**
   * By this one replies are claimed, and nothing else: `sql` unless given. Statements of others never go before them, and
   * are planned once for it. Each connection of a pool plans them again, for some 10 ms, whenever one of their tables was
   * analyzed.
   */
  replySql?: Sql;
}

/** Times of the sending engine; tests shorten them. */
export interface DeliverySettings {
  /** How long a worker may send from a page without renewing. */
  leaseSeconds: number;
  /** How long to wait for the echo of an unknown outcome before the lookup at Meta. */
  graceSeconds: number;
  /** How long to look up before a person must check. */
  giveUpSeconds: number;
  /** Pauses before the second and third attempt. */
  retrySeconds: readonly number[];
  /** The first pause after a throttle that does not say how long. */
  throttleSeconds: number;
  /** The first pause of a restricted page; doubles up to eight times as much. */
  restrictedSeconds: number;
  sendTimeoutMs: number;
  pollMs: number;
  recoverMs: number;
  settleMs: number;
  maxInFlight: number;
}

export const deliveryDefaults: DeliverySettings = {
  leaseSeconds: 10,
  graceSeconds: 60,
  giveUpSeconds: 900,
  retrySeconds: [3, 30],
  throttleSeconds: 60,
  restrictedSeconds: 1_800,
  sendTimeoutMs: 20_000,
  pollMs: 1_000,
  recoverMs: 2_000,
  settleMs: 50,
  maxInFlight: 2_000,
};

/** The Postgres channel that wakes workers. */
export const wakeChannel = "messaging_delivery";

export const laneClasses = ["reply", "utility", "campaign", "media", "private_reply"] as const;
export type LaneClass = (typeof laneClasses)[number];

/** Meta counts audio and video apart from everything else. */
export function paceKindOf(laneClass: LaneClass): "text" | "media" {
  return laneClass === "media" ? "media" : "text";
}
