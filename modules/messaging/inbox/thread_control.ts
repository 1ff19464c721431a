import { recordActivity } from "#auth";
import { workspaceChannel } from "../deps.ts";
import {
  GraphError,
  type PageAccess,
  permissionsIn,
  changeThreadControl,
  readThreadOwner,
  metaProblem,
  openPageToken,
} from "../graph/mod.ts";
import { appName } from "../inbound/mod.ts";
import { askRouting, storeRouting } from "../pages/mod.ts";
import type { InboxDeps } from "./deps.ts";
import type { ControlAction } from "./schema.ts";
import { type ControlTarget, readControlTarget, storeControl, storeControlLine } from "./store_control.ts";
import { problem } from "./problems.ts";
import { refusalProblem } from "../delivery/mod.ts";

export interface ControlChange {
  workspaceId: string;
  conversationId: string;
  action: ControlAction;
  /** The signed-in caller. */
  by: { userId: string };
}

type ControlDeps = Pick<InboxDeps, "sql" | "clock" | "graph" | "keyring" | "live">;

const actions = { take: "take-thread", request: "request-thread", release: "release-thread" } as const;

const after = { take: "ours", request: "requested", release: "idle" } as const;

/** By so much our notion of Meta's clock may be ahead: an event that answers the call must not look older than it. */
const clockErrorMs = 1_000;

/**
 * Takes a thread, asks its owner for it, or gives it back. A request is no control: Meta's event tells when it is
 * granted. A refusal reloads who holds the thread. Throws Problem: not-found, page-disconnected, routing-off,
 * routing-on, take-control-off, thread-already-ours, thread-not-ours, or what else Meta says against it.
 */
export async function changeControl(on: ControlDeps, change: ControlChange): Promise<void> {
  const { action } = change;
  const target = await readControlTarget(on, change);
  if (target.tokenSealed === null) {
    throw refusalProblem("page-disconnected", actions[action]);
  }
  const access = {
    facebookId: target.facebookId,
    token: openPageToken(on.keyring, target.facebookId, target.tokenSealed),
  };
  const startedAt = on.clock();
  try {
    await changeThreadControl(on.graph, action, { ...access, psid: target.psid });
  } catch (error) {
    if (isRefusal(error, action))
      throw await explainRefusal(on, { target, access, action, startedAt, error });
    throw metaProblem(error, actions[action]);
  }
  const at = metaTime(on, startedAt);
  await on.sql.begin(async (tx) => {
    await storeControl(tx, target, { control: after[action], at });
    await storeControlLine(tx, target, { action, by: change.by.userId });
    await recordActivity(tx, {
      action: "conversation.control-changed",
      workspaceId: change.workspaceId,
      subject: { id: change.conversationId },
      after: { action },
    });
  });
}

/** The time of a call by Meta's clock, on the early side. */
function metaTime({ graph }: ControlDeps, startedAt: number): number {
  return startedAt + (graph.clockOffsetMs() ?? 0) - clockErrorMs;
}

/** Meta's codes for these calls vary, and say less than who holds the thread and whether routing is on. */
function isRefusal(error: unknown, action: ControlAction): error is GraphError {
  if (!(error instanceof GraphError)) return false;
  if (error.class === "not_thread_owner" || (error.code === 100 && error.class === "invalid")) return true;
  // Without the switch "take control" of the page's settings.
  return (
    action === "take" &&
    error.code === 10 &&
    error.subcode === null &&
    permissionsIn(error.message).length === 0
  );
}

interface Refused {
  target: ControlTarget;
  access: PageAccess;
  action: ControlAction;
  startedAt: number;
  error: GraphError;
}

/** Asks Meta for the reason, stores the answer, and returns it as a problem. */
async function explainRefusal(on: ControlDeps, refused: Refused): Promise<unknown> {
  const { target, access, action, error } = refused;
  const [owner, routing] = await Promise.all([reloadOwner(on, refused), askRouting(on, access)]);
  const hasRouting = error.subcode === 2018464 ? false : routing;
  const { workspaceId, conversationId, pageId } = target;
  const isNews = hasRouting !== null && (await storeRouting(on, { pageId, hasRouting }));
  await on.live.publish(workspaceChannel(workspaceId), [
    { name: "conversation", data: { conversationId } },
    ...(isNews ? [{ name: "page" as const, data: { pageId } }] : []),
  ]);
  const cause = { cause: error };
  if (action === "release") {
    if (owner === undefined || owner === "ours") return metaProblem(error, actions[action]);
    return owner === "nobody"
      ? problem("thread-unowned", {}, cause)
      : problem("thread-not-ours", { owner }, cause);
  }
  if (owner === "ours") return problem("thread-already-ours", {}, cause);
  if (action === "take") return problem(hasRouting === false ? "routing-off" : "take-control-off", {}, cause);
  if (hasRouting === true) return problem("routing-on", {}, cause);
  return metaProblem(error, actions[action]);
}

/** The owner of the thread in words; it is stored. Undefined: Meta does not say. */
async function reloadOwner(
  on: ControlDeps,
  { target, access, startedAt }: Refused,
): Promise<"ours" | "nobody" | (string & {}) | undefined> {
  try {
    const owner = await readThreadOwner(on.graph, { ...access, psid: target.psid });
    const at = metaTime(on, startedAt);
    if (owner === null) {
      await storeControl(on.sql, target, { control: "idle", at });
      return "nobody";
    }
    if (owner.appId === on.graph.appId) {
      await storeControl(on.sql, target, { control: "ours", at });
      return "ours";
    }
    await storeControl(on.sql, target, { control: "other", appId: owner.appId, at });
    return owner.appId === null ? "another app" : appName(owner.appId);
  } catch (error) {
    if (error instanceof GraphError) return undefined;
    throw error;
  }
}
