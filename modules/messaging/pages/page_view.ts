import type { PageRow } from "./page_store.ts";
import { fieldText } from "./field_texts.ts";
import { neededFields } from "./fields.ts";
import { features, loginScopes, permissions, requiredScopes, scopesOf } from "./permissions.ts";
import { reachCheck } from "./reach.ts";
import type { Page } from "./schema.ts";
import { type PageLimit, stopsMessages } from "../graph/mod.ts";

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
      tokenHolder: row.tokenHolder ?? "unknown",
      scopes: scopesCheck(row),
      features: featuresOf(row),
      reach: reachCheck(row, now),
      problem: row.status === "disconnected" ? null : row.checkProblem,
      subscription: subscriptionCheck(row),
      messengerProfile: profileCheck(row),
      history: historyCheck(row),
      lastEventAt: iso(row.lastEventAt),
      lastSendAt: iso(row.lastSendAt),
      checkedAt: iso(row.checkedAt),
      humanAgent: row.humanAgent,
      limits: {
        ratePerSecond: row.ratePerSecond,
        pacePerSecond: row.pacePerSecond,
        heldReason: row.heldReason,
        isAppHeld: row.isAppHeld,
        waiting: row.waiting,
      },
      restriction: row.status === "restricted" ? restrictionText(row) : null,
      restrictions: row.restrictions
        .filter(({ until }) => until === null || until > now)
        .map((limit) => ({
          feature: limit.feature,
          text: limitText(limit),
          until: iso(limit.until),
          stopsMessages: stopsMessages(limit),
        })),
    },
  };
}

function restrictionText({ statusReason, restrictedUntil }: PageRow): string {
  const reason = statusReason ?? "Meta restricts this page";
  if (restrictedUntil === null || restrictedUntil === Number.POSITIVE_INFINITY) return reason;
  return `${reason}. It ends on ${dayOf(restrictedUntil)} (UTC)`;
}

const limitTexts: Readonly<Record<string, string>> = {
  page_messaging: "The page cannot send messages",
  page_messaging_api: "The page cannot send messages through apps",
  page_publish: "The page cannot publish posts",
  page_read_only: "The page is read-only",
};

function limitText({ feature, until }: PageLimit): string {
  const what = limitTexts[feature] ?? `Meta restricts the page's feature "${feature}"`;
  return `${what}${until === null ? "" : ` until ${dayOf(until)} (UTC)`}`;
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace("T", " ");

type Check = Page["health"]["token"];
type CheckWithMissing = Page["health"]["scopes"];

function tokenCheck(row: PageRow, now: number): Check {
  if (row.status === "disconnected") return { state: "unknown", text: "The page is disconnected" };
  if (row.status === "token_dead") {
    return { state: "failed", text: row.statusReason ?? "Facebook no longer accepts it: reconnect the page" };
  }
  if (row.checkedAt === null) return { state: "unknown", text: "Not checked yet" };
  const kind = row.tokenHolder === "system_user" ? "System user token" : "Page token";
  if (row.tokenExpiresAt === null)
    return { state: "ok", text: `${kind}: valid, and does not expire by itself` };
  const day = new Date(row.tokenExpiresAt).toISOString().slice(0, 10);
  if (row.tokenExpiresAt <= now) return { state: "failed", text: `Expired on ${day}: reconnect the page` };
  if (row.tokenExpiresAt - now < weekMs)
    return { state: "warning", text: `Expires on ${day}: reconnect the page before` };
  return { state: "ok", text: `${kind}: valid until ${day}` };
}

function scopesCheck({ status, scopes }: PageRow): CheckWithMissing {
  if (status === "disconnected")
    return { state: "unknown", text: "The page is disconnected", missing: [], lacks: [] };
  const granted = new Set(scopes);
  const missing = loginScopes.filter((scope) => !granted.has(scope));
  const isBroken = requiredScopes.some((scope) => !granted.has(scope));
  const lacks = permissions
    .filter(({ name }) => missing.includes(name))
    .map(({ name, purpose, without }) => ({ name, text: `${purpose} ${without}`, permissions: [] }));
  if (missing.length === 0) return { state: "ok", text: "All permissions are granted", missing, lacks };
  return {
    state: isBroken ? "failed" : "warning",
    text: isBroken
      ? "A permission is missing that messages need: reconnect the page and grant it"
      : "Some permissions are missing; what needs them does not work until they are granted",
    missing,
    lacks,
  };
}

function featuresOf({ scopes }: PageRow): Page["health"]["features"] {
  return features.map(({ key, name }) => {
    const missing = scopesOf([key]).filter((scope) => !scopes.includes(scope));
    return { key, name, isOn: missing.length === 0, missing };
  });
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

function subscriptionCheck({ status, subscribedFields, refusedFields }: PageRow): CheckWithMissing {
  if (status === "disconnected")
    return { state: "unknown", text: "The page is disconnected", missing: [], lacks: [] };
  const known = new Set(subscribedFields);
  const missing = neededFields.filter((field) => !known.has(field));
  const refused = new Map(
    refusedFields
      .filter(({ field }) => !known.has(field))
      .map(({ field, permissions: one }) => [field, one] as const),
  );
  // A field that Meta does not know and that is only wished for is no news.
  const wished = [...refused].filter(
    ([field, one]) => one.length > 0 && !missing.some((name) => name === field),
  );
  const lacks = [...missing, ...wished.map(([field]) => field)].map((name) => ({
    name,
    text: fieldText(name),
    permissions: refused.get(name) ?? [],
  }));
  if (missing.length === 0)
    return { state: "ok", text: "Meta sends all events of this page", missing, lacks };
  if (!known.has("messages")) {
    const needed = refused.get("messages") ?? [];
    const remedy =
      needed.length === 0 ? "repair the page" : `grant ${needed.join(" or ")}, then connect the page again`;
    return { state: "failed", text: `Messages do not arrive: ${remedy}`, missing, lacks };
  }
  const isRepairable = missing.some((field) => !refused.has(field));
  const text = isRepairable
    ? "Some events do not arrive: repair the page"
    : "Some events do not arrive, as Meta refuses them. Everything else works";
  return { state: "warning", text, missing, lacks };
}
