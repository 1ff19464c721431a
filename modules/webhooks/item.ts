import type { ContactSource, InboundEvent, InboundNotice, OwnWords } from "#messaging/inbound";
import { sha256Hex, storable } from "#std";
import { idAt, type JsonObject, jsonText, objectAt, textAt } from "./json.ts";

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

/** The meaning of an item. */
export type Meaning = Pick<WebhookEvent, "kind" | "inbound">;

/** The context that parsers need. */
export interface Surroundings {
  pageFacebookId: string;
  /** Meta's time of the delivery, or else ours. */
  sentAt: number;
  now: number;
  /** Page integrity may have these on the entry, beside its list ("Page Integrity", July 2026). */
  restrictions: readonly JsonObject[];
  /** Custom opt-out and opt-in keywords of this page, besides the built-in ones. */
  ownWords?: OwnWords | undefined;
}

/** An item with its person and time found out. */
export interface Item extends Surroundings {
  item: JsonObject;
  psid: string | null;
  at: number;
  isStandby: boolean;
}

/** The text of a kind, whatever type the value has. */
export function kindOf(word: string): string {
  return storable(word, 80).trim() || "unknown";
}

/** A key from the content, for events without an id of Meta: repeated events have the same key. */
export function contentKey(kind: string, item: unknown): string {
  return `${kind}:${sha256Hex(JSON.stringify(item)).slice(0, 40)}`;
}

/** The person of a conversation: the side that is not the page. Old samples show echoes with the sides exchanged. */
export function psidOf(item: JsonObject, pageFacebookId: string): string | null {
  const sender = idAt(objectAt(item, "sender"), "id");
  const recipient = idAt(objectAt(item, "recipient"), "id");
  if (sender !== null && sender !== pageFacebookId) {
    return sender;
  }
  return recipient !== null && recipient !== pageFacebookId ? recipient : null;
}

/** Facebook Messenger did not exist before; an older time is no time. */
const earliest = Date.UTC(2008, 0, 1);
/** Meta's clock may be slightly ahead of ours. A time further ahead would keep a window open forever. */
const aheadMs = 10 * 60_000;

/**
 * Meta's time in milliseconds. Seconds become milliseconds, texts become numbers; null for zero, missing and absurd
 * ones. A time in the future counts as `now`.
 */
export function readTime(value: unknown, now: number): number | null {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return null;
  const ms = Math.round(number < 100_000_000_000 ? number * 1_000 : number);
  if (ms < earliest) return null;
  return ms > now + aheadMs ? now : ms;
}

/** An event without its own table: an event of the timeline or, without a person, of the page. */
export function notice(
  it: Item,
  kind: string,
  value: unknown,
  effects: Partial<
    Pick<InboundNotice, "psid" | "opensWindow" | "consent" | "source" | "owner" | "pageNews">
  > = {},
): InboundNotice {
  return {
    type: "notice",
    pageFacebookId: it.pageFacebookId,
    psid: it.psid,
    at: it.at,
    kind,
    key: contentKey(kind, it.item),
    data: jsonText(value),
    opensWindow: false,
    consent: null,
    source: null,
    owner: null,
    pageNews: null,
    ...effects,
  };
}

/**
 * A referral into an existing conversation: a link opens the window, a click on an ad only with the next message
 * (Messenger Platform policy, September 2026), a lead filled in by Meta never.
 */
export function referral(it: Item, value: JsonObject): InboundNotice {
  const lead = objectAt(it.item, "lead");
  const type = textAt(value, "type") ?? "";
  const source = sourceOf(value);
  return notice(it, "referral", lead ? { ...value, lead } : value, {
    opensWindow: source.source !== "ad" && !type.startsWith("LEAD"),
    source,
  });
}

/** The source of the person in a referral. */
function sourceOf(referral: JsonObject): ContactSource {
  const source = textAt(referral, "source")?.toUpperCase() ?? "";
  const isAd = source === "ADS" || textAt(referral, "ad_id") !== null;
  const name = isAd ? "ad" : textAt(referral, "ref") !== null || source !== "" ? "link" : "organic";
  // A lead form is filled in the ad itself: no click into the conversation.
  const isLead = (textAt(referral, "type") ?? "").startsWith("LEAD");
  return { source: name, detail: jsonText(referral), isAd: isAd && !isLead };
}
