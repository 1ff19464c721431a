import { activityRows, recordActivity } from "#auth";
import { enqueueJobs } from "#db";
import { notFound, type RateLimiter, type Recall } from "#std";
import type { MessagingDeps } from "../deps.ts";
import {
  GraphError,
  type Fields,
  type PageAccess,
  deleteMetaTemplate,
  type LibraryTemplate,
  searchLibrary,
  metaProblem,
  openPageToken,
  pageNotConnected,
} from "../graph/mod.ts";
import type { CloneUtilityTemplate, NewUtilityTemplate, UtilityTemplate } from "./schema_utility.ts";
import { draftRequest } from "./utility_draft.ts";
import { newCreation, newRefresh } from "./utility_jobs.ts";
import {
  insertWanted,
  readUtilityRows,
  type UtilityRow,
  viewUtility,
  type WantedUtility,
} from "./utility_store.ts";
import { problem } from "./problems.ts";

type UtilityDeps = Pick<MessagingDeps, "sql" | "graph" | "keyring">;

/**
 * Creates a template at Meta on each of the pages; Meta's decisions arrive later. Throws Problem template-invalid,
 * template-exists.
 */
export async function createUtility(
  on: UtilityDeps,
  workspaceId: string,
  draft: NewUtilityTemplate,
): Promise<UtilityTemplate[]> {
  const request = draftRequest(draft);
  const parameterFormat = request.parameter_format === "NAMED" ? "NAMED" : "POSITIONAL";
  const components = Array.isArray(request.components) ? request.components : [];
  return await askFor(on, workspaceId, { ...draft, parameterFormat, components, request });
}

/** Makes a template on each of the pages out of one of Meta's library. Throws Problem template-exists. */
export async function cloneUtility(
  on: UtilityDeps,
  workspaceId: string,
  { libraryName, ...clone }: CloneUtilityTemplate,
): Promise<UtilityTemplate[]> {
  const { name, language } = clone;
  const request = { name, language, category: "UTILITY", library_template_name: libraryName };
  // Its texts are read from Meta once it is made.
  return await askFor(on, workspaceId, { ...clone, parameterFormat: "POSITIONAL", components: [], request });
}

async function askFor(
  on: UtilityDeps,
  workspaceId: string,
  { request, ...wanted }: WantedUtility & { request: Fields },
): Promise<UtilityTemplate[]> {
  const rows = await on.sql.begin(async (tx) => {
    const made = await insertWanted(tx, workspaceId, wanted);
    await enqueueJobs(
      tx,
      made.map(({ id, pageId }) => newCreation({ id, workspaceId, pageId, request })),
    );
    for (const { id, pageId } of made)
      await recordActivity(tx, {
        action: "utility-template.created",
        workspaceId,
        subject: { id, name: wanted.name },
        after: { pageId, language: wanted.language },
      });
    return made;
  });
  if (rows.length === 0) throw problem("template-exists", { name: wanted.name, language: wanted.language });
  const read = await readUtilityRows(
    on,
    workspaceId,
    rows.map(({ id }) => id),
  );
  return read.map(viewUtility);
}

/** Deletes a template at Meta and here. Throws Problem not-found, or template-in-use with what sends it. */
export async function deleteUtility(
  on: UtilityDeps,
  workspaceId: string,
  utilityTemplateId: string,
): Promise<void> {
  const [row] = await readUtilityRows(on, workspaceId, [utilityTemplateId]);
  if (!row) throw notFound("utility-template");
  await refuseWhileSent(on.sql, workspaceId, row);
  if (row.facebookId !== null) {
    const access = await requireAccess(on, workspaceId, row.pageId);
    try {
      await deleteMetaTemplate(on.graph, access, row.facebookId);
    } catch (error) {
      if (!isGone(error)) throw metaProblem(error, "delete-utility-template");
    }
  }
  const { sql } = on;
  await sql`
    with gone as (
      delete from messaging.utility_templates where workspace_id = ${workspaceId} and id = ${row.id} returning id, name)
    ${activityRows(
      sql,
      {
        action: "utility-template.deleted",
        workspaceId,
        after: { pageId: row.pageId, language: row.language },
      },
      { from: sql`gone`, id: sql`id`, name: sql`name` },
    )}`;
}

/** Meta cannot restore a deleted template: a running campaign would skip all contacts of the page. */
async function refuseWhileSent(
  sql: UtilityDeps["sql"],
  workspaceId: string,
  { pageId, pageName, name, language, status }: UtilityRow,
): Promise<void> {
  if (status !== "APPROVED") return;
  const [use] = await sql<{ kind: string; name: string }[]>`
    with said as (
      select campaign_id, variant::int4 as part, page_id, content_id from messaging.campaign_variants where workspace_id = ${workspaceId}
      union all
      select campaign_id, step, page_id, content_id from messaging.sequence_steps where workspace_id = ${workspaceId})
    select case k.kind when 'sequence' then 'sequence' else 'campaign' end as kind, k.name
    from messaging.campaigns k
    join said on said.campaign_id = k.id
    join messaging.contents content on content.workspace_id = k.workspace_id and content.id = said.content_id
    where k.workspace_id = ${workspaceId} and k.status in ('scheduled', 'planning', 'running', 'paused')
      and content.message #>> '{template,name}' = ${name} and content.message #>> '{template,language,code}' = ${language}
      and (not k.audience ? 'pageIds' or k.audience -> 'pageIds' ? ${pageId})
      and (said.page_id = ${pageId} or said.page_id is null and not exists (select from said own
        where own.campaign_id = said.campaign_id and own.part = said.part and own.page_id = ${pageId}))
    order by k.id limit 1`;
  if (use) throw problem("template-in-use", { name, page: pageName, use: use.kind, useName: use.name });
}

/** "(#100) Template cannot be found": it was deleted at Meta, as requested. */
function isGone(error: unknown): boolean {
  return error instanceof GraphError && error.code === 100 && error.subcode === null;
}

/** Has Meta asked anew for the templates of these pages, or of all. Gives how many pages. */
export async function refreshUtility(
  on: UtilityDeps,
  workspaceId: string,
  pageIds: readonly string[] | undefined,
): Promise<number> {
  const rows = await on.sql<{ pageId: string }[]>`
    select id as "pageId" from messaging.pages
    where workspace_id = ${workspaceId} and status <> 'disconnected'
      and (${pageIds === undefined} or id = any(${[...(pageIds ?? [])]}::uuid[])) order by id`;
  await enqueueJobs(
    on.sql,
    rows.map(({ pageId }) => newRefresh({ workspaceId, pageId })),
  );
  return rows.length;
}

/** The library changes rarely; typing a search makes a few calls. */
const libraryAgeMs = 10 * 60_000;
const librarySearchesPerMinute = 30;

/** The library's results of each search. */
export type LibrarySearches = Recall<LibraryTemplate[]>;

/**
 * Searches Meta's library of templates with the access of any page. Answers are kept for ten minutes, and a workspace
 * makes at most 30 new searches a minute. Throws Problem page-not-connected, too-many-searches and Meta's errors.
 */
export async function searchMetaLibrary(
  on: UtilityDeps & { rateLimiter: RateLimiter; searches: LibrarySearches },
  workspaceId: string,
  { search = "", language = "en" }: { search?: string; language?: string },
): Promise<LibraryTemplate[]> {
  const access = await requireAccess(on, workspaceId, null);
  const sought = search.trim();
  const key = JSON.stringify([workspaceId, language, sought]);
  return await on.searches.get(key, libraryAgeMs, async () => {
    await countSearch(on.rateLimiter, workspaceId);
    try {
      return await searchLibrary(on.graph, access, { search: sought, language });
    } catch (error) {
      throw metaProblem(error, "search-library");
    }
  });
}

async function countSearch(rateLimiter: RateLimiter, workspaceId: string): Promise<void> {
  const { allowed, retryAfterSeconds } = await rateLimiter.take({
    key: `template-library:${workspaceId}`,
    limit: librarySearchesPerMinute,
    windowSeconds: 60,
  });
  if (!allowed)
    throw problem(
      "too-many-searches",
      { most: librarySearchesPerMinute, seconds: retryAfterSeconds },
      { retryAfterSeconds },
    );
}

/** Access to this page, or to any that is connected. */
async function requireAccess(
  { sql, keyring }: UtilityDeps,
  workspaceId: string,
  pageId: string | null,
): Promise<PageAccess> {
  const [page] = await sql<{ facebook_id: string; token_sealed: string }[]>`
    select facebook_id, token_sealed from messaging.pages
    where workspace_id = ${workspaceId} and status in ('connected', 'restricted') and token_sealed is not null
      and (${pageId}::uuid is null or id = ${pageId}::uuid)
    order by status, id limit 1`;
  if (!page) throw pageNotConnected("search-library");
  return { facebookId: page.facebook_id, token: openPageToken(keyring, page.facebook_id, page.token_sealed) };
}
