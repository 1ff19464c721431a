import type { TransactionSql } from "postgres";
import { insertRows, type Row } from "./insert_rows.ts";
import { type Customer, hour, iso, type Stage } from "./stage.ts";
import type { WrittenCampaign } from "./write_campaigns.ts";

/** Writes the owner's saved views and notifications. */
export async function writeDesk(
  tx: TransactionSql,
  stage: Stage,
  { customers, campaigns }: { customers: readonly Customer[]; campaigns: readonly WrittenCampaign[] },
): Promise<void> {
  const { dice, now, workspaceId, ownerId, memberIds, pageIds } = stage;
  const [mara, theo] = memberIds;
  const all = {
    tab: "all",
    status: "open",
    search: "",
    pageId: null,
    tagId: null,
    unreadOnly: false,
    sort: "newest",
  };
  await insertRows(
    tx,
    "saved_views",
    [
      { name: "Waiting longest", filter: { ...all, unreadOnly: true, sort: "oldest" } },
      { name: "Café", filter: { ...all, pageId: pageIds[1] } },
    ].map((view) => ({
      id: dice.idAt(now),
      workspace_id: workspaceId,
      user_id: ownerId,
      ...view,
      created_at: iso(now),
    })),
  );
  const newest = customers.filter(({ status }) => status === "open").slice(-2);
  const notifications = [
    ...newest.map((customer, place) => ({
      kind: place === 0 ? "mention" : "assigned",
      campaign_id: null,
      conversation_id: customer.id,
      page_id: customer.pageId,
      actor_user_id: place === 0 ? theo : mara,
      at: now - (place + 1) * 25 * 60_000,
    })),
    ...campaigns
      .filter(({ plan }) => plan.status === "completed")
      .slice(0, 2)
      .map(({ id, plan }) => ({
        kind: "campaign-finished",
        campaign_id: id,
        conversation_id: null,
        page_id: null,
        actor_user_id: null,
        at: now - plan.ago + 5 * 60_000,
      })),
  ];
  await insertRows(
    tx,
    "notifications",
    notifications.map(({ at, ...about }): Row => ({
      id: dice.idAt(at),
      workspace_id: workspaceId,
      user_id: ownerId,
      ...about,
      others: 0,
      read_at: at < now - 12 * hour ? iso(at + hour) : null,
      created_at: iso(at),
    })),
  );
}
