import type postgres from "postgres";
import { isoTime, limitOf } from "#db";
import { decodeIdCursor, notFound, pageOf } from "#std";
import { outcomesSql, reasonText } from "../delivery/mod.ts";
import type { ReceivedCampaign } from "./schema_received.ts";

interface Row {
  id: string;
  campaignId: string;
  name: string;
  kind: string;
  state: ReceivedCampaign["state"];
  reason: string | null;
  errorCode: number | null;
  errorSubcode: number | null;
  at: string;
  delivered: boolean;
  read: boolean;
  replied: boolean;
  clicked: boolean;
}

interface Wanted {
  workspaceId: string;
  contactId: string;
  /** Left out: both. */
  skipped?: boolean;
  limit?: number;
  cursor?: string;
}

/** Sent and skipped messages of campaigns and sequences to a contact, newest first; 404 without such a contact. */
export async function listReceivedCampaigns(
  { sql }: { sql: postgres.Sql },
  { workspaceId, contactId, skipped, limit = 50, cursor }: Wanted,
): Promise<{ items: ReceivedCampaign[]; nextCursor: string | null }> {
  const after = decodeIdCursor(cursor);
  const { joins, delivered, read, replied, clicked } = outcomesSql(sql);
  const [known, rows] = await Promise.all([
    sql`select 1 from messaging.contacts where workspace_id = ${workspaceId} and id = ${contactId}`,
    sql<Row[]>`
      select d.id, k.id as "campaignId", k.name, k.kind, case d.state when 'leased' then 'sending' else d.state end as state,
        d.reason, d.error_code as "errorCode", d.error_subcode as "errorSubcode",
        coalesce(d.settled_at, d.created_at) as at, ${delivered} as delivered, ${read} as read, ${replied} as replied,
        ${clicked} as clicked
      from messaging.deliveries as d
      join messaging.campaigns as k on k.workspace_id = d.workspace_id and k.id = d.campaign_id
      ${joins}
      where d.workspace_id = ${workspaceId} and d.contact_id = ${contactId} and d.campaign_id is not null
        ${skipped === undefined ? sql`` : sql`and (d.state in ('skipped', 'cancelled')) = ${skipped}`}
        ${after === null ? sql`` : sql`and d.id < ${after}`}
      order by d.id desc limit ${limitOf(sql, limit + 1)}`,
  ]);
  if (known.length === 0) throw notFound("contact");
  const page = pageOf([...rows], limit, (row) => [row.id]);
  return { items: page.items.map(view), nextCursor: page.nextCursor };
}

function view({
  campaignId,
  name,
  kind,
  reason,
  errorCode,
  errorSubcode,
  at,
  ...row
}: Row): ReceivedCampaign {
  const text = reason === null ? null : reasonText({ reason, errorCode, errorSubcode });
  return {
    ...row,
    campaign: { id: campaignId, name, isSequence: kind === "sequence" },
    title: text?.title ?? null,
    titleCode: text?.titleCode ?? null,
    remedy: text?.remedy ?? null,
    remedyCode: text?.remedyCode ?? null,
    at: isoTime(at),
  };
}
