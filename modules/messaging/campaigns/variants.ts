import type { Sql, TransactionSql } from "postgres";
import { type Content, storeContents } from "../templates/mod.ts";
import type { CampaignKind, Variant } from "./schema.ts";

/** Fixes a campaign's content: later changes of templates do not affect it. */
export async function storeVariants(
  tx: TransactionSql,
  workspaceId: string,
  given: { campaignId: string; variants: readonly Variant[]; contents: readonly Content[] },
): Promise<void> {
  await tx`delete from messaging.campaign_variants where campaign_id = ${given.campaignId}`;
  for (const [variant, content] of given.contents.entries()) {
    const weight = given.variants[variant]?.weight ?? 0;
    for (const { pageId, contentId } of await storeContents(tx, workspaceId, content)) {
      await tx`insert into messaging.campaign_variants (workspace_id, campaign_id, variant, page_id, weight, content_id)
        values (${workspaceId}, ${given.campaignId}, ${variant}, ${pageId}, ${weight}, ${contentId})`;
    }
  }
}

/** The fixed variants: written contents, and each template's content at that moment. */
export function fixedVariants(variants: readonly Variant[], contents: readonly Content[]): Variant[] {
  return variants.map(({ weight }, at) => ({ weight, content: contents[at] ?? {} }));
}

/** One content of a campaign: of a variant, for all pages or for one. */
export interface PlannedContent {
  variant: number;
  pageId: string | null;
  contentId: string;
  /** The lane in which it waits. */
  laneClass: "campaign" | "media" | "utility" | "private_reply";
  /** Contacts whose place, from 0 to 100, is from `low` to below `high` get this variant. */
  low: number;
  high: number;
  /** The utility template that it needs on its page. */
  template: { name: string; language: string } | null;
}

interface Row {
  variant: number;
  page_id: string | null;
  weight: number;
  content_id: string;
  is_media: boolean;
  template_name: string | null;
  template_language: string | null;
}

/** The contents of a launched campaign; Meta counts audio and video apart from everything else. */
export async function readPlannedContents(
  sql: Sql | TransactionSql,
  { id, kind }: { id: string; kind: CampaignKind },
): Promise<PlannedContent[]> {
  const rows = await sql<Row[]>`
    select v.variant::int4, v.page_id, v.weight::int4, v.content_id, coalesce(f.type in ('audio', 'video'), false) as is_media,
           content.message #>> '{template,name}' as template_name,
           content.message #>> '{template,language,code}' as template_language
    from messaging.campaign_variants v
    join messaging.contents content on content.workspace_id = v.workspace_id and content.id = v.content_id
    left join messaging.media_files f on f.workspace_id = content.workspace_id and f.id = content.media_file_id
    where v.campaign_id = ${id} order by v.variant, v.page_id nulls first`;
  let low = 0;
  const lows = new Map<number, number>();
  for (const { variant, weight, page_id: pageId } of rows) {
    if (pageId !== null) continue;
    lows.set(variant, low);
    low += weight;
  }
  return rows.map((row) => {
    const from = lows.get(row.variant) ?? 0;
    return {
      variant: row.variant,
      pageId: row.page_id,
      contentId: row.content_id,
      laneClass: kind === "window" ? (row.is_media ? "media" : "campaign") : kind,
      low: from,
      high: from + row.weight,
      template:
        row.template_name === null
          ? null
          : { name: row.template_name, language: row.template_language ?? "en" },
    };
  });
}
