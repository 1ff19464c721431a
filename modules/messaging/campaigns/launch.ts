import type { Sql, TransactionSql } from "postgres";
import { Problem } from "#std";
import { refusalTexts } from "../policy_refusals.ts";
import { publishCampaign } from "./campaign_live.ts";
import { readCounted } from "./campaign_rows.ts";
import { kindOf, readStored } from "./campaign_view.ts";
import type { CampaignDeps } from "./deps.ts";
import { checkDraft } from "./draft_check.ts";
import { firstDue } from "./schedule.ts";
import type { Campaign } from "./schema.ts";
import { storeVariants } from "./variants.ts";

/**
 * Starts a draft, or has it wait for its time: one compare-and-set, so that two clicks launch once. What it sends is
 * fixed here. Throws Problem: campaign-not-draft (409), workspace-disabled (409), and those of `checkDraft`.
 */
export async function launch(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, userId }: { campaignId: string; userId: string },
): Promise<Campaign> {
  const { row } = await readCounted(on.db, workspaceId, campaignId);
  if (row.status !== "draft") throw notDraft(row.name, row.status);
  const { options, variants, ...stored } = readStored(row);
  const now = on.clock();
  const contents = await checkDraft(on.sql, workspaceId, {
    ...stored,
    kind: kindOf(row),
    variants,
    split: options.split ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    now,
  });
  await on.sql.begin(async (tx) => {
    await requireEnabled(tx, workspaceId);
    const dueAt = firstDue(stored.schedule, { now, zone: await zoneOf(tx, workspaceId) });
    const isLater = dueAt !== null && dueAt > now;
    const launched = await tx`
      update messaging.campaigns
      set status = ${isLater ? "scheduled" : "planning"}, status_reason = null, status_at = clock_timestamp(),
          due_at = ${dueAt === null ? null : new Date(dueAt).toISOString()}::timestamptz, launched_by = ${userId},
          launched_at = clock_timestamp(), updated_at = clock_timestamp()
      where workspace_id = ${workspaceId} and id = ${campaignId} and status = 'draft'
        and date_trunc('milliseconds', updated_at) = ${row.updatedAt.toISOString()}::timestamptz
      returning id`;
    if (launched.length === 0)
      throw notDraft(row.name, "launched or changed by somebody else at this moment");
    await storeVariants(tx, workspaceId, { campaignId, variants, contents });
  });
  return await publishCampaign(on, workspaceId, campaignId);
}

const notDraft = (name: string, status: string) =>
  new Problem(
    "campaign-not-draft",
    409,
    `Cannot launch campaign "${name}": it is ${status}. Duplicate it to send again`,
    { remedy: "Duplicate it to send again" },
  );

async function requireEnabled(sql: Sql | TransactionSql, workspaceId: string): Promise<void> {
  const [disabled] = await sql`
    select 1 as found from auth.workspaces where id = ${workspaceId} and disabled_at is not null`;
  if (!disabled) return;
  const { title, remedy } = refusalTexts["workspace-disabled"];
  throw new Problem("workspace-disabled", 409, `Cannot launch this campaign: ${title}. ${remedy}`, {
    remedy,
  });
}

/** The time zone of a workspace, for what names none itself. */
export async function zoneOf(sql: Sql | TransactionSql, workspaceId: string): Promise<string> {
  const [rules] = await sql<{ timezone: string }[]>`
    select timezone from messaging.sending_rules where workspace_id = ${workspaceId}`;
  return rules?.timezone ?? "UTC";
}
