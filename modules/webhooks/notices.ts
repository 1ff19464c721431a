import type { ContactSource, InboundNotice } from "#messaging/inbound";
import { type JsonObject, jsonText, objectAt, textAt } from "./json.ts";
import { contentKey, type Item } from "./meaning.ts";

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
