import type { Fragment, Sql, TransactionSql } from "postgres";
import { relations } from "#auth";
import { windowMarginMs } from "./policy.ts";
import { type PolicyRules, policyRules, type Route, type RouteRule } from "./rules.ts";

export interface RefusalQuestion {
  /** private_reply: the comment is alias `k`, with `created_at` and `is_answered`; `c` may be missing. */
  contentKind: "free" | "utility" | "private_reply";
  /** A time in SQL, or one of ours. */
  at: Fragment | Date;
  marginMs?: number;
  rules?: PolicyRules;
}

/**
 * The result of `decide` for an automation as SQL over a contact `c` on its page `p`: the slug of the refusal, or
 * null if allowed. Built from the same dated rules; a test compares both.
 */
export function refusalSql(sql: Sql | TransactionSql, question: RefusalQuestion): Fragment {
  const rules = question.rules ?? policyRules;
  const at = question.at instanceof Date ? sql`${question.at.toISOString()}::timestamptz` : question.at;
  const margin = sql`make_interval(secs => ${(question.marginMs ?? windowMarginMs) / 1000}::float8)`;
  const inForce = (route: Route) => ruleSql(sql, { rules, route, at });
  return sql`case
    when p.workspace_id in ${sql.unsafe(relations.workspacesOff)} then 'workspace-disabled'
    when p.status = 'disconnected' then 'page-disconnected'
    when p.status = 'token_dead' then 'page-token-dead'
    when p.status = 'restricted' then 'page-restricted'
    when c.blocked_at is not null then 'blocked'
    when c.unreachable_at is not null and (c.last_inbound_at is null or c.last_inbound_at <= c.unreachable_at)
      then 'unreachable'
    when not c.subscribed then 'unsubscribed'
    ${ofContent(sql, question.contentKind, { at, margin, inForce })}
  end`;
}

interface Terms {
  at: Fragment;
  margin: Fragment;
  inForce(route: Route): Fragment;
}

function ofContent(
  sql: Sql | TransactionSql,
  kind: RefusalQuestion["contentKind"],
  { at, margin, inForce }: Terms,
): Fragment {
  switch (kind) {
    case "free":
      // A window that Meta said is closed stays so until the person acts again.
      return sql`
        when c.last_inbound_at is null then 'never-wrote'
        when coalesce(c.window_closed_at >= c.last_inbound_at, false) then 'window-closed'
        when ${at} < c.last_inbound_at + ${inForce("standard")} - ${margin} then null
        when ${inForce("ad_window")} is not null and ${at} < c.ad_window_until - ${margin} then null
        else 'window-closed'`;
    case "utility":
      return sql`when ${inForce("utility")} is null then 'window-closed'`;
    case "private_reply":
      return sql`
        when k.is_answered then 'comment-answered'
        when ${at} < k.created_at + coalesce(${inForce("private_reply")}, interval '0') - ${margin} then null
        else 'comment-too-old'`;
  }
}

/** How long the route's rule of that time lasts, as an interval; without a limit: endless; null: no rule in force. */
function ruleSql(
  sql: Sql | TransactionSql,
  { rules, route, at }: { rules: PolicyRules; route: Route; at: Fragment },
): Fragment {
  const ofRoute = rules.filter((rule) => rule.route === route && rule.regions === null);
  if (ofRoute.length === 0) return sql`null::interval`;
  const [first, ...others] = ofRoute.map((rule) => whenInForce(sql, rule, at));
  return sql`(case ${others.reduce((all, one) => sql`${all} ${one}`, first ?? sql``)} end)`;
}

function whenInForce(sql: Sql | TransactionSql, rule: RouteRule, at: Fragment): Fragment {
  const from = rule.from === null ? sql`true` : sql`${at} >= ${rule.from}::timestamptz`;
  const until = rule.until === null ? sql`true` : sql`${at} < ${rule.until}::timestamptz`;
  const lasts =
    rule.lastsMs === null
      ? sql`interval 'infinity'`
      : sql`make_interval(secs => ${rule.lastsMs / 1000}::float8)`;
  return sql`when ${from} and ${until} then ${lasts}`;
}
