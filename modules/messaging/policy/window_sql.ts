import type postgres from "postgres";
import { policyRules, type Route, ruleInForce } from "./rules.ts";

export type Fragment = postgres.PendingQuery<postgres.Row[]>;

/** The states of a contact's messaging window as conditions over alias `c`; they agree with `windowOf`. */
export interface WindowSql {
  open: Fragment;
  human: Fragment;
  closed: Fragment;
  /** When an open one closes, as a time. */
  openUntil: Fragment;
  /** Open, but not for longer than these hours. */
  closingWithin(hours: number): Fragment;
}

/** The rules of the policy in force at `at`, as SQL that asks the database's clock. Never null. */
export function windowSql(sql: postgres.Sql | postgres.TransactionSql, at: Date = new Date()): WindowSql {
  const seconds = (route: Route) => (ruleInForce(policyRules, route, at)?.lastsMs ?? 0) / 1000;
  const adUntil = ruleInForce(policyRules, "ad_window", at) ? sql`c.ad_window_until` : sql`null::timestamptz`;
  const openUntil = sql`greatest(c.last_inbound_at + make_interval(secs => ${seconds("standard")}), ${adUntil})`;
  const notClosedByMeta = sql`(c.window_closed_at is null or c.window_closed_at < c.last_inbound_at)`;
  const open = sql`(c.last_inbound_at is not null and ${notClosedByMeta} and ${openUntil} > now())`;
  const isRecent = sql`((c.last_inbound_at > now() - make_interval(secs => ${seconds("human_agent")})) is true)`;
  return {
    open,
    human: sql`(${isRecent} and not ${open})`,
    closed: sql`(not ${isRecent} and not ${open})`,
    openUntil,
    closingWithin: (hours) => sql`(${open} and ${openUntil} <= now() + make_interval(hours => ${hours}))`,
  };
}
