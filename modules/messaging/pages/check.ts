import { type ActivityAction, recordActivity } from "#auth";
import { enqueueJobs, type Handle } from "#db";
import { log, notFound, Problem } from "#std";
import { closeLanes, ensureLanes, resumeLanes, setPace, refusalProblem } from "../delivery/mod.ts";
import { workspaceChannel } from "../deps.ts";
import {
  GraphError,
  graphErrorRule,
  debugToken,
  type PageAccess,
  readPageProfile,
  readPageStatus,
  EssentialFieldRefused,
  readSubscription,
  subscribePage,
  metaProblem,
  lostKeyReason,
  openPageToken,
} from "../graph/mod.ts";
import { beginHistory, newHistoryJob } from "../history/mod.ts";
import { newProfileJob, readProfileJob } from "../messenger_profile/mod.ts";
import { unsubscribeQuietly } from "./connect.ts";
import type { PageDeps } from "./deps.ts";
import { essentialFields, neededFields, subscribedFields } from "./fields.ts";
import {
  type CheckedFacts,
  type PageRow,
  readPages,
  storeChecked,
  storeCheckProblem,
  storeDisconnected,
} from "./page_store.ts";
import { viewPage } from "./page_view.ts";
import { askRouting } from "./routing.ts";
import type { Page } from "./schema.ts";
import { readStanding, type Standing } from "../graph/mod.ts";
import { say } from "./health_sentences.ts";

export interface OfPage {
  workspaceId: string;
  pageId: string;
}

/** One page of the workspace. Throws 404. */
export async function readPage(on: PageDeps, of: OfPage): Promise<Page> {
  return viewPage(await rowOf(on, of), on.clock());
}

async function rowOf(on: Pick<PageDeps, "sql">, of: OfPage): Promise<PageRow> {
  const [row] = await readPages(on, of);
  if (!row) throw notFound("page");
  return row;
}

/** look: only reads · mend: restores dropped subscriptions · repair: subscribes again, and retries a restriction. */
type How = "look" | "mend" | "repair";

/**
 * Asks Meta now: token, permissions, subscription, restriction, name and picture. Lets the page send again when Meta
 * restricts it no more. Throws Problem: meta-unreachable.
 */
export async function checkPage(on: PageDeps, of: OfPage): Promise<Page> {
  return await examine(on, of, "look");
}

/** Checks the page, and subscribes it again when Meta dropped something. */
export async function mendPage(on: PageDeps, of: OfPage): Promise<Page> {
  return await examine(on, of, "mend");
}

/** Subscribes the page again, checks everything, and sends waiting messages if the page works. */
export async function repairPage(on: PageDeps, of: OfPage): Promise<Page> {
  return await examine(on, of, "repair");
}

async function examine(on: PageDeps, of: OfPage, how: How): Promise<Page> {
  const row = await rowOf(on, of);
  if (row.tokenSealed === null) {
    throw refusalProblem("page-disconnected", "check-page");
  }
  const access = openAccess(on, row);
  const { tokenSealed } = row;
  const facts =
    access === null
      ? lostKey
      : await askMeta(on, row, { access, how }).catch(async (error: unknown) => {
          if (error instanceof Problem) {
            await storeCheckProblem(on, { id: row.id, tokenSealed }, error.message);
            await publishChange(on, of);
          }
          throw error;
        });
  await on.sql.begin(async (tx) => {
    if (await storeChecked(tx, { id: row.id, tokenSealed }, facts)) {
      const page = { workspaceId: row.workspaceId, pageId: row.id };
      await ensureLanes(tx, page);
      const isHealed = row.status !== "connected" && facts.status === "connected";
      if (facts.status === "connected" && (how === "repair" || isHealed)) await resumeLanes(tx, page);
    }
    if (how === "repair") await record(tx, "page.repaired", row);
    if (facts.status === "token_dead") return;
    // Meta counts these calls by ten in ten minutes: the check does not wait for them.
    await beginHistory(tx, of);
    await enqueueJobs(tx, [newProfileJob(readProfileJob, of), newHistoryJob(of)]);
  });
  await publishChange(on, of);
  return await readPage(on, of);
}

async function publishChange(on: PageDeps, { workspaceId, pageId }: OfPage): Promise<void> {
  await on.live.publish(workspaceChannel(workspaceId), [{ name: "page", data: { pageId } }]);
}

const lostKey: CheckedFacts = {
  status: "token_dead",
  statusReason: lostKeyReason,
};

function openAccess(on: PageDeps, row: PageRow): PageAccess | null {
  try {
    return {
      facebookId: row.facebookId,
      token: openPageToken(on.keyring, row.facebookId, row.tokenSealed ?? ""),
    };
  } catch (error) {
    log.error("Cannot open a page's token", { pageId: row.id, error });
    return null;
  }
}

async function askMeta(
  on: PageDeps,
  row: PageRow,
  { access, how }: { access: PageAccess; how: How },
): Promise<CheckedFacts> {
  const what = how === "repair" ? "repair-page" : "check-page";
  try {
    const token = await debugToken(on.graph, access.token);
    if (!token.isValid) return { status: "token_dead", statusReason: whyDead(token.error) };
    const isElsewhere = token.appId !== on.graph.appId || token.profileId !== row.facebookId;
    if (isElsewhere) return { status: "token_dead", statusReason: say("page-token-elsewhere").text };
    const known = { scopes: token.scopes, tokenExpiresAt: token.expiresAt };
    const profile = await readPageProfile(on.graph, access);
    const subscription = await readOrSubscribe(on, row, { access, how });
    return {
      ...profile,
      ...known,
      forgetsHumanAgent: how !== "mend",
      ...subscription,
      ...(await statusOf(on, row, { access, how })),
      hasRouting: await askRouting(on, access),
    };
  } catch (error) {
    if (error instanceof GraphError && error.class === "token_dead") {
      return { status: "token_dead", statusReason: whyDead(error) };
    }
    throw metaProblem(error, what);
  }
}

/** Null when Meta does not let us look: the card then shows the permission that is missing. */
async function ifAllowed<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GraphError && error.class === "permission") return null;
    throw error;
  }
}

type Subscribed = Pick<CheckedFacts, "subscribedFields" | "refusedFields" | "checkProblem">;

const wanted = { fields: subscribedFields, essential: essentialFields };

async function readOrSubscribe(
  on: PageDeps,
  row: PageRow,
  { access, how }: { access: PageAccess; how: How },
): Promise<Subscribed> {
  if (how === "repair") {
    const { fields, refused } = await subscribePage(on.graph, access, wanted);
    return { subscribedFields: fields, refusedFields: refused };
  }
  const fields = await ifAllowed(readSubscription(on.graph, access));
  const found: Subscribed = fields === null ? {} : { subscribedFields: fields };
  // After an hour of failing webhooks Meta drops the subscription silently. Refused fields are requested again:
  // the permission may have been granted meanwhile.
  const isWhole = row.refusedFields.length === 0 && neededFields.every((field) => fields?.includes(field));
  if (how === "look" || isWhole) return found;
  try {
    const { fields: taken, refused } = await subscribePage(on.graph, access, wanted);
    return { subscribedFields: taken, refusedFields: refused };
  } catch (error) {
    const problem = metaProblem(error, "subscribe-page");
    const isRefusal = problem instanceof Problem && problem.status < 500;
    if (!isRefusal || (error instanceof GraphError && error.class === "token_dead")) throw error;
    const refusedFields = error instanceof EssentialFieldRefused ? { refusedFields: [error.refused] } : {};
    return { ...found, ...refusedFields, checkProblem: problem.message };
  }
}

/** Without a status the page's current status stays. */
async function statusOf(
  on: PageDeps,
  row: PageRow,
  { access, how }: { access: PageAccess; how: How },
): Promise<Pick<CheckedFacts, "status" | "statusReason" | "restrictedUntil" | "restrictions">> {
  const standing = await askStanding(on, access);
  const known = standing ? { restrictions: standing.limits } : {};
  if (standing?.hold)
    return {
      ...known,
      status: "restricted",
      statusReason: standing.hold.reason,
      restrictedUntil: standing.hold.until,
    };
  const mayHaveEnded = how === "repair" || (standing !== null && isOver(row, how));
  if (row.status === "restricted" && !mayHaveEnded) return known;
  return { ...known, status: "connected", statusReason: null };
}

/**
 * Whether a restriction of which Meta says nothing is over. When Meta's answer to a message told us of it, a message
 * that waits shows its end, unless somebody asks.
 */
function isOver({ restrictedUntil, waiting }: PageRow, how: How): boolean {
  return how === "look" || restrictedUntil !== null || waiting === 0;
}

/** Null when the app may not ask, or Meta does not know the edge. */
async function askStanding(on: PageDeps, access: PageAccess): Promise<Standing | null> {
  try {
    return readStanding(await readPageStatus(on.graph, access), on.clock());
  } catch (error) {
    if (error instanceof GraphError && (error.class === "invalid" || error.class === "permission"))
      return null;
    throw error;
  }
}

function whyDead(error: { code: number | null; subcode: number | null } | null): string {
  return graphErrorRule(190, error?.code === 190 ? error.subcode : null).title;
}

/** Sets how many messages a second the page sends at most. */
export async function changePace(on: PageDeps, of: OfPage & { perSecond: number }): Promise<Page> {
  const before = await rowOf(on, of);
  await on.sql.begin(async (tx) => {
    if (!(await setPace(tx, of))) throw notFound("page");
    await record(tx, "page.changed", before, {
      before: { pacePerSecond: before.pacePerSecond },
      after: { pacePerSecond: of.perSecond },
    });
  });
  await publishChange(on, of);
  return await readPage(on, of);
}

/** Ends the connection: Meta sends no more events, nothing more goes out, the history stays. Doing it twice is fine. */
export async function disconnectPage(on: PageDeps, of: OfPage): Promise<Page> {
  const row = await rowOf(on, of);
  if (row.status !== "disconnected") {
    const access = row.tokenSealed === null ? null : openAccess(on, row);
    if (access) await unsubscribeQuietly(on, access);
    await on.sql.begin(async (tx) => {
      await storeDisconnected(tx, row.id);
      await closeLanes(tx, { workspaceId: row.workspaceId, pageId: row.id });
      await record(tx, "page.disconnected", row);
    });
    await publishChange(on, of);
  }
  return await readPage(on, of);
}

async function record(
  tx: Handle,
  action: ActivityAction,
  { workspaceId, id, name }: PageRow,
  changes: { before?: Record<string, unknown>; after?: Record<string, unknown> } = {},
): Promise<void> {
  await recordActivity(tx, { action, workspaceId, subject: { id, name }, ...changes });
}
