import type { Fragment, Sql, TransactionSql } from "postgres";
import { log, parse } from "#std";
import { fieldIs } from "../contacts/mod.ts";
import { isWorkspaceOn } from "../workspaces/mod.ts";
import { type Acts, enrol } from "./enrol.ts";
import { type Trigger, TriggerSchema } from "./schema.ts";
import { firstIdOf, readableUntil, sinceSeen } from "./seen.ts";

interface TriggerRow {
  campaign_id: string;
  workspace_id: string;
  match: unknown;
  /** The beginning of the unprocessed part: its time, and the first id of that time. */
  since: string;
  first_id: string;
  readable_until: string;
  now: string;
}

/**
 * Looks, for each running sequence with a trigger, at actions of contacts since the last run, and enrolls them; `enrol`
 * counts each act once. A trigger that fails is logged and keeps its place, and the others go on.
 */
export async function runTriggers(sql: Sql): Promise<number> {
  const due = await sql<{ campaign_id: string }[]>`
    select t.campaign_id from messaging.triggers t
    join messaging.campaigns k on k.workspace_id = t.workspace_id and k.id = t.campaign_id
    where k.status = 'running' and ${isWorkspaceOn(sql, sql`k.workspace_id`)}
      and t.seen_until < clock_timestamp() - case t.kind
      when 'inactivity' then interval '10 min' else interval '1 s' end
    order by t.seen_until limit 200`;
  let count = 0;
  for (const { campaign_id: campaignId } of due) {
    try {
      count += await runTrigger(sql, campaignId);
    } catch (error) {
      log.error("Cannot look for what begins a sequence; trying again", { campaignId, error });
    }
  }
  return count;
}

async function runTrigger(sql: Sql, campaignId: string): Promise<number> {
  return await sql.begin(async (tx) => {
    const [row] = await tx<TriggerRow[]>`
      select campaign_id, workspace_id, match, ${sinceSeen(tx)}::text as since,
        ${firstIdOf(tx, sinceSeen(tx))}::text as first_id, ${readableUntil(tx)}::text as readable_until,
        clock_timestamp()::text as now
      from messaging.triggers where campaign_id = ${campaignId} for update skip locked`;
    if (!row) return 0;
    const parsed = parse(TriggerSchema, row.match);
    if (!parsed.ok) throw new Error(`Cannot read the trigger of sequence ${campaignId}`);
    const trigger = parsed.value;
    const into = { workspaceId: row.workspace_id, campaignId, ...trigger };
    const count = await enrol(tx, into, actsOf(tx, row, trigger));
    await tx`update messaging.triggers set seen_until = ${row.readable_until}::timestamptz where campaign_id = ${campaignId}`;
    return count;
  });
}

function actsOf(tx: TransactionSql, row: TriggerRow, trigger: Trigger): Acts {
  const { workspace_id: workspaceId } = row;
  const since = tx`${row.since}::timestamptz`;
  // Messages older than a day, or from before their page was connected, were only discovered late.
  const isNew = tx`m.workspace_id = ${workspaceId} and m.id >= ${row.first_id}::uuid and m.direction = 'in'
    and m.sent_at > greatest(clock_timestamp() - interval '1 day',
      (select created_at from messaging.pages p where p.id = m.page_id))`;
  switch (trigger.kind) {
    case "new_contact":
      // Some are known before: imported, or as who tapped a link.
      return tx`select m.conversation_id as contact_id, m.created_at as at from messaging.messages m
        where ${isNew} and not exists (select from messaging.messages o where o.conversation_id = m.conversation_id
          and o.direction = 'in' and (o.sent_at, o.id) < (m.sent_at, m.id))`;
    case "tag_added":
      return tx`select contact_id, tagged_at as at from messaging.contact_tags
        where tag_id = ${trigger.tagId} and tagged_at >= ${since}`;
    case "field_matches":
      return tx`select contact_id, changed_at as at from messaging.contact_fields
        where field_id = ${trigger.fieldId} and changed_at >= ${since}
          and ${fieldIs(tx, trigger.value)}`;
    case "keyword": {
      const words = trigger.words.filter((word) => word.trim() !== "");
      // A word of signs alone, such as "?", is nothing without them.
      const isMatch =
        trigger.how === "is"
          ? tx`exists (select from unnest(${words}::text[]) word where ${bareText(tx, tx`word`)} = ${bareText(tx, tx`m.text`)}
              and (${bareText(tx, tx`word`)} <> '' or btrim(word) = btrim(m.text)))`
          : tx`m.text ~* any(${words.map(wordPattern)}::text[])`;
      return tx`select m.conversation_id as contact_id, m.created_at as at from messaging.messages m
        where ${isNew} and m.text is not null and ${isMatch}`;
    }
    case "postback":
      return tx`select m.conversation_id as contact_id, m.created_at as at from messaging.messages m
        where ${isNew}
          and ${trigger.payload} in (m.content -> 'postback' ->> 'payload', m.content -> 'quick_reply' ->> 'payload')`;
    case "inactivity": {
      const silence = tx`make_interval(hours => ${"hours" in trigger ? trigger.hours : 24 * trigger.days})`;
      return tx`select id as contact_id, last_inbound_at + ${silence} as at
        from messaging.contacts where workspace_id = ${workspaceId}
          and last_inbound_at > ${since} - ${silence} and last_inbound_at <= ${row.now}::timestamptz - ${silence}`;
    }
  }
}

const spaced = String.raw`a-z0-9\u00c0-\u024f\u0370-\u052f`;
const isSpaced = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]/u;

/**
 * The regular expression of Postgres, without regard to case, that finds a word or phrase in a text: as a whole, so
 * that "hi" is not found in "this", but anywhere where a script sets no spaces between words.
 */
function wordPattern(word: string): string {
  const letters = [...word.trim()];
  const before = isSpaced.test(letters[0] ?? "") ? `(?<![${spaced}])` : "";
  const after = isSpaced.test(letters.at(-1) ?? "") ? `(?![${spaced}])` : "";
  return `${before}${letters.join("").replaceAll(/[\\^$.*+?()[\]{}|-]/g, String.raw`\$&`)}${after}`;
}

const around = " \t\n.!?";

/**
 * A text, and words, as whole messages are compared: without regard to case, and to the signs that people put around.
 */
const bareText = (sql: Sql | TransactionSql, text: Fragment): Fragment =>
  sql`lower(btrim(${text}, ${around}::text))`;
