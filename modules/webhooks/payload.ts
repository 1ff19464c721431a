import type { InboundEvent, OwnWords } from "#messaging/inbound";
import { storable } from "#std";
import { idAt, isObject, type JsonObject, objectsAt, readJson, textAt } from "./json.ts";
import { kindOf, type Surroundings } from "./meaning.ts";
import { parseChange } from "./parse_changes.ts";
import { parseItem } from "./parse_messaging.ts";
import { readTime } from "./times.ts";

/** One event of a body: its raw form and its meaning. */
export interface WebhookEvent {
  pageFacebookId: string;
  kind: string;
  /** kept: no action here. */
  state: "stored" | "kept" | "failed";
  /** A whole webhook body with only this event, so it can be replayed alone. */
  body: string;
  error: string | null;
  inbound: InboundEvent[];
}

const lists = ["messaging", "standby", "changes", "calls", "marketing"] as const;
const knownKeys = new Set<string>(["id", "time", "uid", "restrictions", ...lists]);
const longestBody = 1_000_000;
const mostRestrictions = 20;

/** Splits a body into events. Never throws: an unreadable part becomes a failed event that keeps the body. */
export function readPayload(
  text: string,
  now: number,
  ownWords: ReadonlyMap<string, OwnWords> = new Map(),
): WebhookEvent[] {
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
