import { and, eq, type SQL, sql } from "drizzle-orm";
import { type Handle, orm } from "#db";
import { campaigns } from "#db/messaging";
import { notFound } from "#std";

export type CampaignRow = typeof campaigns.$inferSelect;

export interface CountedCampaign {
  row: CampaignRow;
  /** Changes of its counts that the ticker has not folded into the row yet, read in the same moment. */
  unfolded: Record<string, number>;
}

const unfolded = sql<Record<string, number>>`coalesce((
  select jsonb_object_agg(key, change) from (
    select one.key, sum(one.value::float8) as change
    from messaging.campaign_deltas d, jsonb_each_text(d.counts) as one
    where d.campaign_id = messaging.campaigns.id group by 1) changes), '{}')`;

/** Campaigns with all of their counts, in any order; sequences are none. `key` is the sort key before the id. */
export function selectCampaigns(db: Handle, where: SQL | undefined, key: SQL = sql`''`) {
  return orm(db)
    .select({ row: campaigns, unfolded, key: sql<string>`(${key})::text` })
    .from(campaigns)
    .where(and(sql`${campaigns.kind} <> 'sequence'`, where))
    .$dynamic();
}

/** 404 when this workspace has no campaign with this id. */
export async function readCounted(
  db: Handle,
  workspaceId: string,
  campaignId: string,
): Promise<CountedCampaign> {
  const [found] = await selectCampaigns(
    db,
    and(eq(campaigns.workspaceId, workspaceId), eq(campaigns.id, campaignId)),
  );
  if (!found) throw notFound("campaign");
  return found;
}
