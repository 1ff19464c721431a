import { storable } from "#std";
import { consentWord, type OwnWords } from "../contacts/mod.ts";
import type { PastAttachment, PastMessage, PastConversation } from "../graph/mod.ts";
import type { InboundAttachment, InboundMessage, InboundNotice, History } from "../inbound/mod.ts";

export interface PastReading {
  pageFacebookId: string;
  /** Later messages of the page come from its echoes, which have their author. */
  sentBefore: number;
  ownWords: OwnWords | undefined;
  /** When messages that are known already were sent, by their ids. */
  knownTimes: ReadonlyMap<string, number>;
  /** Deleted people with the time in ms: their earlier messages stay deleted. */
  deletedAt: ReadonlyMap<string, number>;
}

const longestText = 20_000;

/** Past conversations as the events that would have reported them. */
export function pastEvents(conversations: readonly PastConversation[], reading: PastReading): History {
  const { pageFacebookId } = reading;
  return {
    events: conversations.flatMap(({ psid, messages }) =>
      inOrder(messages, reading.knownTimes)
        .filter(({ at }) => at > (reading.deletedAt.get(psid) ?? 0))
        .flatMap((message) => eventsOf(message, { ...reading, psid })),
    ),
    names: conversations.flatMap(({ psid, name }) =>
      name === null ? [] : [{ pageFacebookId, psid, name: storable(name, 200) }],
    ),
  };
}

/** Meta's inbox gives times in whole seconds, and the newest message first: the order between them is kept. */
function inOrder(
  newestFirst: readonly PastMessage[],
  knownTimes: ReadonlyMap<string, number>,
): PastMessage[] {
  let before = 0;
  return newestFirst.toReversed().map((message) => {
    const at = knownTimes.get(message.mid) ?? Math.max(message.at, before + 1);
    before = Math.max(before, at);
    return { ...message, at };
  });
}

function eventsOf(
  past: PastMessage,
  { pageFacebookId, psid, sentBefore, ownWords }: PastReading & { psid: string },
): (InboundMessage | InboundNotice)[] {
  const direction = past.fromId === psid ? "in" : "out";
  if (direction === "out" && past.at >= sentBefore) return [];
  const text = past.text === null ? null : storable(past.text, longestText);
  const message: InboundMessage = {
    type: "message",
    pageFacebookId,
    psid,
    at: past.at,
    direction,
    kind: past.attachments.some(({ card }) => card !== undefined) ? "template" : "message",
    mid: past.mid,
    text,
    content: null,
    replyToMid: past.replyToMid,
    attachments: past.attachments.map(attachmentOf),
    appId: null,
    attempt: null,
    isStandby: false,
  };
  const word = direction === "in" && text !== null ? consentWord(text, ownWords) : null;
  if (text === null || word === null) return [message];
  const by = text.trim();
  const subscribed = word === "start";
  return [
    message,
    {
      type: "notice",
      pageFacebookId,
      psid,
      at: past.at,
      kind: "consent",
      key: `consent:${past.mid}`,
      data: JSON.stringify({ subscribed, by }),
      opensWindow: false,
      consent: { subscribed, reason: `Wrote "${by}"` },
      source: null,
      owner: null,
      pageNews: null,
    },
  ];
}

function attachmentOf({ type, title, url, card }: PastAttachment): InboundAttachment {
  return {
    type,
    title: title === null ? null : storable(title, 500),
    sourceUrl: url === null ? null : storable(url, 4_000),
    payload: card === undefined ? null : JSON.stringify(elementOf(title, card)),
    isFile: url !== null && type !== "fallback",
  };
}

/** A card as the echo of one tells it. */
function elementOf(title: string | null, { subtitle, button }: NonNullable<PastAttachment["card"]>) {
  const element = {
    title: storable(title ?? "", 500),
    ...(subtitle === null ? {} : { subtitle: storable(subtitle, 500) }),
    ...(button === null ? {} : { buttons: [{ title: storable(button, 100) }] }),
  };
  return { template_type: "generic", elements: [element] };
}
