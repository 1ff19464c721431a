import type { GraphAnswer } from "./graph_request.ts";
import { asNumber, asRecords, asText, type JsonRecord } from "./json.ts";
import type { Sim } from "./sim.ts";
import type { Page, PageRestriction } from "./state.ts";

/** Only these two keep a page from sending messages ("Page Integrity", July 2026). */
const messagingFeatures = ["page_messaging", "page_messaging_api"];

const nowSeconds = () => Math.floor(Date.now() / 1_000);

const isActive = ({ expiresAt }: PageRestriction) => expiresAt === null || expiresAt > nowSeconds();

/** Whether Meta refuses the page's messages with 10/1893063. */
export function isKeptFromSending(page: Page): boolean {
  if (page.isRestricted || page.standing === "suspended") return true;
  return page.restrictions.some((one) => messagingFeatures.includes(one.feature) && isActive(one));
}

/** The restrictions that are in force, with the one of the switch "Page restricted". */
function restrictionsOf(page: Page): PageRestriction[] {
  const all = page.restrictions.filter(isActive);
  if (!page.isRestricted) return all;
  return [...all, { feature: "page_messaging_api", appliedAt: nowSeconds(), expiresAt: null }];
}

/** `GET /{page}/page_status`: all that Meta holds against the page. Its sample has no `status` in a restriction. */
export function readPageStatus(page: Page): GraphAnswer {
  const restrictions = restrictionsOf(page).map((one) => ({
    ...written(one),
    violation_type: ["SPAM"],
  }));
  const status = page.standing === "ok" && restrictions.length > 0 ? "restricted" : page.standing;
  return {
    body: {
      id: page.id,
      timestamp: nowSeconds(),
      status,
      violations: [],
      restrictions,
      recommended_actions: [],
      actions_events: [],
    },
  };
}

function written({ feature, appliedAt, expiresAt }: PageRestriction): JsonRecord {
  return {
    feature,
    description: `The Page is restricted from ${feature}`,
    applied_time: appliedAt,
    ...(expiresAt === null ? {} : { expiration_time: expiresAt }),
  };
}

/**
 * Changes the page's restrictions and sends `business_integrity`: its item has a time in seconds, and neither
 * a sender nor a recipient. `place: "entry"` puts the restrictions beside `messaging`, as one of Meta's samples does.
 */
export function changeStanding(sim: Sim, page: Page, body: JsonRecord): void {
  const status = asText(body.status) ?? "ok";
  page.standing = status === "warning" || status === "restricted" || status === "suspended" ? status : "ok";
  const given = asRecords(body.restrictions);
  page.restrictions = given.flatMap((one) => {
    const feature = asText(one.feature);
    if (feature === undefined || asText(one.status) === "UNRESTRICTED") return [];
    return [{ feature, appliedAt: nowSeconds(), expiresAt: asNumber(one.expiration_time) ?? null }];
  });
  if (status === "ok") page.isRestricted = false;
  sim.touch();
  const isOnEntry = body.place === "entry";
  const restrictions = given.map((one) => ({ status: "RESTRICTED", applied_time: nowSeconds(), ...one }));
  const item: JsonRecord = {
    timestamp: nowSeconds(),
    status: isOnEntry ? "ok" : status,
    violations: asRecords(body.violations),
    ...(isOnEntry ? {} : { restrictions }),
    action_events: [],
  };
  sim.webhooks.publish({
    pageId: page.id,
    field: "business_integrity",
    list: "messaging",
    item,
    ...(isOnEntry ? { entry: { restrictions } } : {}),
  });
}
