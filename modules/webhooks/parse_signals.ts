/** What Meta sends in `messaging` besides messages: edits, reactions, receipts, opt-outs, and news of the page itself. */
import { type InboundNotice, type PageNews, readStanding } from "#messaging/inbound";
import { type Item, type Meaning, notice, readTime } from "./item.ts";
import { idAt, type JsonObject, jsonText, objectAt, objectsAt, textAt } from "./json.ts";

export function optout(it: Item, value: JsonObject): InboundNotice {
  return notice(it, "optout", value, {
    consent: { subscribed: false, reason: "Opted out in Messenger" },
  });
}

export function policy(it: Item, value: JsonObject): InboundNotice {
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

export function integrity(it: Item): Meaning | null {
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

export function edit(it: Item, value: JsonObject): Meaning {
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

export function reaction(it: Item, value: JsonObject): Meaning {
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

export function receipt(it: Item, key: "delivery" | "read", value: JsonObject): Meaning {
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
