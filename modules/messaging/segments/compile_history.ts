import type postgres from "postgres";
import type { Condition } from "./conditions.ts";
import type { Fragment } from "./window_sql.ts";

interface Context {
  sql: postgres.Sql;
  workspaceId: string;
}

/** What a person who got a campaign's message wrote within this time answers it. */
const replyDays = 3;

/** Who got a campaign, or any occurrence of a recurring one, and who answered it. */
export function compileCampaign(
  { sql, workspaceId }: Context,
  one: Extract<Condition, { field: "campaign" }>,
): Fragment {
  const got = (holds: Fragment) => sql`exists (select from messaging.deliveries as d
    where d.contact_id = c.id and d.state = 'sent' and d.campaign_id = any(array(
      select id from messaging.campaigns where workspace_id = ${workspaceId}::uuid
        and (id = ${one.campaignId}::uuid or parent_id = ${one.campaignId}::uuid))) and ${holds})`;
  // Only whom we heard of later than in those days may have written both in them and after.
  const until = sql`d.settled_at + make_interval(days => ${replyDays})`;
  const wroteThen = sql`exists (
    select from messaging.messages as m where m.conversation_id = c.id and m.direction = 'in'
      and m.sent_at > d.settled_at and m.sent_at <= ${until})`;
  const answered = sql`c.last_inbound_at > d.settled_at and (c.last_inbound_at <= ${until} or ${wroteThen})`;
  const unanswered = sql`(coalesce(c.last_inbound_at <= d.settled_at, true)
    or c.last_inbound_at > ${until} and not ${wroteThen})`;
  // Of occurrences, and of the steps of a sequence, a person may have got one that they answered beside one that they did not.
  const hasSeveral = sql`exists (select from messaging.campaigns where workspace_id = ${workspaceId}::uuid
    and (parent_id = ${one.campaignId}::uuid or id = ${one.campaignId}::uuid and kind = 'sequence'))`;
  switch (one.op) {
    case "received":
      return got(sql`true`);
    case "notReceived":
      return sql`not ${got(sql`true`)}`;
    case "replied":
      return got(answered);
    case "notReplied":
      return sql`(${got(unanswered)} and (not ${hasSeveral} or not ${got(answered)}))`;
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
  // Meta's times are milliseconds; what is no number has not ended.
  const valid = sql`exists (select from messaging.events as e
    where e.conversation_id = c.id and e.kind = 'optin' and e.data ? 'notification_messages_token'
      and coalesce(e.data ->> 'notification_messages_status', '') <> 'STOP NOTIFICATIONS'
      and (e.data ->> 'token_expiry_timestamp' ~ '^[0-9]{1,15}$'
        and to_timestamp((e.data ->> 'token_expiry_timestamp')::float8 / 1000) <= now()) is not true)`;
  return one.op === "valid" ? valid : sql`not ${valid}`;
}
