import type { Static } from "@sinclair/typebox";
import type postgres from "postgres";
import { changesOf, recordActivity } from "#auth";
import type { Handle } from "#db";
import { isZone, unknownZone } from "#std";
import {
  checkReplies,
  type ConsentRepliesRow,
  noReplies,
  parseConsentReplies,
  storedReplies,
} from "./consent_replies.ts";
import type { SendingRules, SendingRulesBody } from "./schema_consent.ts";
import { problem } from "./problems.ts";

interface RulesRow extends ConsentRepliesRow {
  timezone: string;
  capCount: number | null;
  capHours: number | null;
  quietFrom: number | null;
  quietUntil: number | null;
  stopWords: string[];
  startWords: string[];
  operatorsNeedApproval: boolean;
}

const defaults: SendingRules = {
  timezone: "UTC",
  cap: null,
  quietHours: null,
  stopWords: [],
  startWords: [],
  consentReplies: noReplies,
  operatorsNeedApproval: true,
};

/** The sending rules of this workspace, or the defaults. */
export async function readSendingRules({ sql }: { sql: Handle }, workspaceId: string): Promise<SendingRules> {
  const [row] = await sql<RulesRow[]>`
    select timezone, cap_count as "capCount", cap_hours as "capHours", quiet_from as "quietFrom",
      quiet_until as "quietUntil", stop_words as "stopWords", start_words as "startWords",
      stop_reply, stop_reply_translations, start_reply, start_reply_translations,
      operators_need_approval as "operatorsNeedApproval"
    from messaging.sending_rules where workspace_id = ${workspaceId}`;
  if (!row) return defaults;
  const { timezone, capCount, capHours, quietFrom, quietUntil, stopWords, startWords } = row;
  return {
    timezone,
    stopWords,
    startWords,
    consentReplies: parseConsentReplies(row),
    operatorsNeedApproval: row.operatorsNeedApproval,
    cap: capCount === null || capHours === null ? null : { count: capCount, hours: capHours },
    quietHours:
      quietFrom === null || quietUntil === null ? null : { from: clock(quietFrom), until: clock(quietUntil) },
  };
}

/** The time zone of a workspace, for what names none itself. */
export async function zoneOf(
  sql: postgres.Sql | postgres.TransactionSql,
  workspaceId: string,
): Promise<string> {
  const [rules] = await sql<{ timezone: string }[]>`
    select timezone from messaging.sending_rules where workspace_id = ${workspaceId}`;
  return rules?.timezone ?? "UTC";
}

/**
 * Replaces the rules. Throws 422 `timezone-unknown`, `quiet-hours-empty`, `word-twice`, `content-invalid` or
 * `default-missing`.
 */
export async function writeSendingRules(
  { sql }: { sql: postgres.Sql },
  workspaceId: string,
  rules: Static<typeof SendingRulesBody>,
): Promise<SendingRules> {
  const { timezone, cap, quietHours, consentReplies, operatorsNeedApproval: needed } = rules;
  const stopWords = [...new Set(rules.stopWords.map(tidy))];
  const startWords = [...new Set(rules.startWords.map(tidy))];
  const twice = stopWords.find((word) => startWords.includes(word));
  if (twice !== undefined) throw problem("word-twice", { word: twice });
  const quiet =
    quietHours === null ? null : { from: minutes(quietHours.from), until: minutes(quietHours.until) };
  if (quiet && quiet.from === quiet.until) throw problem("quiet-hours-empty");
  if (consentReplies) await checkReplies(sql, workspaceId, consentReplies);
  const replies = consentReplies ? storedReplies(consentReplies) : null;
  // Postgres and the clock of campaigns both compute with the zone: each has to know it.
  const zone = isZone(timezone) ? timezone : null;
  return await sql.begin(async (tx) => {
    const before = await readSendingRules({ sql: tx }, workspaceId);
    const rows = await tx`
    insert into messaging.sending_rules as r (workspace_id, timezone, cap_count, cap_hours, quiet_from, quiet_until,
      stop_words, start_words, operators_need_approval, stop_reply, stop_reply_translations, start_reply,
      start_reply_translations)
    select ${workspaceId}::uuid, name, ${cap?.count ?? null}::int2, ${cap?.hours ?? null}::int2,
      ${quiet?.from ?? null}::int2, ${quiet?.until ?? null}::int2, ${stopWords}::text[], ${startWords}::text[],
      ${needed ?? defaults.operatorsNeedApproval}::boolean, ${replies?.stop ?? null}::jsonb,
      ${replies?.stopTranslations ?? "{}"}::jsonb, ${replies?.start ?? null}::jsonb,
      ${replies?.startTranslations ?? "{}"}::jsonb
    from pg_timezone_names where name = ${zone}::text
    on conflict (workspace_id) do update set timezone = excluded.timezone, cap_count = excluded.cap_count,
      cap_hours = excluded.cap_hours, quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
      stop_words = excluded.stop_words, start_words = excluded.start_words,
      operators_need_approval = coalesce(${needed ?? null}::boolean, r.operators_need_approval),
      stop_reply = case when ${replies !== null} then excluded.stop_reply else r.stop_reply end,
      stop_reply_translations = case when ${replies !== null} then excluded.stop_reply_translations
        else r.stop_reply_translations end,
      start_reply = case when ${replies !== null} then excluded.start_reply else r.start_reply end,
      start_reply_translations = case when ${replies !== null} then excluded.start_reply_translations
        else r.start_reply_translations end,
      updated_at = now()
    returning 1`;
    if (rows.length === 0) throw unknownZone(timezone);
    const after = await readSendingRules({ sql: tx }, workspaceId);
    const changes = changesOf({ ...before }, { ...after }, { unseen: ["consentReplies"] });
    await recordActivity(tx, { action: "sending-rules.changed", workspaceId, ...changes });
    return after;
  });
}

/**
 * Own words of the workspaces that have some, by Facebook's id of each page: what consent is read with. Of one page, or
 * of all.
 */
export async function readOwnConsentWords(
  { sql }: { sql: postgres.Sql },
  pageFacebookId: string | null = null,
): Promise<{ pageFacebookId: string; stopWords: string[]; startWords: string[] }[]> {
  return await sql`
    select p.facebook_id as "pageFacebookId", r.stop_words as "stopWords", r.start_words as "startWords"
    from messaging.sending_rules as r
    join messaging.pages as p on p.workspace_id = r.workspace_id and p.status <> 'disconnected'
    where cardinality(r.stop_words) + cardinality(r.start_words) > 0
      and (${pageFacebookId}::text is null or p.facebook_id = ${pageFacebookId}::text)`;
}

const tidy = (word: string) => word.trim().toLowerCase();

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(":").map(Number);
  return hours * 60 + rest;
}
