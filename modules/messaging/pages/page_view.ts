import type { PageRow } from "./page_store.ts";
import { loginScopes, neededFields, requiredScopes } from "./fields.ts";
import type { Page } from "./schema.ts";

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
const weekMs = 7 * 24 * 3_600_000;

/** A page as screens see it. The token never leaves the server. */
export function viewPage(row: PageRow, now: number): Page {
  return {
    id: row.id,
    pageId: row.facebookId,
    name: row.name,
    pictureUrl: row.pictureUrl,
    followers: row.followers,
    status: row.status,
    statusReason: row.statusReason,
    connectedAt: new Date(row.connectedAt).toISOString(),
    health: {
      token: tokenCheck(row, now),
      scopes: scopesCheck(row),
      subscription: subscriptionCheck(row),
      messengerProfile: profileCheck(row),
      history: historyCheck(row),
      lastEventAt: iso(row.lastEventAt),
      lastSendAt: iso(row.lastSendAt),
      checkedAt: iso(row.checkedAt),
      humanAgent: row.humanAgent,
      limits: { ratePerSecond: row.ratePerSecond, heldReason: row.heldReason, waiting: row.waiting },
      restriction: row.status === "restricted" ? (row.statusReason ?? "Meta restricts this page") : null,
    },
  };
}

type Check = Page["health"]["token"];
type CheckWithMissing = Page["health"]["scopes"];

function tokenCheck(row: PageRow, now: number): Check {
  if (row.status === "disconnected") return { state: "unknown", text: "The page is disconnected" };
  if (row.status === "token_dead") {
    return { state: "failed", text: row.statusReason ?? "Facebook no longer accepts it: reconnect the page" };
  }
  if (row.checkedAt === null) return { state: "unknown", text: "Not checked yet" };
  if (row.tokenExpiresAt === null) return { state: "ok", text: "Valid, and does not expire by itself" };
  const day = new Date(row.tokenExpiresAt).toISOString().slice(0, 10);
  if (row.tokenExpiresAt <= now) return { state: "failed", text: `Expired on ${day}: reconnect the page` };
  if (row.tokenExpiresAt - now < weekMs)
    return { state: "warning", text: `Expires on ${day}: reconnect the page before` };
  return { state: "ok", text: `Valid until ${day}` };
}

function scopesCheck({ status, scopes }: PageRow): CheckWithMissing {
  if (status === "disconnected") return { state: "unknown", text: "The page is disconnected", missing: [] };
  const granted = new Set(scopes);
  const missing = loginScopes.filter((scope) => !granted.has(scope));
  const isBroken = requiredScopes.some((scope) => !granted.has(scope));
  if (missing.length === 0) return { state: "ok", text: "All permissions are granted", missing };
  return {
    state: isBroken ? "failed" : "warning",
    text: isBroken
      ? "A permission is missing that messages need: reconnect the page and grant it"
      : "Some permissions are missing; what needs them does not work until they are granted",
    missing,
  };
}

function profileCheck({ status, messengerProfile: profile }: PageRow): Check {
  if (status === "disconnected") return { state: "unknown", text: "The page is disconnected" };
  if (profile === null) return { state: "unknown", text: "Not read from Meta yet" };
  if (profile.status === "failed")
    return { state: "failed", text: `Not published: ${profile.reason ?? "Meta refuses it"}` };
  if (profile.differs) return { state: "warning", text: "Meta shows something else than was published here" };
  if (profile.status === "publishing") return { state: "unknown", text: profile.reason ?? "Being published" };
  if (profile.status === "draft") return { state: "warning", text: "Saved, and not published yet" };
  return { state: "ok", text: profile.isEmpty ? "Nothing is set" : "Published, and Meta shows it" };
}

function historyCheck({ history }: PageRow): Check {
  if (history === null) return { state: "unknown", text: "Earlier messages were not fetched yet" };
  const { state, messages, problem } = history;
  const found = messages === 1 ? "1 message" : `${messages.toLocaleString("en")} messages`;
  if (state === "reading") return { state: "unknown", text: `Earlier messages are being fetched: ${found}` };
  if (state === "failed") return { state: "warning", text: `${found}, then it stopped: ${problem}` };
  return {
    state: "ok",
    text:
      messages === 0
        ? "Nothing in Facebook's inbox is missing here"
        : `${found} fetched from Facebook's inbox`,
  };
}

function subscriptionCheck({ status, subscribedFields }: PageRow): CheckWithMissing {
  if (status === "disconnected") return { state: "unknown", text: "The page is disconnected", missing: [] };
  const known = new Set(subscribedFields);
  const missing = neededFields.filter((field) => !known.has(field));
  if (missing.length === 0) return { state: "ok", text: "Meta sends all events of this page", missing };
  return subscribedFields.includes("messages")
    ? { state: "warning", text: "Some events do not arrive: repair the page", missing }
    : { state: "failed", text: "Messages do not arrive: repair the page", missing };
}
