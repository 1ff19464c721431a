import type { Fragment, Sql, TransactionSql } from "postgres";
import { readPagesWithoutTemplate } from "../campaign_draft/mod.ts";
import { type CampaignKind, readPlannedContents } from "../campaigns/mod.ts";

/** Reasons of the page, not of the contact: skipped contacts may still get the message after the page is fixed. */
export const pageReasons = ["page-disconnected", "page-token-dead", "page-restricted"];

interface Asked {
  workspaceId: string;
  campaignId: string;
  kind: CampaignKind;
}

/** Pages that can send now and could not when the campaign was planned. */
export interface MendedPages {
  connected: string[];
  /** Meta has approved the campaign's content on them. */
  withTemplate: string[];
}

/** Reads which pages of a campaign were mended. */
export async function readMended(
  sql: Sql | TransactionSql,
  { workspaceId, campaignId, kind }: Asked,
): Promise<MendedPages> {
  const contents = kind === "utility" ? await readPlannedContents(sql, { id: campaignId, kind }) : [];
  const without = new Set(await readPagesWithoutTemplate(sql, { workspaceId, contents }));
  const pages = await sql<{ id: string }[]>`
    select id from messaging.pages where workspace_id = ${workspaceId} and status = 'connected'`;
  const connected = pages.map(({ id }) => id);
  return { connected, withTemplate: connected.filter((id) => !without.has(id)) };
}

/**
 * The rows `d` of a campaign that are sent again in each state: certain failures, rows that were skipped
 * because of a page that works again, and contacts whom another app answered, because it holds a thread for a day at
 * most. Not messages that Meta never confirmed, because they may have arrived, and no comment that another campaign answered.
 */
export function missedSql(
  sql: Sql | TransactionSql,
  { connected, withTemplate }: MendedPages,
): Record<"failed" | "skipped", Fragment> {
  const isOpen = sql`(d.comment_id is null or not exists (select from messaging.deliveries o
    where o.comment_id = d.comment_id and o.id <> d.id and o.state not in ('failed', 'skipped', 'cancelled')))`;
  return {
    failed: sql`d.state = 'failed' and d.reason is distinct from 'unconfirmed' and ${isOpen}`,
    skipped: sql`d.state = 'skipped' and ${isOpen} and (
      d.reason = any(${pageReasons}::text[]) and d.page_id = any(${connected}::uuid[])
      or d.reason = 'another-app'
      or d.reason = 'no-template' and d.page_id = any(${withTemplate}::uuid[]))`,
  };
}
