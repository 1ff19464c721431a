import type { Fragment, Sql } from "postgres";
import { wideRead } from "#db";
import { decodeCursor, pageOf, parse, Uuid, wrongCursor } from "#std";
import { displayName } from "../contacts/mod.ts";
import { personKey, outcomesSql, reasonText } from "../delivery/mod.ts";
import { readSearch } from "../search/mod.ts";
import { readCounted, type CampaignDeps } from "../campaigns/mod.ts";
import type { Recipient, RecipientsQuery, RecipientState, WantedState } from "./schema_results.ts";

export interface RecipientRow {
  id: string;
  contact_id: string | null;
  psid: string;
  /** Its place within its campaign, step and page. */
  key: string;
  name: string | null;
  page_id: string;
  page_name: string;
  step: number;
  state: string;
  reason: string | null;
  error_code: number | null;
  error_subcode: number | null;
  variant: number;
  sent_at: string | null;
  delivered: boolean;
  delivered_at: string | null;
  read: boolean;
  read_at: string | null;
  replied: boolean;
  clicked: boolean;
}

/** The people of a campaign, by page: what became of each message, and in words why and what to do. */
export async function listRecipients(
  on: Pick<CampaignDeps, "sql">,
  workspaceId: string,
  { campaignId, ...query }: RecipientsQuery & { campaignId: string },
): Promise<{ items: Recipient[]; nextCursor: string | null }> {
  await readCounted(on.sql, workspaceId, campaignId);
  const { sql } = on;
  const limit = query.limit ?? 50;
  const search = readSearch(query.search);
  if (search === "nothing") return { items: [], nextCursor: null };
  const after = readAfter(query.cursor);
  const words =
    search === null
      ? sql``
      : search.number !== null
        ? sql`and d.id = any(array(${ofNumber(sql, { workspaceId, campaignId, number: search.number })}))`
        : sql`and messaging.words_of(c.name) @@ to_tsquery('messaging.words', ${search.queries.join(" & ")})`;
  const key = sql.unsafe(personKey);
  // In the order of the ledger's unique key, which is there anyway. States are words of the statement: as a parameter
  // they would not lead to the indexes of those who failed and were skipped.
  const rows = await readRecipients(
    sql,
    query.state,
    sql`
    ${recipientsSql(sql)}
    where d.workspace_id = ${workspaceId} and d.campaign_id = ${campaignId} and d.step = 0 ${hasState(sql, query.state)}
      ${query.reason === undefined ? sql`` : sql`and d.reason = ${query.reason}`}
      ${query.pageId === undefined ? sql`` : sql`and d.page_id = ${query.pageId}`}
      ${query.variant === undefined ? sql`` : sql`and d.variant = ${query.variant}`}
      ${words}
      ${after === null ? sql`` : sql`and (d.page_id, ${key}) > (${after.pageId}::uuid, ${after.key}::uuid)`}
    order by d.page_id, ${key} limit ${limit + 1}`,
  );
  const page = pageOf([...rows], limit, (row) => [row.page_id, row.key]);
  return { items: page.items.map(viewRecipient), nextCursor: page.nextCursor };
}

/** The people of deliveries `d` with what became of each, without a `where`. */
export function recipientsSql(sql: Sql): Fragment {
  const { joins, left, delivered, read, replied } = outcomesSql(sql);
  // Not by "exists": for all rows of a campaign Postgres would hash every click there ever was, and then take a page.
  const clicked = sql`(d.state = 'sent' and coalesce(
    (select true from messaging.clicks k where k.delivery_id = d.id limit 1), false))`;
  const iso = (time: Fragment) => sql`to_char(${time}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  // Meta's clock may be a little behind ours. A time from before it left is that of an earlier attempt.
  const firstAt = (at: Fragment, holds: Fragment) =>
    sql`case when ${holds} and ${at} >= ${left} then ${iso(sql`greatest(${at}, d.settled_at)`)} end`;
  return sql`
    select d.id, d.contact_id, d.psid, ${sql.unsafe(personKey)} as key, coalesce(c.name, k.from_name) as name, d.page_id, p.name as page_name, d.step::int4,
           d.state, d.reason, d.error_code, d.error_subcode, d.variant::int4,
           case when d.state = 'sent' then ${iso(sql`d.settled_at`)} end as sent_at,
           ${delivered} as delivered, ${firstAt(sql`r.delivered_at`, delivered)} as delivered_at,
           ${read} as read, ${firstAt(sql`r.read_at`, read)} as read_at, ${replied} as replied,
           ${clicked} as clicked
    from messaging.deliveries d
    join messaging.pages p on p.id = d.page_id
    left join messaging.receipts r on r.delivery_id = d.id
    left join messaging.comments k on k.workspace_id = d.workspace_id and k.id = d.comment_id
    ${joins}`;
}

/** The rows of this number at Meta: contacts, and commenters without one. */
function ofNumber(
  sql: Sql,
  { workspaceId, campaignId, number }: { workspaceId: string; campaignId: string; number: string },
): Fragment {
  return sql`
    select own.id from messaging.pages p
    join messaging.contacts c on c.page_id = p.id and c.psid = ${number}
    join messaging.deliveries own on own.contact_id = c.id and own.campaign_id = ${campaignId}
    where p.workspace_id = ${workspaceId}
    union all
    select own.id from messaging.deliveries own
    where own.campaign_id = ${campaignId} and own.comment_id is not null and own.psid = ${number}`;
}

function readAfter(cursor: string | undefined): { pageId: string; key: string } | null {
  if (cursor === undefined) return null;
  const [pageId, key] = decodeCursor(cursor, 2).map((one) => parse(Uuid, one));
  if (pageId?.ok && key?.ok) return { pageId: pageId.value, key: key.value };
  throw wrongCursor();
}

const states: Readonly<Record<string, RecipientState>> = {
  queued: "queued",
  leased: "sending",
  sending: "sending",
  sent: "sent",
  failed: "failed",
  skipped: "skipped",
  cancelled: "cancelled",
  unknown: "unknown",
};

/** `and …` for deliveries `d` of recipientsSql() in a state, or with an outcome. */
export function hasState(sql: Sql, wanted: WantedState | undefined): Fragment {
  if (wanted === undefined) return sql``;
  const names = Object.keys(states).filter((name) => states[name] === wanted);
  if (names.length > 0) return sql.unsafe(`and d.state in (${names.map((name) => `'${name}'`).join(", ")})`);
  const { delivered, read, replied, clicked } = outcomesSql(sql);
  const outcome = Object.entries({ delivered, read, replied, clicked }).find(
    ([name]) => name === wanted,
  )?.[1];
  return outcome ? sql`and ${outcome}` : sql``;
}

/** Readers may be few of a million recipients, and no index has them. */
export async function readRecipients(
  sql: Sql,
  wanted: WantedState | undefined,
  query: Fragment,
): Promise<readonly RecipientRow[]> {
  const isOutcome = wanted !== undefined && !Object.values(states).some((state) => state === wanted);
  return isOutcome ? await wideRead<RecipientRow>(sql, sql`${query}`) : await sql<RecipientRow[]>`${query}`;
}

export function viewRecipient(row: RecipientRow): Recipient {
  const text =
    row.reason === null
      ? null
      : reasonText({ reason: row.reason, errorCode: row.error_code, errorSubcode: row.error_subcode });
  return {
    id: row.id,
    contactId: row.contact_id,
    name: displayName(row),
    page: { id: row.page_id, name: row.page_name },
    state: states[row.state] ?? "unknown",
    reason: row.reason,
    title: text?.title ?? null,
    titleCode: text?.titleCode ?? null,
    remedy: text?.remedy ?? null,
    remedyCode: text?.remedyCode ?? null,
    variant: row.variant,
    sentAt: row.sent_at,
    delivered: row.delivered,
    deliveredAt: row.delivered_at,
    read: row.read,
    readAt: row.read_at,
    replied: row.replied,
    clicked: row.clicked,
  };
}
