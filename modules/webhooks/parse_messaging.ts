import { type InboundEvent, type InboundNotice, type PageNews, readStanding } from "#messaging/inbound";
import { idAt, isObject, type JsonObject, jsonText, objectAt, objectsAt, textAt } from "./json.ts";
import { type Item, kindOf, type Meaning, psidOf, type Surroundings } from "./meaning.ts";
import { notice, referral } from "./notices.ts";
import { optin } from "./parse_optin.ts";
import { parseMessage, parsePostback } from "./parse_messages.ts";
import { readTime } from "./times.ts";

// Properties of an item besides its kind.
const surroundings = new Set(["sender", "recipient", "timestamp", "prior_message", "lead", "hop_context"]);

/** Reads one item of `messaging`, `standby` or `calls`. */
export function parseItem(
  item: JsonObject,
  around: Surroundings,
  list: "messaging" | "standby" | "calls",
): Meaning {
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

function optout(it: Item, value: JsonObject): InboundNotice {
  return notice(it, "optout", value, {
    consent: { subscribed: false, reason: "Opted out in Messenger" },
  });
}

function policy(it: Item, value: JsonObject): InboundNotice {
  const action = textAt(value, "action") ?? "";
  const reason = textAt(value, "reason") ?? "no reason given";
  const effects = {
    block: { restriction: { reason: `Meta blocked the page: ${reason}`, until: null } },
    unblock: { restriction: { reason: null, until: null } },
    warning: { warning: `Meta warned the page: ${reason}` },
  };
  const pageNews = Object.entries(effects).find(([known]) => known === action)?.[1] ?? null;
  return notice(it, "policy_enforcement", value, { psid: null, pageNews });
}

function integrity(it: Item): Meaning | null {
  const status = textAt(it.item, "status");
  const restrictions = [...objectsAt(it.item, "restrictions"), ...it.restrictions];
  const isIntegrity =
    status !== null &&
    (restrictions.length > 0 ||
      ["violations", "restrictions", "action_events", "actions_events"].some((key) => key in it.item));
  if (!isIntegrity) return null;
  const { hold, isFree, isWarned, limits } = readStanding({ status, restrictions }, it.now);
  const pageNews: PageNews = {
    limits: jsonText(limits),
    ...(hold ? { restriction: hold } : isFree ? { restriction: { reason: null, until: null } } : {}),
    ...(isWarned ? { warning: "Meta warned the page about its integrity" } : {}),
  };
  const kind = "business_integrity";
  return { kind, inbound: [notice(it, kind, { ...it.item, restrictions }, { psid: null, pageNews })] };
}

function edit(it: Item, value: JsonObject): Meaning {
  const mid = idAt(value, "mid");
  if (mid === null || it.psid === null)
    return { kind: "message_edit", inbound: [notice(it, "message_edit", value)] };
  const num = Number(textAt(value, "num_edit"));
  return {
    kind: "message_edit",
    inbound: [
      {
        type: "edit",
        pageFacebookId: it.pageFacebookId,
        psid: it.psid,
        at: it.at,
        mid,
        text: textAt(value, "text", 20_000),
        editNum: Number.isInteger(num) && num > 0 && num < 30_000 ? num : 1,
      },
    ],
  };
}

function reaction(it: Item, value: JsonObject): Meaning {
  const mid = idAt(value, "mid");
  if (mid === null || it.psid === null) return { kind: "reaction", inbound: [notice(it, "reaction", value)] };
  const isTakenBack = textAt(value, "action") === "unreact";
  const reaction = textAt(value, "reaction", 50);
  const isByPage = idAt(objectAt(it.item, "sender"), "id") === it.pageFacebookId;
  return {
    kind: "reaction",
    inbound: [
      {
        type: "reaction",
        pageFacebookId: it.pageFacebookId,
        psid: it.psid,
        at: it.at,
        mid,
        actor: isByPage ? "page" : "contact",
        emoji: isTakenBack ? null : (textAt(value, "emoji", 50) ?? emojis[reaction ?? ""] ?? "👍"),
        reaction: isTakenBack ? null : reaction,
      },
    ],
  };
}

const emojis: Readonly<Record<string, string>> = {
  smile: "😆",
  angry: "😠",
  sad: "😢",
  wow: "😮",
  love: "❤️",
  like: "👍",
  dislike: "👎",
};

function receipt(it: Item, key: "delivery" | "read", value: JsonObject): Meaning {
  const watermark = readTime(value.watermark, it.now);
  const mids = Array.isArray(value.mids)
    ? value.mids.slice(0, 1_000).flatMap((mid) => idAt({ mid }, "mid") ?? [])
    : [];
  if (it.psid === null || (watermark === null && mids.length === 0))
    return { kind: key, inbound: [notice(it, key, value)] };
  return {
    kind: key,
    inbound: [
      {
        type: "receipt",
        pageFacebookId: it.pageFacebookId,
        psid: it.psid,
        at: it.at,
        deliveredUntil: key === "delivery" ? watermark : null,
        readUntil: key === "read" ? watermark : null,
        mids,
      },
    ],
  };
}
