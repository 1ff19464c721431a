import type { InboundEvent, OwnWords } from "#messaging/inbound";
import { sha256Hex, storable } from "#std";
import { idAt, type JsonObject, objectAt } from "./json.ts";

/** What an item means. */
export interface Meaning {
  kind: string;
  inbound: InboundEvent[];
}

/** What parsers need to know of an item's surroundings. */
export interface Surroundings {
  pageFacebookId: string;
  /** Meta's time of the delivery, or else ours. */
  sentAt: number;
  now: number;
  /** Page integrity may put these on the entry, beside its list ("Page Integrity", July 2026). */
  restrictions: readonly JsonObject[];
  /** Words that end and renew consent on this page, beside the built-in ones. */
  ownWords?: OwnWords | undefined;
}

/** An item with its person and time found out. */
export interface Item extends Surroundings {
  item: JsonObject;
  psid: string | null;
  at: number;
  isStandby: boolean;
}

/** A word for a kind, whatever came as one. */
export function kindOf(word: string): string {
  return storable(word, 80).trim() || "unknown";
}

/** A key made of the content, for events to which Meta gives no id: what comes twice has the same. */
export function contentKey(kind: string, item: unknown): string {
  return `${kind}:${sha256Hex(JSON.stringify(item)).slice(0, 40)}`;
}

/** The person of a thread: the side that is not the page. Old samples show echoes with the sides exchanged. */
export function psidOf(item: JsonObject, pageFacebookId: string): string | null {
  const sender = idAt(objectAt(item, "sender"), "id");
  const recipient = idAt(objectAt(item, "recipient"), "id");
  if (sender !== null && sender !== pageFacebookId) {
    return sender;
  }
  return recipient !== null && recipient !== pageFacebookId ? recipient : null;
}
