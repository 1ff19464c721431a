import type { TestDatabase } from "../../../db/testing.ts";
import { wakeCampaign } from "../delivery/mod.ts";
import type { StagePage } from "./pages.ts";

export interface StageCampaign {
  text?: string;
  status?: "running" | "paused";
  speedPerSecond?: number;
  expiresAt?: Date;
  /** Without a canary, unless a test says otherwise. */
  options?: Record<string, unknown>;
  laneClass?: "campaign" | "utility" | "media";
  /** Another message than `text`, and what else its content holds. */
  message?: Record<string, unknown>;
  mediaFileId?: string;
}

/** A campaign to everybody on these pages, planned, running, with its lanes awake. */
export async function insertCampaign(
  { sql }: Pick<TestDatabase, "sql">,
  pages: readonly Pick<StagePage, "workspaceId" | "pageId">[],
  campaign: StageCampaign = {},
): Promise<string> {
  const [first] = pages;
  if (!first) throw new Error("Cannot insert a campaign without a page");
  const { workspaceId } = first;
  const { text = "blast", status = "running", laneClass = "campaign" } = campaign;
  const message = JSON.stringify(campaign.message ?? { text });
  return await sql.begin(async (tx) => {
    const [made] = await tx<{ id: string }[]>`
      insert into messaging.campaigns (workspace_id, name, kind, status, paused_from, audience, draft, options,
        speed_per_second, expires_at, launched_at, planned_at)
      values (${workspaceId}, ${text}, 'window', ${status}, ${status === "paused" ? "running" : null}, '{"all": true}',
        ${JSON.stringify({ variants: [{ content: { text }, weight: 100 }] })}::jsonb,
        ${JSON.stringify(campaign.options ?? { canary: false })}::jsonb, ${campaign.speedPerSecond ?? null},
        ${campaign.expiresAt?.toISOString() ?? null}::timestamptz, now(), now())
      returning id`;
    if (!made) throw new Error("Cannot insert a campaign");
    await tx`
      with content as (insert into messaging.contents (workspace_id, message, is_personal, media_file_id)
          values (${workspaceId}, ${message}::jsonb, ${message.includes("{{") || message.includes("link:")},
            ${campaign.mediaFileId ?? null}) returning id),
        planned as (
          insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, state)
          select c.workspace_id, c.page_id, c.id, c.psid, ${laneClass}, content.id, ${made.id}, 'queued'
          from messaging.contacts c, content where c.page_id = any(${pages.map((page) => page.pageId)}::uuid[])
          returning 1)
      insert into messaging.campaign_deltas (campaign_id, counts)
      select ${made.id}, jsonb_build_object('queued', count(*)) from planned`;
    await wakeCampaign(tx, { workspaceId, campaignId: made.id });
    return made.id;
  });
}
