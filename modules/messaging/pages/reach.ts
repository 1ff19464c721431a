import type { PageRow } from "./page_store.ts";
import type { Page } from "./schema.ts";

/** A refused message says something of the app as it was then. */
const refusalMs = 7 * 24 * 3_600_000;

/** Whether people without a role on the app are heard, as far as Meta reveals it. */
export function reachCheck(row: PageRow, now: number): Page["health"]["reach"] {
  if (row.status === "disconnected") return { state: "unknown", text: "The page is disconnected" };
  if (row.strangersRefusedAt !== null && now - row.strangersRefusedAt < refusalMs) {
    return {
      state: "failed",
      text: "Only people with a role on the Meta app are reached: Meta refused a message to somebody else. Publish the app, and request Advanced Access to pages_messaging",
    };
  }
  if (row.unheardAt !== null && row.unheardAt > (row.lastEventAt ?? 0)) {
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
