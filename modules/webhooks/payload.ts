import { type InboundEvent, type OwnWords, sealOptInTokens } from "#messaging/inbound";
import { type Keyring, storable } from "#std";
import {
  type Item,
  kindOf,
  type Meaning,
  notice,
  psidOf,
  readTime,
  referral,
  type Surroundings,
  type WebhookEvent,
} from "./item.ts";
import { idAt, isObject, type JsonObject, objectsAt, readJson, textAt } from "./json.ts";
import { parseChange } from "./parse_changes.ts";
import { parseMessage, parsePostback } from "./parse_messages.ts";
import { optin } from "./parse_optin.ts";
import { edit, integrity, optout, policy, reaction, receipt } from "./parse_signals.ts";

const lists = ["messaging", "standby", "changes", "calls", "marketing"] as const;
const knownKeys = new Set<string>(["id", "time", "uid", "restrictions", ...lists]);
const longestBody = 1_000_000;
const mostRestrictions = 20;

export interface ReadOptions {
  now: number;
  keyring: Keyring;
  /** By Facebook page id. */
  ownWords?: ReadonlyMap<string, OwnWords> | undefined;
}

/**
 * Splits a body into events, with opt-in tokens sealed. Never throws for what the body says: an unreadable part becomes
 * a failed event that keeps the body.
 */
export function readPayload(
  text: string,
  { keyring, now, ownWords = new Map() }: ReadOptions,
): WebhookEvent[] {
  const events = splitPayload(text, now, ownWords);
  for (const event of events) sealTokens(keyring, event);
  return events;
}

/** In the event, raw and understood. The keys of its notices derive from the original text. */
function sealTokens(keyring: Keyring, event: WebhookEvent): void {
  event.body = sealOptInTokens(keyring, event.pageFacebookId, event.body);
  for (const inbound of event.inbound)
    if (inbound.type === "notice")
      inbound.data = sealOptInTokens(keyring, event.pageFacebookId, inbound.data);
}

function splitPayload(text: string, now: number, ownWords: ReadonlyMap<string, OwnWords>): WebhookEvent[] {
  let body: unknown;
  try {
    body = readJson(text);
  } catch {
    return [unreadable(text, "Cannot read the body: it is no JSON")];
  }
  if (!isObject(body)) return [unreadable(text, "Cannot read the body: it is no JSON object")];
  const object = textAt(body, "object", 100) ?? "page";
  const entries = objectsAt(body, "entry");
  const single = entries.length === 1;
  const events: WebhookEvent[] = [];
  for (const entry of entries)
    readEntry(object, entry, { whole: single ? text : null, now, ownWords, events });
  if (events.length === 0) events.push(kept(object, "empty", text, entries[0]));
  return events;
}

function readEntry(
  object: string,
  entry: JsonObject,
  {
    whole,
    now,
    ownWords,
    events,
  }: {
    whole: string | null;
    now: number;
    ownWords: ReadonlyMap<string, OwnWords>;
    events: WebhookEvent[];
  },
): void {
  const pageFacebookId = idAt(entry, "id") ?? "";
  const time = readTime(entry.time, now);
  const around: Surroundings = {
    pageFacebookId,
    sentAt: time ?? now,
    now,
    restrictions: objectsAt(entry, "restrictions").slice(0, mostRestrictions),
    ownWords: ownWords.get(pageFacebookId),
  };
  const beside = around.restrictions.length > 0 ? { restrictions: around.restrictions } : {};
  const found = lists.flatMap((list) => objectsAt(entry, list).map((item) => ({ list, item })));
  const unknown = Object.keys(entry).filter((key) => !knownKeys.has(key) && typeof entry[key] === "object");
  const isWhole = whole !== null && found.length + unknown.length === 1;
  for (const { list, item } of found) {
    const body = isWhole
      ? bounded(whole)
      : bounded(
          JSON.stringify({ object, entry: [{ id: entry.id, time: entry.time, ...beside, [list]: [item] }] }),
        );
    events.push(readItem(object, list, item, around, body));
  }
  for (const key of unknown) {
    const body = isWhole
      ? bounded(whole)
      : bounded(JSON.stringify({ object, entry: [{ id: entry.id, time: entry.time, [key]: entry[key] }] }));
    events.push({ pageFacebookId, kind: kindOf(key), state: "kept", body, error: null, inbound: [] });
  }
}

function readItem(
  object: string,
  list: (typeof lists)[number],
  item: JsonObject,
  around: Surroundings,
  body: string,
): WebhookEvent {
  const { pageFacebookId } = around;
  const event = { pageFacebookId, body, error: null };
  // Instagram, permissions, user: other Meta products, kept to show why they arrive here.
  if (object !== "page") return { ...event, kind: kindOf(`object:${object}`), state: "kept", inbound: [] };
  try {
    const { kind, inbound } =
      list === "changes" || list === "marketing" ? parseChange(item, around) : parseItem(item, around, list);
    return { ...event, kind, state: inbound.length > 0 ? "stored" : "kept", inbound };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...event, kind: list, state: "failed", error: storable(reason, 500), inbound: [] };
  }
}

// Properties of an item besides its kind.
const surroundings = new Set(["sender", "recipient", "timestamp", "prior_message", "lead", "hop_context"]);

/** Reads one item of `messaging`, `standby` or `calls`. */
function parseItem(item: JsonObject, around: Surroundings, list: "messaging" | "standby" | "calls"): Meaning {
  const it: Item = {
    ...around,
    item,
    psid: psidOf(item, around.pageFacebookId),
    at: readTime(item.timestamp, around.now) ?? around.sentAt,
    isStandby: list === "standby",
  };
  if (list === "calls") return { kind: "calls", inbound: [notice(it, "call", item)] };
  const inbound: InboundEvent[] = [];
  const kinds: string[] = [];
  for (const key of Object.keys(item)) {
    if (surroundings.has(key)) continue;
    const meaning = parseKey(it, key, item[key]);
    if (meaning === null) continue;
    kinds.push(meaning.kind);
    inbound.push(...meaning.inbound);
  }
  // Page integrity has no enclosing key: status, violations and restrictions are in the item or the entry.
  if (kinds.length === 0) return integrity(it) ?? unknown(it);
  return { kind: kindOf(`${it.isStandby ? "standby:" : ""}${kinds.join("+")}`), inbound };
}

function parseKey(it: Item, key: string, value: unknown): Meaning | null {
  if (!isObject(value)) return null;
  switch (key) {
    case "message":
      return parseMessage(it, value);
    case "postback":
      return parsePostback(it, value);
    case "message_edit":
      return edit(it, value);
    case "reaction":
      return reaction(it, value);
    case "delivery":
    case "read":
      return receipt(it, key, value);
    case "referral":
      return { kind: key, inbound: [referral(it, value)] };
    case "optin":
      return { kind: key, inbound: [optin(it, value)] };
    case "optout":
      return { kind: key, inbound: [optout(it, value)] };
    case "pass_thread_control":
    case "take_thread_control":
      return {
        kind: key,
        inbound: [notice(it, key, value, { owner: { appId: idAt(value, "new_owner_app_id") } })],
      };
    case "policy_enforcement":
    case "policy-enforcement":
      return { kind: "policy_enforcement", inbound: [policy(it, value)] };
    default:
      return { kind: kindOf(key), inbound: [notice(it, kindOf(key), value)] };
  }
}

function unknown(it: Item): Meaning {
  return { kind: "unknown", inbound: [notice(it, "unknown", it.item)] };
}

function kept(object: string, kind: string, text: string, entry: JsonObject | undefined): WebhookEvent {
  return {
    pageFacebookId: idAt(entry, "id") ?? "",
    kind: object === "page" ? kind : kindOf(`object:${object}`),
    state: "kept",
    body: bounded(text),
    error: null,
    inbound: [],
  };
}

function unreadable(text: string, error: string): WebhookEvent {
  return { pageFacebookId: "", kind: "unreadable", state: "failed", body: bounded(text), error, inbound: [] };
}

// Meta's events have a few hundred bytes, so only fake ones are ever truncated.
function bounded(body: string): string {
  return storable(body, longestBody);
}
