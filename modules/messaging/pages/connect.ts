import { listWorkspaces, recordActivity } from "#auth";
import { enqueueJobs } from "#db";
import { Problem } from "#std";
import { ensureLanes, resumeLanes } from "../delivery/mod.ts";
import { workspaceChannel } from "../deps.ts";
import {
  readGrantedPage,
  type TokenHolder,
  debugToken,
  readPageProfile,
  type TokenFacts,
  subscribePage,
  unsubscribePage,
  metaProblem,
  sealPageToken,
} from "../graph/mod.ts";
import { beginHistory, newHistoryJob } from "../history/mod.ts";
import { newProfileJob, readProfileJob } from "../messenger_profile/mod.ts";
import type { PageDeps } from "./deps.ts";
import { essentialFields, subscribedFields } from "./fields.ts";
import { findElsewhere, readPages, upsertConnected } from "./page_store.ts";
import { viewPage } from "./page_view.ts";
import { requiredScopes } from "./permissions.ts";
import { askRouting } from "./routing.ts";
import { scheduleChecks } from "./schedule.ts";
import type { Page } from "./schema.ts";
import { problem } from "./problems.ts";

export interface NewConnection {
  workspaceId: string;
  userId: string;
  /** Facebook's id of the page. */
  pageId: string;
  accessToken: string;
  /** The login's data of the page, for when Meta shows no more. */
  fromLogin?: { name: string; pictureUrl: string | null; tasks: string[] | null; holder: TokenHolder };
}

/**
 * Connects a page, or reconnects it in place: token checked with Meta, webhooks subscribed, what waited goes out.
 * Throws Problem: page-token-invalid, page-scopes-missing, page-role-insufficient, app-capability-missing,
 * page-connected-elsewhere, page-connected-in, meta-unreachable, meta-refused.
 */
export async function connectPage(on: PageDeps, given: NewConnection): Promise<Page> {
  const { accessToken, holder, facts } = await pageTokenOf(on, given);
  checkToken(on, given, facts);
  // Only now: where a page is connected is nothing for a stranger to it.
  const active = await placeElsewhere(on, given);
  if (active !== undefined) throw connectedElsewhere(active);
  const access = { facebookId: given.pageId, token: accessToken };
  const { profile, subscription, hasRouting } = await subscribeAndRead(
    on,
    access,
    given.fromLogin?.tasks ?? null,
  );
  const id = await on.sql
    .begin(async (tx) => {
      const stored = await upsertConnected(tx, {
        workspaceId: given.workspaceId,
        facebookId: given.pageId,
        profile: profile ?? profileFromLogin(given),
        tokenSealed: sealPageToken(on.keyring, given.pageId, accessToken),
        tokenExpiresAt: facts.expiresAt,
        asid: facts.userId,
        scopes: facts.scopes,
        subscribedFields: subscription.fields,
        refusedFields: subscription.refused,
        tokenHolder: holder,
        hasRouting,
      }).catch(readConflict);
      if (stored === null) return null;
      const page = { workspaceId: given.workspaceId, pageId: stored };
      await ensureLanes(tx, page);
      await resumeLanes(tx, page);
      await beginHistory(tx, page);
      await scheduleChecks(tx);
      await enqueueJobs(tx, [newProfileJob(readProfileJob, page), newHistoryJob(page)]);
      await recordActivity(tx, {
        action: "page.connected",
        workspaceId: given.workspaceId,
        subject: { id: stored, name: profile?.name ?? given.fromLogin?.name },
      });
      return stored;
    })
    .catch(readConflict);
  if (id === null) throw connectedElsewhere((await placeElsewhere(on, given)) ?? null);
  const page = { workspaceId: given.workspaceId, pageId: id };
  await on.live.publish(workspaceChannel(given.workspaceId), [{ name: "page", data: { pageId: id } }]);
  const [row] = await readPages(on, page);
  if (!row) throw new Error("Cannot read the page that was just connected");
  return viewPage(row, on.clock());
}

/** Two workspaces that connect the page at the same moment: the unique index decides. */
function readConflict(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "23505") return null;
  throw error;
}

function profileFromLogin({ fromLogin }: NewConnection) {
  return fromLogin ? { name: fromLogin.name, pictureUrl: fromLogin.pictureUrl, followers: null } : null;
}

async function subscribeAndRead(
  on: PageDeps,
  access: { facebookId: string; token: string },
  tasks: string[] | null,
) {
  try {
    const profile = await readPageProfile(on.graph, access);
    const wanted = { fields: subscribedFields, essential: essentialFields };
    const subscription = await subscribePage(on.graph, access, wanted);
    return { profile, subscription, hasRouting: await askRouting(on, access) };
  } catch (error) {
    throw metaProblem(error, "connect-page", { tasks });
  }
}

interface PageToken {
  accessToken: string;
  holder: TokenHolder | null;
  facts: TokenFacts;
}

/** The token with Meta's information about it; for a system user's token, that user's token of the page. */
async function pageTokenOf(
  on: PageDeps,
  { pageId, accessToken, fromLogin }: NewConnection,
): Promise<PageToken> {
  try {
    const facts = await debugToken(on.graph, accessToken);
    if (facts.type !== "SYSTEM_USER" || !facts.isValid)
      return { accessToken, holder: fromLogin?.holder ?? null, facts };
    const page = await readGrantedPage(on.graph, { facebookId: pageId, token: accessToken });
    if (!page?.token) return { accessToken, holder: "system_user", facts };
    return {
      accessToken: page.token,
      holder: "system_user",
      facts: await debugToken(on.graph, page.token),
    };
  } catch (error) {
    throw metaProblem(error, "check-page-token");
  }
}

function checkToken(on: PageDeps, { pageId }: NewConnection, facts: TokenFacts): void {
  if (!facts.isValid) throw problem("page-token-invalid");
  if (facts.appId !== on.graph.appId) {
    throw problem("page-token-other-app", { appId: on.graph.appId });
  }
  if (facts.type === "SYSTEM_USER") {
    throw problem("page-not-assigned");
  }
  if (facts.type !== "PAGE") throw problem("page-token-other-kind");
  if (facts.profileId !== pageId) throw problem("page-token-other-page");
  const missing = requiredScopes.filter((scope) => !facts.scopes.includes(scope));
  if (missing.length > 0) {
    throw problem("page-permissions-missing", { permissions: missing.join(", ") });
  }
}

/** Which of these pages are in another workspace: its name for those who may see it, else null. */
export async function placesElsewhere(
  on: PageDeps,
  { workspaceId, userId }: Pick<NewConnection, "workspaceId" | "userId">,
  facebookIds: readonly string[],
): Promise<Map<string, string | null>> {
  const found = await findElsewhere(on, { workspaceId, facebookIds });
  const names = found.length === 0 ? new Map<string, string>() : await workspaceNames(on, userId);
  return new Map(found.map((page) => [page.facebookId, names.get(page.workspaceId) ?? null]));
}

async function placeElsewhere(on: PageDeps, given: NewConnection): Promise<string | null | undefined> {
  return (await placesElsewhere(on, given, [given.pageId])).get(given.pageId);
}

function connectedElsewhere(workspace: string | null): Problem {
  return workspace === null
    ? problem("page-connected-elsewhere")
    : problem("page-connected-in", { workspace });
}

/** Of all workspaces that a person may see. */
async function workspaceNames(on: PageDeps, userId: string): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listWorkspaces>> = await listWorkspaces(on, userId, {
      limit: 100,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const { id, name } of page.items) names.set(id, name);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return names;
}

/** Ends Meta's deliveries for a page; when Meta no longer lets us, there is nothing left to end. */
export async function unsubscribeQuietly(
  on: Pick<PageDeps, "graph">,
  access: { facebookId: string; token: string },
): Promise<void> {
  try {
    await unsubscribePage(on.graph, access);
  } catch (error) {
    const problem = metaProblem(error, "disconnect-page");
    if (problem instanceof Problem && problem.status < 500) return;
    throw problem;
  }
}
