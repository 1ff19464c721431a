import type { InboundComment, InboundNotice } from "#messaging/inbound";
import { contentKey, kindOf, type Meaning, readTime, type Surroundings } from "./item.ts";
import { idAt, type JsonObject, jsonText, objectAt, textAt } from "./json.ts";

/** Reads one item of `changes`: comments of the page's feed, mentions, labels, template reviews, … */
export function parseChange(item: JsonObject, around: Surroundings): Meaning {
  const field = textAt(item, "field", 80) ?? "unknown";
  // Paid marketing messages are flat in the item, without `value`.
  const value = objectAt(item, "value") ?? item;
  if (field === "feed" && textAt(value, "item") === "comment") {
    const comment = readComment(value, around);
    if (comment) return { kind: "feed:comment", inbound: [comment] };
  }
  const kind = kindOf(field === "feed" ? `feed:${textAt(value, "item", 60) ?? "unknown"}` : field);
  return { kind, inbound: [changeNotice(item, field, value, around)] };
}

const verbs: Readonly<Record<string, InboundComment["verb"]>> = {
  add: "add",
  edit: "edited",
  edited: "edited",
  update: "edited",
  remove: "remove",
  delete: "remove",
  hide: "hide",
  unhide: "unhide",
};

function readComment(value: JsonObject, around: Surroundings): InboundComment | null {
  const commentId = idAt(value, "comment_id");
  const verb = verbs[textAt(value, "verb") ?? ""];
  if (commentId === null || verb === undefined) return null;
  const from = objectAt(value, "from");
  const created = readTime(value.created_time, around.now);
  const edited = readTime(value.edited_time, around.now);
  return {
    type: "comment",
    pageFacebookId: around.pageFacebookId,
    // `created_time` is the comment's own; later changes have the time of their delivery.
    at: verb === "add" ? (created ?? around.sentAt) : (edited ?? around.sentAt),
    commentId,
    postId: idAt(value, "post_id"),
    parentId: idAt(value, "parent_id"),
    fromId: idAt(from, "id") ?? idAt(value, "sender_id"),
    fromName: textAt(from, "name", 300) ?? textAt(value, "sender_name", 300),
    text: textAt(value, "message", 20_000),
    verb,
    createdAt: created ?? around.sentAt,
  };
}

/** The person of a label or a paid message; other changes belong to the page. */
function psidOfChange(field: string, value: JsonObject): string | null {
  if (field === "inbox_labels") return idAt(objectAt(value, "user"), "id");
  return field.startsWith("marketing_message") ? idAt(value, "recipient_id") : null;
}

function changeNotice(
  item: JsonObject,
  field: string,
  value: JsonObject,
  around: Surroundings,
): InboundNotice {
  return {
    type: "notice",
    pageFacebookId: around.pageFacebookId,
    psid: psidOfChange(field, value),
    at: readTime(value.created_time, around.now) ?? readTime(value.timestamp, around.now) ?? around.sentAt,
    kind: kindOf(field),
    // Changes without a time may repeat with the same content; a repeated delivery has the same time.
    key: contentKey(field, "created_time" in value || "timestamp" in value ? item : [item, around.sentAt]),
    data: jsonText(value),
    opensWindow: false,
    consent: null,
    source: null,
    owner: null,
    pageNews: null,
  };
}
