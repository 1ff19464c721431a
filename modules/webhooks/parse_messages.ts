import {
  consentWord,
  type InboundAttachment,
  type InboundEvent,
  type InboundMessage,
  type InboundNotice,
  metaAiApp,
  readAttempt,
} from "#messaging/inbound";
import { contentKey, type Item, type Meaning, notice, referral } from "./item.ts";
import { isObject, idAt, type JsonObject, jsonText, objectAt, objectsAt, textAt } from "./json.ts";

const longestText = 20_000;
const mostAttachments = 60;

/** Reads `message`: a message of the person, or an echo of a message of the page. */
export function parseMessage(it: Item, message: JsonObject): Meaning {
  const isEcho = message.is_echo === true;
  const mid = idAt(message, "mid");
  if (it.psid === null) {
    const kind = isEcho ? "message_echo" : "message";
    return { kind, inbound: [notice(it, kind, message)] };
  }
  if (message.is_deleted === true) {
    if (mid === null) return { kind: "message_deleted", inbound: [notice(it, "message_deleted", message)] };
    const { pageFacebookId, psid, at } = it;
    return { kind: "message_deleted", inbound: [{ type: "unsend", pageFacebookId, psid, at, mid }] };
  }
  const text = textAt(message, "text", longestText);
  const attachments = readAttachments(message);
  const key = mid ?? contentKey("message", it.item);
  const inbound: InboundEvent[] = [
    {
      ...blank(it, it.psid),
      direction: isEcho ? "out" : "in",
      kind: isEcho && attachments.some((one) => one.type === "template") ? "template" : "message",
      mid: key,
      text,
      content: contentOf(it, message),
      replyToMid: idAt(objectAt(message, "reply_to"), "mid"),
      attachments,
      appId: isEcho ? senderOf(message) : null,
      attempt: isEcho ? readAttempt(textAt(message, "metadata")) : null,
    },
    ...(isEcho ? [] : consentBy(it, text, key)),
  ];
  const referred = objectAt(message, "referral");
  if (referred && !isEcho) inbound.push(referral(it, referred));
  return { kind: isEcho ? "message_echo" : "message", inbound };
}

function senderOf(echo: JsonObject): string | null {
  return echo.ai_generated === true ? metaAiApp : idAt(echo, "app_id");
}

/** Reads `postback`: a tap on a button, a menu item, an ice breaker or Get Started. */
export function parsePostback(it: Item, postback: JsonObject): Meaning {
  // A guest of a website's chat has no PSID, and so no contact; standby postbacks come without payload.
  if (it.psid === null) return { kind: "postback", inbound: [notice(it, "postback", postback)] };
  const payload = textAt(postback, "payload", 2_000);
  const title = textAt(postback, "title", 1_000);
  const key =
    idAt(postback, "mid") ?? contentKey("postback", { psid: it.psid, at: it.item.timestamp, payload, title });
  const inbound: InboundEvent[] = [
    {
      ...blank(it, it.psid),
      kind: "postback",
      mid: key,
      text: title ?? payload,
      content: jsonText({ postback, ...priorMessage(it) }),
    },
    ...consentBy(it, payload, key),
  ];
  const referred = objectAt(postback, "referral");
  if (referred) inbound.push(referral(it, referred));
  return { kind: "postback", inbound };
}

function blank(it: Item, psid: string): InboundMessage {
  return {
    type: "message",
    pageFacebookId: it.pageFacebookId,
    psid,
    at: it.at,
    direction: "in",
    kind: "message",
    mid: "",
    text: null,
    content: null,
    replyToMid: null,
    attachments: [],
    appId: null,
    attempt: null,
    isStandby: it.isStandby,
  };
}

/** The event in the timeline and in the contact's history when the whole text ends or renews consent. */
function consentBy(it: Item, text: string | null, messageKey: string): InboundNotice[] {
  const word = text === null ? null : consentWord(text, it.ownWords);
  if (text === null || word === null) return [];
  const by = text.trim();
  const subscribed = word === "start";
  const consent = { subscribed, reason: `Wrote "${by}"` };
  return [{ ...notice(it, "consent", { subscribed, by }, { consent }), key: `consent:${messageKey}` }];
}

// Parts with their own column, or of no use to a reader.
const placed = new Set([
  "mid",
  "text",
  "seq",
  "attachments",
  "is_echo",
  "app_id",
  "metadata",
  "reply_to",
  "nlp",
]);

/** The other parts of a message: quick reply, commands, referral, tags, … as JSON text, or null. */
function contentOf(it: Item, message: JsonObject): string | null {
  const rest: Record<string, unknown> = {};
  let isEmpty = true;
  for (const key of Object.keys(message)) {
    if (placed.has(key)) continue;
    rest[key] = message[key];
    isEmpty = false;
  }
  if (
    it.item.prior_message !== undefined ||
    it.item.hop_context !== undefined ||
    it.item.lead !== undefined
  ) {
    Object.assign(rest, priorMessage(it));
    isEmpty = false;
  }
  return isEmpty ? null : jsonText(rest);
}

function priorMessage({ item }: Item): JsonObject {
  const { prior_message, hop_context, lead } = item;
  return {
    ...(prior_message === undefined ? {} : { prior_message }),
    ...(hop_context === undefined ? {} : { hop_context }),
    ...(lead === undefined ? {} : { lead }),
  };
}

/** Kinds whose URL is signed and expires. */
const files = new Set(["image", "video", "audio", "file", "sticker"]);
const web = /^https?:\/\//i;

function readAttachments(message: JsonObject): InboundAttachment[] {
  if (message.attachments === undefined) return [];
  const all = objectsAt(message, "attachments").slice(0, mostAttachments);
  // Until the end of August 2026 a sticker came twice, as image and as sticker, with the same id.
  const stickers = new Set(
    all.flatMap((one) =>
      one.type === "sticker" ? (idAt(objectAt(one, "payload"), "sticker_id") ?? []) : [],
    ),
  );
  return all
    .filter((one) => {
      const id = one.type === "image" ? idAt(objectAt(one, "payload"), "sticker_id") : null;
      return id === null || !stickers.has(id);
    })
    .map(readAttachment);
}

function readAttachment(one: JsonObject): InboundAttachment {
  const type = textAt(one, "type", 60) ?? "unknown";
  const payload = objectAt(one, "payload");
  const url = textAt(payload, "url", 8_000) ?? textAt(one, "url", 8_000) ?? textAt(one, "URL", 8_000);
  const isFile = url !== null && files.has(type) && web.test(url);
  const rest = payload ? Object.fromEntries(Object.entries(payload).filter(([key]) => key !== "url")) : {};
  return {
    type,
    title: textAt(payload, "title", 1_000) ?? textAt(one, "title", 1_000),
    sourceUrl: url,
    payload: isObject(one.payload) && Object.keys(rest).length > 0 ? jsonText(rest) : null,
    isFile,
  };
}
