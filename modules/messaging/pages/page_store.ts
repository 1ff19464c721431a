import type { Sql, TransactionSql } from "postgres";
import type { Viewer } from "#auth";
import { limitOf } from "#db";
import { usualPerSecond, ratesOf } from "../delivery/mod.ts";
import { emptyProfile } from "../messenger_profile/mod.ts";
import { seesPage } from "../sight/mod.ts";
import type { PageLimit, PageProfile, RefusedField, TokenHolder } from "../graph/mod.ts";

/** A page's row with what its lanes say. Times are milliseconds since 1970. */
export interface PageRow {
  id: string;
  workspaceId: string;
  facebookId: string;
  name: string;
  pictureUrl: string | null;
  followers: number | null;
  status: "connected" | "token_dead" | "restricted" | "disconnected";
  statusReason: string | null;
  /** Infinity: until Meta lifts it; null: Meta stated no end. */
  restrictedUntil: number | null;
  restrictions: PageLimit[];
  tokenSealed: string | null;
  tokenExpiresAt: number | null;
  scopes: string[];
  subscribedFields: string[];
  refusedFields: RefusedField[];
  tokenHolder: TokenHolder | null;
  checkProblem: string | null;
  unheardAt: number | null;
  strangersRefusedAt: number | null;
  humanAgent: "unknown" | "available" | "unavailable";
  checkedAt: number | null;
  lastEventAt: number | null;
  lastSendAt: number | null;
  connectedAt: number;
  heldReason: string | null;
  /** It is the whole app that is held, with all its pages. */
  isAppHeld: boolean;
  waiting: number;
  ratePerSecond: number;
  pacePerSecond: number;
  /** Null: Meta was not asked about it yet. */
  messengerProfile: {
    status: "draft" | "publishing" | "published" | "failed";
    reason: string | null;
    differs: boolean;
    isEmpty: boolean;
  } | null;
  /** How far its conversations were read from Meta's inbox; null: not asked for yet. */
  history: {
    state: "reading" | "done" | "failed";
    messages: number;
    problem: string | null;
  } | null;
}

interface StoredRow extends Omit<PageRow, "ratePerSecond" | "pacePerSecond"> {
  limitPerSecond: number | null;
  share: number | null;
  shareAge: number | null;
}

/** So many messages that wait for a page are counted; a campaign may have a million. */
const mostWaiting = 1_000;

interface Asked {
  workspaceId: string;
  pageId?: string;
  facebookId?: string;
  /** Keyset: pages after this one. */
  afterId?: string | null;
  limit?: number;
  /** Only what this member sees; undefined: all. */
  viewer?: Viewer | undefined;
}

/** The pages of a workspace, oldest first, each with its queue and pace. */
export async function readPages({ sql }: { sql: Sql }, asked: Asked): Promise<PageRow[]> {
  const rows = await sql<StoredRow[]>`
    select p.id, p.workspace_id as "workspaceId", p.facebook_id as "facebookId", p.name, p.picture_url as "pictureUrl",
           p.followers, p.status, p.status_reason as "statusReason",
           (extract(epoch from p.restricted_until) * 1000)::float8 as "restrictedUntil", p.restrictions, p.token_sealed as "tokenSealed",
           (extract(epoch from p.token_expires_at) * 1000)::float8 as "tokenExpiresAt", p.scopes,
           p.subscribed_fields as "subscribedFields", p.human_agent as "humanAgent",
           p.refused_fields as "refusedFields", p.token_holder as "tokenHolder", p.check_problem as "checkProblem",
           (extract(epoch from p.unheard_at) * 1000)::float8 as "unheardAt",
           (extract(epoch from p.strangers_refused_at) * 1000)::float8 as "strangersRefusedAt",
           (extract(epoch from p.checked_at) * 1000)::float8 as "checkedAt",
           (extract(epoch from p.last_event_at) * 1000)::float8 as "lastEventAt",
           (extract(epoch from p.last_send_at) * 1000)::float8 as "lastSendAt",
           (extract(epoch from p.connected_at) * 1000)::float8 as "connectedAt",
           coalesce(app.reason, lane.held_reason) as "heldReason", app.id is not null as "isAppHeld", waiting.count::int4 as waiting,
           pace.limit_per_second::float8 as "limitPerSecond", pace.share::float8,
           extract(epoch from clock_timestamp() - pace.share_at)::float8 as "shareAge",
           case when profile.page_id is not null then jsonb_build_object('status', profile.status,
             'reason', profile.status_reason, 'differs', coalesce(profile.at_meta <> profile.base, false),
             'isEmpty', profile.profile = ${JSON.stringify(emptyProfile)}::jsonb) end as "messengerProfile",
           case when history.page_id is not null then jsonb_build_object('state', history.state,
             'messages', history.messages, 'problem', history.problem) end as history
    from messaging.pages p
    left join messaging.messenger_profiles profile on profile.page_id = p.id
    left join messaging.page_histories history on history.page_id = p.id
    left join messaging.lanes lane on lane.page_id = p.id and lane.class = 'reply' and lane.held_until > clock_timestamp()
    left join messaging.app_holds app on app.held_until > clock_timestamp()
    left join messaging.paces pace on pace.page_id = p.id and pace.kind = 'text'
    cross join lateral (
      select count(*) from (
        (select from messaging.deliveries d where d.page_id = p.id and d.campaign_id is null and d.state = 'queued'
          order by d.class, d.due_at, d.id limit ${limitOf(sql, mostWaiting)})
        union all
        (select from messaging.campaigns of
          cross join lateral (
            select from messaging.deliveries d
            where d.campaign_id = of.id and d.page_id = p.id and d.state = 'queued'
            order by d.class, d.due_at, d.id limit ${limitOf(sql, mostWaiting)}) of_page
          where of.workspace_id = p.workspace_id and of.status in ('running', 'paused'))
        limit ${limitOf(sql, mostWaiting)}) counted) waiting
    where p.workspace_id = ${asked.workspaceId}
      and (${asked.pageId ?? null}::uuid is null or p.id = ${asked.pageId ?? null}::uuid)
      and (${asked.facebookId ?? null}::text is null or p.facebook_id = ${asked.facebookId ?? null}::text)
      and (${asked.afterId ?? null}::uuid is null or p.id > ${asked.afterId ?? null}::uuid)
      ${seesPage(sql, asked.viewer)}
    order by p.id limit ${asked.limit ?? 101}`;
  return rows.map(({ limitPerSecond, share, shareAge, ...row }) => {
    if (limitPerSecond === null) return { ...row, ratePerSecond: 0, pacePerSecond: usualPerSecond };
    const rates = ratesOf({ limitPerSecond, share: share ?? 1, shareAgeSeconds: shareAge ?? 0 });
    const ratePerSecond = Math.round((rates.capacity * 10_000) / rates.windowMs) / 10;
    return { ...row, ratePerSecond, pacePerSecond: limitPerSecond };
  });
}

/** Which of these pages of Facebook are active in another workspace, and in which. */
export async function findElsewhere(
  { sql }: { sql: Sql },
  { workspaceId, facebookIds }: { workspaceId: string; facebookIds: readonly string[] },
): Promise<{ facebookId: string; workspaceId: string }[]> {
  return await sql<{ facebookId: string; workspaceId: string }[]>`
    select facebook_id as "facebookId", workspace_id as "workspaceId" from messaging.pages
    where facebook_id = any(${[...facebookIds]}::text[]) and workspace_id <> ${workspaceId} and status <> 'disconnected'`;
}

export interface ConnectedFacts {
  workspaceId: string;
  facebookId: string;
  /** Null: Meta shows nothing of it. */
  profile: PageProfile | null;
  tokenSealed: string;
  tokenExpiresAt: Date | null;
  asid: string | null;
  scopes: string[];
  subscribedFields: string[];
  refusedFields: RefusedField[];
  tokenHolder: TokenHolder | null;
  /** Null: Meta does not say. */
  hasRouting: boolean | null;
}

/**
 * Writes a connected page in place: its history, contacts and conversations stay. Null: active in another workspace.
 */
export async function upsertConnected(tx: TransactionSql, facts: ConnectedFacts): Promise<string | null> {
  const { name = null, pictureUrl = null, followers = null } = facts.profile ?? {};
  const [row] = await tx<{ id: string }[]>`
    insert into messaging.pages as p (workspace_id, facebook_id, name, picture_url, followers, status, token_sealed,
      token_expires_at, connected_by_asid, scopes, subscribed_fields, refused_fields, token_holder, has_routing, checked_at)
    select ${facts.workspaceId}, ${facts.facebookId}, coalesce(${name}::text, ${`Page ${facts.facebookId}`}),
      ${pictureUrl}::text, ${followers}::int4,
      'connected', ${facts.tokenSealed}, ${facts.tokenExpiresAt?.toISOString() ?? null}::timestamptz, ${facts.asid},
      ${facts.scopes}::text[], ${facts.subscribedFields}::text[],
      ${JSON.stringify(facts.refusedFields)}::jsonb, ${facts.tokenHolder}, ${facts.hasRouting}::boolean, clock_timestamp()
    where not exists (select from messaging.pages where facebook_id = ${facts.facebookId}
      and status <> 'disconnected' and workspace_id <> ${facts.workspaceId})
    on conflict (workspace_id, facebook_id) do update set
      name = coalesce(${name}::text, p.name), picture_url = coalesce(excluded.picture_url, p.picture_url),
      followers = coalesce(excluded.followers, p.followers), status = 'connected',
      status_reason = null, restricted_until = null, restrictions = '[]', token_sealed = excluded.token_sealed, token_expires_at = excluded.token_expires_at,
      connected_by_asid = coalesce(excluded.connected_by_asid, p.connected_by_asid), scopes = excluded.scopes,
      subscribed_fields = excluded.subscribed_fields, refused_fields = excluded.refused_fields,
      token_holder = excluded.token_holder, has_routing = coalesce(excluded.has_routing, p.has_routing), check_problem = null, unheard_at = null, strangers_refused_at = null,
      checked_at = clock_timestamp(), human_agent = 'unknown',
      connected_at = case when p.status = 'disconnected' then clock_timestamp() else p.connected_at end
    returning p.id`;
  return row?.id ?? null;
}

export interface CheckedFacts {
  name?: string;
  pictureUrl?: string | null;
  followers?: number | null;
  tokenExpiresAt?: Date | null;
  scopes?: string[];
  subscribedFields?: string[];
  refusedFields?: RefusedField[];
  /** Absent: the check went through. */
  checkProblem?: string;
  /** Absent: it stays, with its reason. */
  status?: "connected" | "token_dead" | "restricted";
  statusReason?: string | null;
  /** Milliseconds, Infinity until Meta lifts it, null where Meta does not say. Counts only with `status`. */
  restrictedUntil?: number | null;
  restrictions?: PageLimit[];
  /** Whether Conversation Routing is on; null: Meta does not say. */
  hasRouting?: boolean | null;
  /** Asks anew whether answers after 24 hours are approved. */
  forgetsHumanAgent?: boolean;
}

/** Stores the result of a check, unless the page got another token meanwhile. */
export async function storeChecked(
  tx: TransactionSql,
  { id, tokenSealed }: { id: string; tokenSealed: string },
  facts: CheckedFacts,
): Promise<boolean> {
  const rows = await tx`
    update messaging.pages set
      name = coalesce(${facts.name ?? null}::text, name), picture_url = coalesce(${facts.pictureUrl ?? null}::text, picture_url),
      followers = coalesce(${facts.followers ?? null}::int4, followers),
      token_expires_at = case when ${facts.tokenExpiresAt !== undefined}
        then ${facts.tokenExpiresAt?.toISOString() ?? null}::timestamptz else token_expires_at end,
      scopes = coalesce(${facts.scopes ?? null}::text[], scopes),
      subscribed_fields = coalesce(${facts.subscribedFields ?? null}::text[], subscribed_fields),
      refused_fields = coalesce(${facts.refusedFields ? JSON.stringify(facts.refusedFields) : null}::jsonb, refused_fields),
      check_problem = ${facts.checkProblem ?? null}::text,
      status = coalesce(${facts.status ?? null}::text, status),
      status_reason = case when ${facts.status === undefined} then status_reason else ${facts.statusReason ?? null}::text end,
      restricted_until = case when ${facts.status === undefined} then restricted_until
        else to_timestamp(${(facts.restrictedUntil ?? null) === null ? null : String(Number(facts.restrictedUntil) / 1_000)}::float8) end,
      restrictions = coalesce(${facts.restrictions === undefined ? null : JSON.stringify(facts.restrictions)}::text::jsonb, restrictions),
      has_routing = coalesce(${facts.hasRouting ?? null}::boolean, has_routing),
      human_agent = case when ${facts.forgetsHumanAgent ?? false} and human_agent = 'unavailable' then 'unknown' else human_agent end,
      human_agent_refused_at = case when ${facts.forgetsHumanAgent ?? false} then null else human_agent_refused_at end,
      checked_at = clock_timestamp()
    where id = ${id} and token_sealed = ${tokenSealed} and status <> 'disconnected' returning id`;
  return rows.length > 0;
}

/** Writes why a check failed, unless the page got another token meanwhile. */
export async function storeCheckProblem(
  { sql }: { sql: Sql },
  { id, tokenSealed }: { id: string; tokenSealed: string },
  problem: string,
): Promise<void> {
  await sql`update messaging.pages set check_problem = ${problem}
    where id = ${id} and token_sealed = ${tokenSealed} and status <> 'disconnected'`;
}

/** Disconnects: deletes the token and keeps the history. `reason` explains a disconnection that no member made. */
export async function storeDisconnected(
  tx: TransactionSql,
  pageId: string,
  reason: string | null = null,
): Promise<void> {
  await tx`update messaging.pages
    set status = 'disconnected', status_reason = ${reason}, restricted_until = null, token_sealed = null, token_expires_at = null, subscribed_fields = '{}',
      refused_fields = '[]', token_holder = null, check_problem = null, unheard_at = null,
      strangers_refused_at = null
    where id = ${pageId}`;
}
