import type postgres from "postgres";
import { creditedUntil, replyDays } from "../delivery/mod.ts";
import type { Fragment } from "../policy/mod.ts";
import { type Condition, type Conditions, isGroup } from "./conditions.ts";

interface Context {
  sql: postgres.Sql;
}

/** The question of a condition on a campaign. */
export interface AskedCampaign {
  /** The campaign, and every occurrence of a recurring one. */
  ids: string[];
  /** Of occurrences, and of the steps of a sequence, a person may have got one that they answered beside another. */
  hasSeveral: boolean;
}

/**
 * Reads the campaigns that a tree names. As values they let the planner know how many people each had, without which it
 * takes the wrong way through a large ledger.
 */
export async function readAskedCampaigns(
  sql: postgres.Sql,
  workspaceId: string,
  tree: Conditions,
): Promise<ReadonlyMap<string, AskedCampaign>> {
  const asked = campaignsIn(tree);
  if (asked.length === 0) return new Map();
  const rows = await sql<(AskedCampaign & { id: string })[]>`
    select asked.id, array_agg(c.id) as ids, bool_or(c.id <> asked.id or c.kind = 'sequence') as "hasSeveral"
    from unnest(${asked}::uuid[]) as asked(id)
    join messaging.campaigns as c on c.workspace_id = ${workspaceId}::uuid and (c.id = asked.id or c.parent_id = asked.id)
    group by asked.id`;
  return new Map(rows.map(({ id, ...campaign }) => [id, campaign]));
}

function campaignsIn(node: Condition | Conditions): string[] {
  if (isGroup(node)) return [...new Set(node.conditions.flatMap(campaignsIn))];
  return node.field === "campaign" ? [node.campaignId] : [];
}

/** Recipients of a campaign, or of any occurrence of a recurring one, and their replies. */
export function compileCampaign(
  sql: postgres.Sql,
  op: Extract<Condition, { field: "campaign" }>["op"],
  { ids, hasSeveral }: AskedCampaign = { ids: [], hasSeveral: false },
): Fragment {
  const got = (holds: Fragment) => sql`exists (select from messaging.deliveries as d
    where d.contact_id = c.id and d.state = 'sent' and d.campaign_id = any(${ids}::uuid[]) and ${holds})`;
  // Only whom we heard of later than in those days may have written both in them and after.
  const until = creditedUntil(sql, replyDays);
  const wroteThen = sql`exists (
    select from messaging.messages as m where m.conversation_id = c.id and m.direction = 'in'
      and m.sent_at > d.settled_at and m.sent_at <= ${until})`;
  const answered = sql`c.last_inbound_at > d.settled_at and (c.last_inbound_at <= ${until} or ${wroteThen})`;
  switch (op) {
    case "received":
      return got(sql`true`);
    case "notReceived":
      return sql`not ${got(sql`true`)}`;
    case "replied":
      return got(answered);
    case "notReplied":
      if (hasSeveral) return sql`(${got(sql`true`)} and not ${got(answered)})`;
      return got(sql`(coalesce(c.last_inbound_at <= d.settled_at, true)
        or c.last_inbound_at > ${until} and not ${wroteThen})`);
  }
}

/** The state of the thread, and who works on it. */
export function compileConversation(
  { sql }: Context,
  one: Extract<Condition, { field: "conversation" | "assigned" }>,
): Fragment {
  const has = (holds: Fragment) => sql`exists (select from messaging.conversations as v
    where v.workspace_id = c.workspace_id and v.id = c.id and v.page_id = c.page_id and ${holds})`;
  if (one.field === "conversation")
    return one.op === "any" ? has(sql`v.status = any(${one.statuses}::text[])`) : sql`not ${has(sql`true`)}`;
  switch (one.op) {
    case "to":
      return has(sql`v.assignee_id = any(${one.userIds}::uuid[])`);
    case "anybody":
      return has(sql`v.assignee_id is not null`);
    case "nobody":
      return sql`not ${has(sql`v.assignee_id is not null`)}`;
  }
}

/** An opt-in to notifications whose token Meta still takes, as the person's opt-in event told it. */
export function compileOptInToken(
  { sql }: Context,
  one: Extract<Condition, { field: "optInToken" }>,
): Fragment {
  // Meta's times are milliseconds; a value that is no number has not ended. A stop of the topic ends what was opted in before.
  const valid = sql`exists (select from messaging.events as e
    where e.conversation_id = c.id and e.kind = 'optin' and e.data ? 'notification_messages_token'
      and coalesce(e.data ->> 'notification_messages_status', '') <> 'STOP NOTIFICATIONS'
      and (e.data ->> 'token_expiry_timestamp' ~ '^[0-9]{1,15}$'
        and to_timestamp((e.data ->> 'token_expiry_timestamp')::float8 / 1000) <= now()) is not true
      and not exists (select from messaging.topic_consents as t where t.contact_id = e.conversation_id
        and t.topic = e.data ->> 'topic_key' and t.stopped and t.at >= e.at))`;
  return one.op === "valid" ? valid : sql`not ${valid}`;
}
