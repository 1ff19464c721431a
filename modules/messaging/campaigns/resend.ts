import { Problem } from "#std";
import { deletedPsid } from "../contacts/faces.ts";
import { wakeCampaign } from "../delivery/lanes.ts";
import { personKey } from "../delivery/person_key.ts";
import type { Actor } from "./actor.ts";
import { recordAction } from "./campaign_actions.ts";
import { publishCampaign } from "./campaign_live.ts";
import { readCounted } from "./campaign_rows.ts";
import type { CampaignDeps } from "./deps.ts";
import type { Campaign } from "./schema.ts";

const chunk = 5_000;

/**
 * Sends again what failed without having been sent: the same rows, so that still nobody gets it twice. What Meta did not
 * confirm stays, as it may have arrived, and so does a comment that another campaign answered meanwhile. A campaign that
 * was over goes on. Policy is asked again for each person.
 *
 * Throws Problem 409: nothing-failed, campaign-over.
 */
export async function resendFailed(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, by }: { campaignId: string; by: Actor },
): Promise<Campaign> {
  const { row } = await readCounted(on.db, workspaceId, campaignId);
  let total = 0;
  for (;;) {
    const count = await requeue(on, { workspaceId, campaignId, name: row.name });
    total += count;
    if (count < chunk) break;
  }
  if (total === 0) {
    throw new Problem(
      "nothing-failed",
      409,
      `Cannot send campaign "${row.name}" again to whom it failed: nobody is left who did not get it for sure`,
    );
  }
  await recordAction(on.sql, { workspaceId, campaignId, action: "resent", userId: by.userId });
  on.wakeDelivery();
  return await publishCampaign(on, workspaceId, campaignId);
}

async function requeue(
  { sql }: Pick<CampaignDeps, "sql">,
  { workspaceId, campaignId, name }: { workspaceId: string; campaignId: string; name: string },
): Promise<number> {
  return await sql.begin(async (tx) => {
    const [row] = await tx<{ count: number }[]>`
      with failed as materialized (
        select d.id from messaging.deliveries d
        where d.campaign_id = ${campaignId} and d.step = 0 and d.state = 'failed'
          and d.reason is distinct from 'unconfirmed' and d.psid not like ${`${deletedPsid}%`}
          and (d.comment_id is null or not exists (select from messaging.deliveries other
            where other.comment_id = d.comment_id and other.state not in ('failed', 'skipped', 'cancelled')))
        order by d.page_id, ${tx.unsafe(personKey)} limit ${chunk} for update),
      again as (
        update messaging.deliveries d
        set state = 'queued', attempts = 0, unknowns = 0, reason = null, error_code = null, error_subcode = null,
            error_text = null, settled_at = null, due_at = clock_timestamp()
        from failed where d.id = failed.id and d.state = 'failed' returning d.id),
      delta as (
        insert into messaging.campaign_deltas (campaign_id, counts)
        select ${campaignId}, jsonb_build_object('failed', -count(*), 'queued', count(*)) from again having count(*) > 0)
      select count(*)::int4 as count from again`;
    const count = row?.count ?? 0;
    if (count === 0) return 0;
    await wakeCampaign(tx, { workspaceId, campaignId });
    const live = await tx`
      update messaging.campaigns
      set status = case when status = 'completed' then 'running' else status end, finished_at = null,
          -- The breakers look at what comes of it, and not at why it was sent again.
          recent = '[]', status_at = clock_timestamp(), updated_at = clock_timestamp()
      where workspace_id = ${workspaceId} and id = ${campaignId} and status in ('running', 'paused', 'completed')
        and (expires_at is null or expires_at > clock_timestamp())
      returning id`;
    if (live.length === 0) {
      const message = `Cannot send campaign "${name}" again to whom it failed: it was cancelled, or its time is over`;
      throw new Problem("campaign-over", 409, `${message}. Duplicate it`, { remedy: "Duplicate it" });
    }
    return count;
  });
}
