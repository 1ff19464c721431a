import { log, notFound, Problem } from "#std";
import { closeLanes, ensureLanes, resumeLanes } from "../delivery/lanes.ts";
import { workspaceChannel } from "../deps.ts";
import { GraphError } from "../graph_error.ts";
import { graphErrorRule } from "../graph_errors.ts";
import {
  debugToken,
  type PageAccess,
  readIsRestricted,
  readPageProfile,
  readSubscription,
  subscribePage,
} from "../graph_pages.ts";
import { unsubscribeQuietly } from "./connect.ts";
import type { PageDeps } from "./deps.ts";
import { subscribedFields } from "./fields.ts";
import { metaProblem } from "./meta_problem.ts";
import { type CheckedFacts, type PageRow, readPages, storeChecked, storeDisconnected } from "./page_store.ts";
import { viewPage } from "./page_view.ts";
import type { Page } from "./schema.ts";
import { openPageToken } from "./token.ts";

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

/** Asks Meta now: token, permissions, subscription, restriction, name and picture. Throws Problem: meta-unreachable. */
export async function checkPage(on: PageDeps, of: OfPage): Promise<Page> {
  return await examine(on, of, { isRepair: false });
}

/** Subscribes the page again, checks everything, and lets what waits go out when the page is well. */
export async function repairPage(on: PageDeps, of: OfPage): Promise<Page> {
  return await examine(on, of, { isRepair: true });
}

async function examine(on: PageDeps, of: OfPage, { isRepair }: { isRepair: boolean }): Promise<Page> {
  const row = await rowOf(on, of);
  if (row.tokenSealed === null) {
    throw new Problem(
      "page-disconnected",
      409,
      "Cannot check this page: it is disconnected. Connect it again",
    );
  }
  const access = openAccess(on, row);
  const facts = access === null ? lostKey : await askMeta(on, row, { access, isRepair });
  const { tokenSealed } = row;
  await on.sql.begin(async (tx) => {
    const isStored = await storeChecked(tx, { id: row.id, tokenSealed }, facts);
    if (!isStored) return;
    const page = { workspaceId: row.workspaceId, pageId: row.id };
    await ensureLanes(tx, page);
    const isHealed = row.status !== "connected" && facts.status === "connected";
    if (facts.status === "connected" && (isRepair || isHealed)) await resumeLanes(tx, page);
  });
  await on.live.publish(workspaceChannel(of.workspaceId), [{ name: "page", data: { pageId: of.pageId } }]);
  return await readPage(on, of);
}

const lostKey: CheckedFacts = {
  status: "token_dead",
  statusReason:
    "The key that sealed this page's token is missing. Add it to ENCRYPTION_KEY, or reconnect the page",
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
  { access, isRepair }: { access: PageAccess; isRepair: boolean },
): Promise<CheckedFacts> {
  const what = isRepair ? "repair this page" : "check this page";
  try {
    const token = await debugToken(on.graph, access.token);
    if (!token.isValid) return { status: "token_dead", statusReason: whyDead(token.error) };
    const isElsewhere = token.appId !== on.graph.appId || token.profileId !== row.facebookId;
    if (isElsewhere)
      return { status: "token_dead", statusReason: "The token belongs to another app or page" };
    const profile = await readPageProfile(on.graph, access);
    const fields = isRepair
      ? await subscribePage(on.graph, access, subscribedFields)
      : await readSubscription(on.graph, access);
    const restricted = await isRestricted(on, access);
    return {
      ...profile,
      scopes: token.scopes,
      tokenExpiresAt: token.expiresAt,
      subscribedFields: fields,
      // A restriction that Meta's answer to a message told us ends when a message goes through.
      status: restricted
        ? "restricted"
        : row.status === "restricted" && !isRepair
          ? "restricted"
          : "connected",
      statusReason: restricted
        ? "Meta restricts this page: look into its Support Inbox on Facebook"
        : row.status === "restricted" && !isRepair
          ? row.statusReason
          : null,
    };
  } catch (error) {
    if (error instanceof GraphError && error.class === "token_dead") {
      return { status: "token_dead", statusReason: whyDead(error) };
    }
    throw metaProblem(error, what);
  }
}

async function isRestricted(on: PageDeps, access: PageAccess): Promise<boolean> {
  try {
    return await readIsRestricted(on.graph, access);
  } catch (error) {
    // The edge is new, and older apps may not have it.
    if (error instanceof GraphError && error.class === "invalid") return false;
    throw error;
  }
}

function whyDead(error: { code: number | null; subcode: number | null } | null): string {
  return graphErrorRule(190, error?.code === 190 ? error.subcode : null).title;
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
    });
    await on.live.publish(workspaceChannel(of.workspaceId), [{ name: "page", data: { pageId: of.pageId } }]);
  }
  return await readPage(on, of);
}
