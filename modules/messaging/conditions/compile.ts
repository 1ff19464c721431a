import type postgres from "postgres";
import { type Fragment, type WindowSql, windowSql } from "../policy/mod.ts";
import { compileField } from "./compile_fields.ts";
import {
  type AskedCampaign,
  compileCampaign,
  compileConversation,
  compileOptInToken,
  readAskedCampaigns,
} from "./compile_history.ts";
import { type Condition, type Conditions, isGroup } from "./conditions.ts";

/**
 * The tree as a boolean expression over `messaging.contacts as c`: values travel as parameters, and every part is
 * true or false, never null, so "not" is exact. Does not filter by workspace: the caller does.
 * In an object, since an awaited fragment would be run as a query.
 */
export async function compileConditions(
  sql: postgres.Sql,
  workspaceId: string,
  tree: Conditions,
): Promise<{ condition: Fragment }> {
  const campaigns = await readAskedCampaigns(sql, workspaceId, tree);
  return { condition: compileGroup({ sql, windows: windowSql(sql), campaigns }, tree) };
}

interface Context {
  sql: postgres.Sql;
  windows: WindowSql;
  campaigns: ReadonlyMap<string, AskedCampaign>;
}

function compileGroup(on: Context, { match, not = false, conditions }: Conditions): Fragment {
  const { sql } = on;
  const parts = conditions.map((one) => (isGroup(one) ? compileGroup(on, one) : compileOne(on, one)));
  const joined = parts.reduce((left, right) =>
    match === "all" ? sql`${left} and ${right}` : sql`${left} or ${right}`,
  );
  return not ? sql`not (${joined})` : sql`(${joined})`;
}

function compileOne(on: Context, one: Condition): Fragment {
  const { sql } = on;
  switch (one.field) {
    case "page":
      return isAny(sql, one.op, sql`c.page_id = any(${one.pageIds}::uuid[])`);
    case "firstInteraction":
      // Imported contacts who never wrote had no interaction. For contacts from before this time was stored, the time of
      // their creation is the closest.
      return sql`(c.last_inbound_at is not null
        and ${compileTime(sql, sql`coalesce(c.first_inbound_at, least(c.created_at, c.last_inbound_at))`, one)})`;
    case "lastInteraction":
      return one.op === "never"
        ? sql`c.last_inbound_at is null`
        : compileTime(sql, sql`c.last_inbound_at`, one);
    case "tags":
      return compileTags(on, one);
    case "textField":
    case "numberField":
    case "dateField":
    case "dropdownField":
    case "checkboxField":
      return compileField(sql, one);
    case "engagement":
      return isAny(sql, one.op, sql`c.engagement = any(${one.values}::text[])`);
    case "window":
      return one.op === "closingWithin" ? on.windows.closingWithin(one.hours) : on.windows[one.op];
    case "consent":
      return compileConsent(sql, one.op);
    case "optInToken":
      return compileOptInToken(on, one);
    case "source":
      return isAny(sql, one.op, sql`c.source = any(${one.values}::text[])`);
    case "locale":
      return isAny(
        sql,
        one.op,
        sql`((c.locale = any(${one.values}::text[]) or split_part(c.locale, '_', 1) = any(${one.values}::text[])) is true)`,
      );
    case "campaign":
      return compileCampaign(sql, one.op, on.campaigns.get(one.campaignId));
    case "conversation":
    case "assigned":
      return compileConversation(on, one);
  }
}

function isAny(sql: postgres.Sql, op: "any" | "none", found: Fragment): Fragment {
  return op === "any" ? found : sql`not ${found}`;
}

type TimeCondition = Exclude<
  Extract<Condition, { field: "firstInteraction" | "lastInteraction" }>,
  { op: "never" }
>;

function compileTime(sql: postgres.Sql, column: Fragment, one: TimeCondition): Fragment {
  switch (one.op) {
    case "before":
      return sql`((${column} < ${new Date(one.at).toISOString()}::timestamptz) is true)`;
    case "after":
      return sql`((${column} > ${new Date(one.at).toISOString()}::timestamptz) is true)`;
    case "within":
      return sql`((${column} > now() - make_interval(days => ${one.days})) is true)`;
    case "notWithin":
      return sql`((${column} > now() - make_interval(days => ${one.days})) is not true)`;
  }
}

function compileTags({ sql }: Context, one: Extract<Condition, { field: "tags" }>): Fragment {
  const has = (tagIds: string[]) => sql`exists (select from messaging.contact_tags as t
    where t.contact_id = c.id and t.tag_id = any(${tagIds}::uuid[]))`;
  if (one.op === "all")
    return one.tagIds.map((id) => has([id])).reduce((left, right) => sql`${left} and ${right}`);
  return isAny(sql, one.op, has(one.tagIds));
}

function compileConsent(sql: postgres.Sql, op: Extract<Condition, { field: "consent" }>["op"]): Fragment {
  switch (op) {
    case "subscribed":
      return sql`c.subscribed`;
    case "unsubscribed":
      return sql`not c.subscribed`;
    case "blocked":
      return sql`c.blocked_at is not null`;
    case "unreachable":
      return sql`(c.unreachable_at is not null and (c.last_inbound_at is null or c.last_inbound_at <= c.unreachable_at))`;
    case "suppressed":
      return sql`exists (select from messaging.suppressions as s where s.page_id = c.page_id and s.psid = c.psid)`;
  }
}
