import type { InboundEvent, OwnWords } from "#messaging/inbound";
import { sha256Hex, storable } from "#std";
import { idAt, type JsonObject, objectAt } from "./json.ts";

/** The meaning of an item. */
export interface Meaning {
  kind: string;
  inbound: InboundEvent[];
}

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
