import { type Static, Type } from "@sinclair/typebox";
import type { Sql } from "postgres";
import { narrowRead, wideRead } from "#db";
import { IsoTime, Nullable } from "#std";
import { outcomesSql } from "../delivery/mod.ts";
import { type CampaignRow, stored, type Goal, reachedSql } from "../campaigns/mod.ts";

const Count = Type.Integer();

/** The rows of a campaign that ended alike, or are on their way alike. */
const GroupSchema = Type.Object({
  page_id: Type.String(),
  variant: Type.Integer(),
  state: Type.String(),
  reason: Nullable(Type.String()),
  error_code: Nullable(Type.Integer()),
  error_subcode: Nullable(Type.Integer()),
  count: Count,
  sent: Count,
  delivered: Count,
  read: Count,
  replied: Count,
  clicked: Count,
  reached: Count,
});
export type Group = Static<typeof GroupSchema>;

/** The content of messaging.campaigns.results. */
export const CountedResults = Type.Object({
  groups: Type.Array(GroupSchema),
  /** The newest day of it, oldest first. */
  minutes: Type.Array(Type.Object({ at: IsoTime, sent: Count, failed: Count })),
});
export type CountedResults = Static<typeof CountedResults>;

/** The stored counts of a large campaign, with their time. */
export function readCountedResults({
  results,
  resultsAt,
}: Pick<CampaignRow, "results" | "resultsAt">): { results: CountedResults; at: Date } | null {
  return resultsAt && { results: stored(CountedResults, results, "results"), at: resultsAt };
}

/** So many rows, with their people and threads, are found one by one; more of them are read in one pass. */
const mostByIndex = 5_000;

/** Results of larger campaigns are stored, so that readers do not wait for seconds. */
export const mostCountedAtOnce = 50_000;

export interface CountedCampaign {
  campaignId: string;
  goal: Goal | undefined;
  /** How many people it has, as far as is known; null when it is still being planned. */
  contacts: number | null;
}

/** Counts a campaign's rows in the ledger by how they ended: two passes over them, which take seconds for a million. */
export async function countResults(
  sql: Sql,
  { campaignId, goal, contacts }: CountedCampaign,
): Promise<CountedResults> {
  const read = contacts !== null && contacts <= mostByIndex ? narrowRead : wideRead;
  const { joins, ...outcomes } = outcomesSql(sql);
  const rows = sql`messaging.deliveries d`;
  const isOfCampaign = sql`d.campaign_id = ${campaignId} and d.step = 0`;
  const by = sql`d.page_id, d.variant::int4 as variant, d.state, d.reason, d.error_code, d.error_subcode, count(*)::int4 as count`;
  // Skip conversations and contacts of unsent messages: for a new plan that is everybody.
  const groups = await read<Group>(
    sql,
    sql`
      select ${by}, count(*)::int4 as sent, count(*) filter (where ${outcomes.delivered})::int4 as delivered,
             count(*) filter (where ${outcomes.read})::int4 as read, count(*) filter (where ${outcomes.replied})::int4 as replied,
             count(*) filter (where ${outcomes.clicked})::int4 as clicked,
             count(*) filter (where ${reachedSql(sql, goal)})::int4 as reached
      from ${rows} ${joins}
      where ${isOfCampaign} and d.state = 'sent'
      group by 1, 2, 3, 4, 5, 6
      union all
      select ${by}, 0, 0, 0, 0, 0, 0 from ${rows} where ${isOfCampaign} and d.state <> 'sent' group by 1, 2, 3, 4, 5, 6`,
  );
  if (groups.every(({ state }) => state !== "sent" && state !== "failed"))
    return { groups: [...groups], minutes: [] };
  const minutes = await read<CountedResults["minutes"][number]>(
    sql,
    sql`select to_char(minute, 'YYYY-MM-DD"T"HH24:MI:00.000"Z"') as at, sent, failed from (
      select date_trunc('minute', d.settled_at) as minute, count(*) filter (where d.state = 'sent')::int4 as sent,
             count(*) filter (where d.state = 'failed')::int4 as failed
      from ${rows}
      where ${isOfCampaign} and d.state in ('sent', 'failed')
      group by 1 order by 1 desc limit 1440) newest order by minute`,
  );
  return { groups: [...groups], minutes: [...minutes] };
}
