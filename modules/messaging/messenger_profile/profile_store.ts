import type { Sql, TransactionSql } from "postgres";
import { activityRows } from "#auth";
import { notFound, parse, type Problem, recognize } from "#std";
import { tidyProfile } from "./meta_form.ts";
import {
  emptyProfile,
  type MessengerProfile,
  MessengerProfileSchema,
  type OfPage,
  type ProfileState,
  type SavedProfile,
} from "./schema.ts";
import { problem } from "./problems.ts";
import { pageNotConnected } from "../graph/mod.ts";

interface StoredState {
  profile: unknown;
  revision: number;
  status: ProfileState["status"];
  statusReason: string | null;
  statusRemedy: string | null;
  atMeta: unknown;
  readAt: number | null;
  differs: boolean;
}

/** Reads one as it is stored. */
function parseProfile(stored: unknown): MessengerProfile {
  const parsed = parse(MessengerProfileSchema, stored);
  if (!parsed.ok) throw new Error("Cannot read the Messenger profile of a page: it does not fit");
  return parsed.value;
}

/** How a page's Messenger profile stands; a 404 Problem when there is no such page. */
export async function readProfileState(sql: Sql, { workspaceId, pageId }: OfPage): Promise<ProfileState> {
  const [row] = await sql<(StoredState & { isKept: boolean })[]>`
    select m.page_id is not null as "isKept", m.profile, m.revision, m.status, m.status_reason as "statusReason",
      m.status_remedy as "statusRemedy", m.at_meta as "atMeta",
      (extract(epoch from m.read_at) * 1000)::float8 as "readAt", coalesce(m.at_meta <> m.base, false) as differs
    from messaging.pages p
    left join messaging.messenger_profiles m on m.workspace_id = p.workspace_id and m.page_id = p.id
    where p.workspace_id = ${workspaceId} and p.id = ${pageId}`;
  if (!row) throw notFound("page");
  if (!row.isKept)
    return {
      profile: emptyProfile,
      revision: 0,
      status: "draft",
      statusReason: null,
      statusReasonWords: null,
      statusRemedy: null,
      statusRemedyWords: null,
      atMeta: null,
      readAt: null,
      differs: false,
    };
  return {
    profile: parseProfile(row.profile),
    revision: row.revision,
    status: row.status,
    statusReason: row.statusReason,
    statusReasonWords: recognize(row.statusReason),
    statusRemedy: row.statusRemedy,
    statusRemedyWords: recognize(row.statusRemedy),
    atMeta: row.atMeta === null ? null : parseProfile(row.atMeta),
    readAt: row.readAt === null ? null : new Date(row.readAt).toISOString(),
    differs: row.differs,
  };
}

const empty = JSON.stringify(emptyProfile);

/**
 * Saves the draft; nothing is published yet. Parts that equal Meta's profile need no publishing.
 * Throws 404 and `profile-changed`.
 */
export async function saveProfile(
  sql: Sql,
  of: OfPage,
  { profile, revision }: SavedProfile,
): Promise<ProfileState> {
  const json = JSON.stringify(tidyProfile(profile));
  const stored = await sql`
    with stored as (
    insert into messaging.messenger_profiles as m (page_id, workspace_id, profile, revision, status, saved_at, base)
    select id, workspace_id, ${json}::jsonb, ${revision} + 1, 'draft', clock_timestamp(), ${empty}::jsonb
    from messaging.pages where workspace_id = ${of.workspaceId} and id = ${of.pageId}
    on conflict (page_id) do update set profile = excluded.profile, revision = m.revision + 1,
      status = case when excluded.profile = m.at_meta then 'published' else 'draft' end,
      base = case when excluded.profile = m.at_meta then m.at_meta else m.base end,
      status_reason = null, status_remedy = null, saved_at = excluded.saved_at
    where m.revision = ${revision}
    returning page_id),
    recorded as (${activityRows(
      sql,
      { action: "page.profile-changed", workspaceId: of.workspaceId },
      { from: sql`stored join messaging.pages p on p.id = stored.page_id`, id: sql`p.id`, name: sql`p.name` },
    )})
    select page_id from stored`;
  const state = await readProfileState(sql, of);
  if (stored.length === 0) throw changedMeanwhile();
  return state;
}

function changedMeanwhile(): Problem {
  return problem("profile-changed");
}

/**
 * Marks the saved profile for publication, unless the live one would be replaced without confirmation. False: not
 * marked.
 */
export async function storeAsked(
  tx: TransactionSql,
  of: OfPage,
  { revision, replace }: { revision: number; replace: boolean },
): Promise<boolean> {
  const asked = await tx`
    with asked as (
    update messaging.messenger_profiles m set status = 'publishing', status_reason = null, status_remedy = null,
      asked_at = clock_timestamp(), base = case when ${replace} then coalesce(at_meta, base) else base end
    from messaging.pages p
    where m.workspace_id = ${of.workspaceId} and m.page_id = ${of.pageId} and p.id = m.page_id
      and p.token_sealed is not null and m.revision = ${revision}
      and (${replace} or m.at_meta is null or m.at_meta in (m.base, m.profile))
    returning m.page_id, p.name),
    recorded as (${activityRows(
      tx,
      { action: "page.profile-published", workspaceId: of.workspaceId },
      { from: tx`asked`, id: tx`page_id`, name: tx`name` },
    )})
    select page_id from asked`;
  return asked.length > 0;
}

/** Why a profile cannot be published: 404, `profile-changed`, `profile-differs` or `page-not-connected`. */
export async function refusedAsking(sql: Sql, of: OfPage, revision: number): Promise<Problem> {
  const state = await readProfileState(sql, of);
  if (state.revision !== revision) return changedMeanwhile();
  if (state.differs) return problem("profile-differs");
  return pageNotConnected("publish-profile");
}

/** The data for publishing; null if nothing is pending. */
export interface Publication {
  revision: number;
  profile: MessengerProfile;
  base: MessengerProfile;
  askedSecondsAgo: number;
}

export async function readPublication(
  sql: Sql,
  { workspaceId, pageId }: OfPage,
): Promise<Publication | null> {
  const [row] = await sql<{ revision: number; profile: unknown; base: unknown; asked_seconds_ago: number }[]>`
    select revision, profile, base, extract(epoch from clock_timestamp() - asked_at)::float8 as asked_seconds_ago
    from messaging.messenger_profiles
    where workspace_id = ${workspaceId} and page_id = ${pageId} and status = 'publishing'`;
  if (!row) return null;
  return {
    revision: row.revision,
    profile: parseProfile(row.profile),
    base: parseProfile(row.base),
    askedSecondsAgo: row.asked_seconds_ago,
  };
}

/** Meta has this profile now. Later changes stay a draft. */
export async function storePublished(
  sql: Sql,
  { pageId }: OfPage,
  { revision, profile }: Publication,
): Promise<void> {
  const json = JSON.stringify(profile);
  await sql`
    update messaging.messenger_profiles set at_meta = ${json}::jsonb, base = ${json}::jsonb, read_at = clock_timestamp(),
      status = case when revision = ${revision} and status = 'publishing' then 'published' else status end,
      status_reason = case when revision = ${revision} then null else status_reason end
    where page_id = ${pageId}`;
}

/** Why it is not at Meta (yet), in words for who published it. */
export interface Trouble {
  status: "publishing" | "failed";
  reason: string;
  remedy: string;
}

export async function storeTrouble(
  sql: Sql,
  { pageId }: OfPage,
  { revision, status, reason, remedy }: Trouble & { revision: number },
): Promise<void> {
  await sql`update messaging.messenger_profiles
    set status = ${status}, status_reason = ${reason}, status_remedy = ${remedy}
    where page_id = ${pageId} and revision = ${revision} and status = 'publishing'`;
}

/** Stores the live profile. Until someone saves here, the profile follows it, so members start from it. */
export async function storeRead(sql: Sql, of: OfPage, shown: MessengerProfile): Promise<void> {
  const json = JSON.stringify(shown);
  await sql`
    insert into messaging.messenger_profiles as m (page_id, workspace_id, profile, revision, status, at_meta, base, read_at)
    select id, workspace_id, ${json}::jsonb, (${json}::jsonb <> ${empty}::jsonb)::int, 'published', ${json}::jsonb, ${json}::jsonb, clock_timestamp()
    from messaging.pages where workspace_id = ${of.workspaceId} and id = ${of.pageId}
    on conflict (page_id) do update set at_meta = excluded.at_meta, read_at = excluded.read_at,
      profile = case when m.saved_at is null then excluded.profile else m.profile end,
      base = case when m.saved_at is null or excluded.at_meta = m.profile then excluded.base else m.base end,
      status = case when m.status in ('draft', 'failed') and excluded.at_meta = m.profile then 'published' else m.status end,
      revision = m.revision + (m.saved_at is null and excluded.profile <> m.profile)::int`;
}
