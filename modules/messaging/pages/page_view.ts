import type { PageRow } from "./page_store.ts";
import { fieldText } from "./field_texts.ts";
import { neededFields } from "./fields.ts";
import {
  featureCodeOf,
  features,
  lackOf,
  loginScopes,
  permissions,
  requiredScopes,
  scopesOf,
} from "./permissions.ts";
import { reachCheck } from "./reach.ts";
import type { Page } from "./schema.ts";
import { type PageLimit, stopsMessages } from "../graph/mod.ts";
import { recognize, type Sentence, wordsOf } from "#std";
import { knownLimits, say } from "./health_sentences.ts";

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
const weekMs = 7 * 24 * 3_600_000;

/** A page as screens see it. The token never leaves the server. */
export function viewPage(row: PageRow, now: number): Page {
  const restriction = row.status === "restricted" ? restrictionOf(row) : null;
  return {
    id: row.id,
    pageId: row.facebookId,
    name: row.name,
    pictureUrl: row.pictureUrl,
    followers: row.followers,
    status: row.status,
    statusReason: row.statusReason,
    statusReasonWords: recognize(row.statusReason),
    connectedAt: new Date(row.connectedAt).toISOString(),
    health: {
      token: tokenCheck(row, now),
      tokenHolder: row.tokenHolder ?? "unknown",
      scopes: scopesCheck(row),
      features: featuresOf(row),
      reach: reachCheck(row, now),
      problem: row.status === "disconnected" ? null : row.checkProblem,
      problemWords: row.status === "disconnected" ? null : recognize(row.checkProblem),
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
        heldReasonWords: recognize(row.heldReason),
        isAppHeld: row.isAppHeld,
        waiting: row.waiting,
      },
      restriction: restriction && restriction.text,
      restrictionWords: restriction && restriction.words,
      restrictions: row.restrictions
        .filter(({ until }) => until === null || until > now)
        .map((limit) => ({
          feature: limit.feature,
          ...limitOf(limit),
          until: iso(limit.until),
          stopsMessages: stopsMessages(limit),
        })),
    },
  };
}

type Told = Pick<Check, "text" | "words">;

const told = (sentence: Sentence): Told => ({ text: sentence.text, words: wordsOf(sentence) });

const checked = (state: Check["state"], sentence: Sentence): Check => ({ state, ...told(sentence) });

/** Of a stored text, which may be Meta's own. */
const stored = (text: string): Told => ({ text, words: recognize(text) });

function restrictionOf({ statusReason, restrictedUntil }: PageRow): Told {
  const reason = statusReason ?? say("check-restricted").text;
  if (restrictedUntil === null || restrictedUntil === Number.POSITIVE_INFINITY) return stored(reason);
  return told(say("check-restricted-until", { reason, until: dayOf(restrictedUntil) }));
}

function limitOf({ feature: given, until }: PageLimit): Told {
  const feature = given.replaceAll("_", "-");
  const isKnown = knownLimits.includes(feature);
  if (until === null)
    return told(isKnown ? say("page-limit", { feature }) : say("page-limit-other", { feature: given }));
  const end = dayOf(until);
  return told(
    isKnown
      ? say("page-limit-until", { feature, until: end })
      : say("page-limit-other-until", { feature: given, until: end }),
  );
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace("T", " ");

type Check = Page["health"]["token"];
type CheckWithMissing = Page["health"]["scopes"];

function tokenCheck(row: PageRow, now: number): Check {
  if (row.status === "disconnected") return checked("unknown", say("check-disconnected"));
  if (row.status === "token_dead") {
    return row.statusReason === null
      ? checked("failed", say("check-token-refused"))
      : { state: "failed", ...stored(row.statusReason) };
  }
  if (row.checkedAt === null) return checked("unknown", say("check-none-yet"));
  const isOfSystem = row.tokenHolder === "system_user";
  if (row.tokenExpiresAt === null)
    return checked("ok", say(isOfSystem ? "check-system-token" : "check-page-token"));
  const day = new Date(row.tokenExpiresAt).toISOString().slice(0, 10);
  if (row.tokenExpiresAt <= now) return checked("failed", say("check-token-expired", { day }));
  if (row.tokenExpiresAt - now < weekMs) return checked("warning", say("check-token-expires", { day }));
  return checked("ok", say(isOfSystem ? "check-system-token-until" : "check-page-token-until", { day }));
}

function scopesCheck({ status, scopes }: PageRow): CheckWithMissing {
  if (status === "disconnected")
    return { ...checked("unknown", say("check-disconnected")), missing: [], lacks: [] };
  const granted = new Set(scopes);
  const missing = loginScopes.filter((scope) => !granted.has(scope));
  const isBroken = requiredScopes.some((scope) => !granted.has(scope));
  const lacks = permissions
    .filter(({ name }) => missing.includes(name))
    .map(({ name }) => ({ name, ...told(lackOf(name)), permissions: [] }));
  if (missing.length === 0) return { ...checked("ok", say("check-permissions")), missing, lacks };
  const check = isBroken
    ? checked("failed", say("check-permission-needed"))
    : checked("warning", say("check-permissions-missing"));
  return { ...check, missing, lacks };
}

function featuresOf({ scopes }: PageRow): Page["health"]["features"] {
  return features.map(({ key, name }) => {
    const missing = scopesOf([key]).filter((scope) => !scopes.includes(scope));
    return { key, name, nameCode: featureCodeOf(key), isOn: missing.length === 0, missing };
  });
}

function profileCheck({ status, messengerProfile: profile }: PageRow): Check {
  if (status === "disconnected") return checked("unknown", say("check-disconnected"));
  if (profile === null) return checked("unknown", say("check-profile-unread"));
  if (profile.status === "failed")
    return checked("failed", say("check-profile-refused", { reason: profile.reason ?? "–" }));
  if (profile.differs) return checked("warning", say("check-profile-differs"));
  if (profile.status === "publishing")
    return profile.reason === null
      ? checked("unknown", say("check-profile-publishing"))
      : { state: "unknown", ...stored(profile.reason) };
  if (profile.status === "draft") return checked("warning", say("check-profile-draft"));
  return checked("ok", say(profile.isEmpty ? "check-profile-empty" : "check-profile-published"));
}

function historyCheck({ history }: PageRow): Check {
  if (history === null) return checked("unknown", say("check-history-none"));
  const { state, messages, problem } = history;
  if (state === "reading") return checked("unknown", say("check-history-reading", { messages }));
  if (state === "failed")
    return checked("warning", say("check-history-failed", { messages, problem: problem ?? "–" }));
  return checked("ok", messages === 0 ? say("check-history-whole") : say("check-history-read", { messages }));
}

function subscriptionCheck({ status, subscribedFields, refusedFields }: PageRow): CheckWithMissing {
  if (status === "disconnected")
    return { ...checked("unknown", say("check-disconnected")), missing: [], lacks: [] };
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
    ...told(fieldText(name)),
    permissions: refused.get(name) ?? [],
  }));
  if (missing.length === 0) return { ...checked("ok", say("check-events")), missing, lacks };
  if (!known.has("messages")) {
    const needed = refused.get("messages") ?? [];
    const sentence =
      needed.length === 0
        ? say("check-messages-missing")
        : say("check-messages-permission", { permissions: needed.join(", ") });
    return { ...checked("failed", sentence), missing, lacks };
  }
  const isRepairable = missing.some((field) => !refused.has(field));
  const sentence = say(isRepairable ? "check-events-missing" : "check-events-refused");
  return { ...checked("warning", sentence), missing, lacks };
}
