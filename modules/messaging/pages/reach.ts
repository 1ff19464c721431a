import type { GraphClient } from "../graph.ts";
import { readNewestActivity } from "../graph_conversations.ts";
import { GraphError } from "../graph_error.ts";
import type { PageAccess } from "../graph_pages.ts";
import type { PageRow } from "./page_store.ts";
import type { Page } from "./schema.ts";

const minuteMs = 60_000;
/** Meta tells of an event within moments; later than this, no webhook comes. */
const latestMs = 10 * minuteMs;
/** A refused message says something of the app as it was then. */
const refusalMs = 7 * 24 * 60 * minuteMs;

/**
 * When something happened in the page's inbox at Meta that no webhook told. Null: nothing of that kind. Meta drops
 * strangers' events without a word while the app has Standard Access or is in development.
 */
export async function readUnheard(
  graph: GraphClient,
  access: PageAccess,
  { lastEventAt, connectedAt, now }: Pick<PageRow, "lastEventAt" | "connectedAt"> & { now: number },
): Promise<Date | null> {
  try {
    const heard = Math.max(lastEventAt ?? 0, connectedAt);
    const times = await readNewestActivity(graph, access);
    const unheard = times.find((time) => time - heard > latestMs && now - time > minuteMs);
    return unheard === undefined ? null : new Date(unheard);
  } catch (error) {
    if (error instanceof GraphError && error.phase === "answered" && error.class !== "token_dead")
      return null;
    throw error;
  }
}

/** Whether people without a role on the app are heard, as far as Meta reveals it. */
export function reachCheck(row: PageRow, now: number): Page["health"]["reach"] {
  if (row.status === "disconnected") return { state: "unknown", text: "The page is disconnected" };
  if (row.strangersRefusedAt !== null && now - row.strangersRefusedAt < refusalMs) {
    return {
      state: "failed",
      text: "Only people with a role on the Meta app are reached: Meta refused a message to somebody else. Publish the app, and request Advanced Access to pages_messaging",
    };
  }
  if (row.unheardAt !== null) {
    return {
      state: "warning",
      text: `Facebook's inbox has messages of ${dayOf(row.unheardAt)} that did not arrive here. Repair the page. If that does not help, only people with a role on the Meta app are heard`,
    };
  }
  return {
    state: "unknown",
    text: "Meta does not tell whether the public is heard. To test it, write to the page from an account without a role on the app",
  };
}

const dayOf = (ms: number) =>
  new Date(ms).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
