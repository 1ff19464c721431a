import type { Sql, TransactionSql } from "postgres";
import { parse } from "#std";
import { fieldIs } from "../contacts/field_match.ts";
import { type Acts, enrol } from "./enrol.ts";
import { type Trigger, TriggerSchema } from "./schema.ts";

interface TriggerRow {
  campaign_id: string;
  workspace_id: string;
  match: unknown;
  seen_until: string;
  now: string;
}

/**
 * Looks, for each running sequence with a trigger, at what people did since the last look, and puts them in. What came
 * in while a transaction was still open is seen by looking a little further back; `enrol` counts each act once.
 */
export async function runTriggers(sql: Sql): Promise<number> {
  const due = await sql<{ campaign_id: string }[]>`
    select t.campaign_id from messaging.triggers t
    join messaging.campaigns k on k.workspace_id = t.workspace_id and k.id = t.campaign_id
    where k.status = 'running' and t.seen_until < clock_timestamp() - case t.kind
      when 'inactivity' then interval '10 min' else interval '1 s' end
    order by t.seen_until limit 200`;
  let count = 0;
  for (const { campaign_id: campaignId } of due) count += await runTrigger(sql, campaignId);
  return count;
}

async function runTrigger(sql: Sql, campaignId: string): Promise<number> {
  return await sql.begin(async (tx) => {
    const [row] = await tx<TriggerRow[]>`
      select campaign_id, workspace_id, match, seen_until::text, clock_timestamp()::text as now
      from messaging.triggers where campaign_id = ${campaignId} for update skip locked`;
    if (!row) return 0;
    const parsed = parse(TriggerSchema, row.match);
    if (!parsed.ok) throw new Error(`Cannot read the trigger of sequence ${campaignId}`);
    const trigger = parsed.value;
    const into = { workspaceId: row.workspace_id, campaignId, ...trigger };
    const count = await enrol(tx, into, actsOf(tx, row, trigger));
    await tx`update messaging.triggers set seen_until = ${row.now}::timestamptz where campaign_id = ${campaignId}`;
    return count;
  });
}

function actsOf(tx: TransactionSql, row: TriggerRow, trigger: Trigger): Acts {
  const { workspace_id: workspaceId } = row;
  const since = tx`${row.seen_until}::timestamptz - interval '3 s'`;
  // Ids are UUIDv7, so the primary key finds what is new: the first id of a millisecond.
  const sinceId = tx`(lpad(to_hex(floor(extract(epoch from ${since}) * 1000)::bigint), 12, '0')
    || '70008000000000000000')::uuid`;
  switch (trigger.kind) {
    case "new_contact":
      return tx`select id as contact_id, created_at as at from messaging.contacts
        where workspace_id = ${workspaceId} and id >= ${sinceId} and last_inbound_at is not null`;
    case "tag_added":
      return tx`select contact_id, tagged_at as at from messaging.contact_tags
        where tag_id = ${trigger.tagId} and tagged_at >= ${since}`;
    case "field_matches":
      return tx`select contact_id, changed_at as at from messaging.contact_fields
        where field_id = ${trigger.fieldId} and changed_at >= ${since}
          and ${fieldIs(tx, trigger.value)}`;
    case "keyword": {
      const words = trigger.words.map((word) => word.trim().toLowerCase());
      const isMatch =
        trigger.how === "is"
          ? tx`lower(btrim(text, E' \t\n.!?')) = any(${words}::text[])`
          : tx`exists (select from unnest(${words}::text[]) word where position(word in lower(text)) > 0)`;
      return tx`select conversation_id as contact_id, created_at as at from messaging.messages
        where workspace_id = ${workspaceId} and id >= ${sinceId} and direction = 'in' and text is not null and ${isMatch}`;
    }
    case "postback":
      return tx`select conversation_id as contact_id, created_at as at from messaging.messages
        where workspace_id = ${workspaceId} and id >= ${sinceId} and direction = 'in'
          and ${trigger.payload} in (content -> 'postback' ->> 'payload', content -> 'quick_reply' ->> 'payload')`;
    case "inactivity": {
      const silence = tx`make_interval(hours => ${"hours" in trigger ? trigger.hours : 24 * trigger.days})`;
      return tx`select id as contact_id, last_inbound_at + ${silence} as at
        from messaging.contacts where workspace_id = ${workspaceId}
          and last_inbound_at > ${since} - ${silence} and last_inbound_at <= ${row.now}::timestamptz - ${silence}`;
    }
  }
}
