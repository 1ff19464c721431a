import type { Fragment } from "postgres";
import { sendAgain } from "../campaign_state/mod.ts";
import { deletedPsid } from "../contacts/mod.ts";
import { personKey, requeueMissed, wakeCampaign } from "../delivery/mod.ts";
import {
  type Actor,
  recordAction,
  publishCampaign,
  readCounted,
  kindOf,
  type CampaignDeps,
  type Campaign,
} from "../campaigns/mod.ts";
import { missedSql, readMended } from "./missed.ts";
import { heldVariant } from "./plan_rows.ts";
import { problem } from "./problems.ts";

const chunk = 5_000;

/**
 * Resends messages that failed before they were sent, and those skipped for a page that is fixed now or for another
 * app's control: the same rows, so nobody gets it twice. Unconfirmed ones stay, because they may have arrived. A
 * finished campaign runs again and leaves the archive. Checks policy again for each person.
 *  Throws Problem 409: nothing-failed, campaign-over.
 */
export async function resendFailed(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, by }: { campaignId: string; by: Actor },
): Promise<Campaign> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  const mended = await readMended(on.sql, { workspaceId, campaignId, kind: kindOf(row) });
  let total = 0;
  for (const missed of Object.values(missedSql(on.sql, mended)))
    for (let after: Place | null = null; ;) {
      const isFirst = total === 0;
      const done = await requeue(on, { workspaceId, campaignId, name: row.name, missed, after, by, isFirst });
      total += done.count;
      after = done.last;
      if (after === null) break;
    }
  if (total === 0) {
    throw problem("nothing-failed", { name: row.name });
  }
  on.wakeDelivery();
  return await publishCampaign(on, workspaceId, campaignId);
}

/** Where a chunk ended, in the order of the ledger's index. */
interface Place {
  pageId: string;
  key: string;
}

interface Requeued {
  workspaceId: string;
  campaignId: string;
  name: string;
  missed: Fragment;
  after: Place | null;
  by: Actor;
  /** The history says it with the first chunk that puts something back. */
  isFirst: boolean;
}

/** Puts the next chunk of the rows `missed` back to those that wait; `last` is null once there are no more. */
async function requeue(
  { sql }: Pick<CampaignDeps, "sql">,
  { workspaceId, campaignId, name, missed, after, by, isFirst }: Requeued,
): Promise<{ count: number; last: Place | null }> {
  return await sql.begin(async (tx) => {
    const key = tx.unsafe(personKey);
    const [row] = await tx<{ count: number; seen: number; last: Place | null }[]>`
      with missed as materialized (
        select d.id, d.page_id, ${key} as key from messaging.deliveries d
        where d.campaign_id = ${campaignId} and d.step = 0 and ${missed} and d.psid not like ${`${deletedPsid}%`}
          ${after === null ? tx`` : tx`and (d.page_id, ${key}) > (${after.pageId}::uuid, ${after.key}::uuid)`}
        order by d.page_id, ${key} limit ${chunk} for update),
      ${requeueMissed(tx, { heldVariant })}
      select (select count(*)::int4 from changed) as count, (select count(*)::int4 from missed) as seen, (
        select json_build_object('pageId', page_id, 'key', key) from missed order by page_id desc, key desc limit 1) as last`;
    const { count = 0, seen = 0 } = row ?? {};
    const last = seen < chunk ? null : (row?.last ?? null);
    if (count === 0) return { count, last };
    await wakeCampaign(tx, { workspaceId, campaignId });
    if (!(await sendAgain(tx, { workspaceId, campaignId }))) {
      throw problem("campaign-over", { name });
    }
    if (isFirst) await recordAction(tx, { workspaceId, campaignId, action: "resent", userId: by.userId });
    return { count, last };
  });
}
