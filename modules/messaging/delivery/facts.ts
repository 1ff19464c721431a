import type { TransactionSql } from "postgres";
import { relations } from "#auth";
import type { ContactFacts, PageFacts } from "../policy/mod.ts";

/** Facts for the policy, read under the contact's lock. */
export interface ReplyFacts {
  pageId: string;
  psid: string;
  contact: ContactFacts;
  page: PageFacts;
  isWorkspaceDisabled: boolean;
  now: Date;
}

interface Row extends PageFacts {
  page_id: string;
  psid: string;
  subscribed: boolean;
  blocked_at: number | null;
  unreachable_at: number | null;
  last_inbound_at: number | null;
  ad_window_until: number | null;
  window_closed_at: number | null;
  is_disabled: boolean;
  now: number;
}

const dateOf = (ms: number | null) => (ms === null ? null : new Date(ms));

/** Locks the contact, so that replies of one conversation are sequential; undefined for an unknown conversation. */
export async function lockFacts(
  tx: TransactionSql,
  of: { workspaceId: string; conversationId: string },
): Promise<ReplyFacts | undefined> {
  const [row] = await tx<Row[]>`
    select c.page_id, c.psid, c.subscribed, p.status, p.human_agent as "humanAgent",
           (extract(epoch from c.blocked_at) * 1000)::float8 as blocked_at,
           (extract(epoch from c.unreachable_at) * 1000)::float8 as unreachable_at,
           (extract(epoch from c.last_inbound_at) * 1000)::float8 as last_inbound_at,
           (extract(epoch from c.ad_window_until) * 1000)::float8 as ad_window_until,
           (extract(epoch from c.window_closed_at) * 1000)::float8 as window_closed_at,
           c.workspace_id in ${tx.unsafe(relations.workspacesOff)} as is_disabled,
           (extract(epoch from clock_timestamp()) * 1000)::float8 as now
    from messaging.contacts c
    join messaging.conversations v on v.workspace_id = c.workspace_id and v.id = c.id and v.page_id = c.page_id
    join messaging.pages p on p.workspace_id = c.workspace_id and p.id = c.page_id
    where c.workspace_id = ${of.workspaceId} and c.id = ${of.conversationId}
    for no key update of c`;
  if (!row) return undefined;
  return {
    pageId: row.page_id,
    psid: row.psid,
    contact: {
      subscribed: row.subscribed,
      blockedAt: dateOf(row.blocked_at),
      unreachableAt: dateOf(row.unreachable_at),
      lastInboundAt: dateOf(row.last_inbound_at),
      adWindowUntil: dateOf(row.ad_window_until),
      windowClosedAt: dateOf(row.window_closed_at),
    },
    page: { status: row.status, humanAgent: row.humanAgent },
    isWorkspaceDisabled: row.is_disabled,
    now: new Date(row.now),
  };
}
