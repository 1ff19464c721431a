import { and, desc, eq, inArray, isNotNull, isNull, lt, sql } from "drizzle-orm";
import { campaigns } from "#db/messaging";
import { decodeIdCursor, pageOf } from "#std";
import { readSearch } from "../search/mod.ts";
import {
  selectCampaigns,
  viewCampaign,
  type CampaignDeps,
  type Campaign,
  type CampaignsQuery,
} from "../campaigns/mod.ts";

const awaitsApproval = and(
  eq(campaigns.approval, "asked"),
  inArray(campaigns.status, ["draft", "scheduled"]),
);

/** A page of campaigns, the newest first. Occurrences of a recurring one are listed like any other. */
export async function listCampaigns(
  on: Pick<CampaignDeps, "sql">,
  workspaceId: string,
  query: CampaignsQuery,
): Promise<{ items: Campaign[]; nextCursor: string | null }> {
  const limit = query.limit ?? 50;
  const after = decodeIdCursor(query.cursor);
  const search = readSearch(query.search);
  if (search === "nothing") return { items: [], nextCursor: null };
  const rows = await selectCampaigns(
    on.sql,
    and(
      eq(campaigns.workspaceId, workspaceId),
      query.status === undefined ? undefined : eq(campaigns.status, query.status),
      query.archived === true ? isNotNull(campaigns.archivedAt) : isNull(campaigns.archivedAt),
      query.awaitingApproval === true ? awaitsApproval : undefined,
      query.parentId === undefined ? undefined : eq(campaigns.parentId, query.parentId),
      search === null ? undefined : sql`${campaigns.name} ~* all (${sql.param(search.patterns)}::text[])`,
      after === null ? undefined : lt(campaigns.id, after),
    ),
  )
    .orderBy(desc(campaigns.id))
    .limit(limit + 1);
  const page = pageOf(rows, limit, ({ row }) => [row.id]);
  return {
    items: page.items.map(({ row, unfolded }) => viewCampaign(row, unfolded)),
    nextCursor: page.nextCursor,
  };
}
