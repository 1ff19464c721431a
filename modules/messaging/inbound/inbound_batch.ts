import type {
  ConsentChange,
  InboundComment,
  InboundEdit,
  InboundEvent,
  InboundMessage,
  InboundNotice,
  InboundReaction,
  InboundUnsend,
} from "./inbound_event.ts";

/** The folded content of a batch for one conversation: one row of contacts and one of conversations. */
export interface ConversationFacts {
  pageFacebookId: string;
  psid: string;
  /** The newest action of the person that opens the window. */
  inboundAt: number | null;
  /** The oldest one. */
  firstInboundAt: number | null;
  deliveredUntil: number | null;
  readUntil: number | null;
  /** The newest message that came to us and not by `standby`: no other app had control then. */
  heldAt: number | null;
  /** The newest event that creates a contact: an action of the person, or an echo of a message that is not ours. */
  knownAt: number | null;
  /** Needs its conversation even without a message in the batch. */
  isNeeded: boolean;
  traceId: string | null;
}

/** Events sorted by their target, without repetitions, in lock order. */
export interface InboundBatch {
  conversations: ConversationFacts[];
  messages: InboundMessage[];
  /** Every watermark, since a message has the time of the first that reaches it. */
  watermarks: { pageFacebookId: string; psid: string; at: number; isRead: boolean }[];
  receiptMids: { pageFacebookId: string; mid: string }[];
  echoes: InboundMessage[];
  consents: ({
    pageFacebookId: string;
    psid: string;
    at: number;
    /** They wrote it in a message and may get a reply. */
    isWord: boolean;
  } & ConsentChange)[];
  standby: InboundMessage[];
  reactions: InboundReaction[];
  edits: InboundEdit[];
  unsends: InboundUnsend[];
  notices: InboundNotice[];
  comments: InboundComment[];
  pages: string[];
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Sorts the events. Rows are always locked in this order, so two processes never deadlock. */
export function foldInbound(events: readonly InboundEvent[]): InboundBatch {
  const conversations = new Map<string, ConversationFacts>();
  const messages = new Map<string, InboundMessage>();
  const pages = new Set<string>();
  const batch: InboundBatch = {
    conversations: [],
    messages: [],
    watermarks: [],
    receiptMids: [],
    echoes: [],
    consents: [],
    standby: [],
    reactions: [],
    edits: [],
    unsends: [],
    notices: [],
    comments: [],
    pages: [],
  };

  function conversationOf(event: {
    pageFacebookId: string;
    psid: string;
    traceId?: string | undefined;
  }): ConversationFacts {
    const key = `${event.pageFacebookId} ${event.psid}`;
    let facts = conversations.get(key);
    if (!facts) {
      facts = {
        pageFacebookId: event.pageFacebookId,
        psid: event.psid,
        inboundAt: null,
        firstInboundAt: null,
        deliveredUntil: null,
        readUntil: null,
        heldAt: null,
        knownAt: null,
        isNeeded: false,
        traceId: event.traceId ?? null,
      };
      conversations.set(key, facts);
    }
    return facts;
  }

  for (const event of events) {
    pages.add(event.pageFacebookId);
    if (event.type === "message") {
      const facts = conversationOf(event);
      const key = `${event.pageFacebookId} ${event.mid}`;
      if (!messages.has(key)) messages.set(key, event);
      if (event.attempt === null) facts.knownAt = later(facts.knownAt, event.at);
      if (event.direction === "in") {
        noteInbound(facts, event.at);
        if (!event.isStandby) facts.heldAt = later(facts.heldAt, event.at);
      } else batch.echoes.push(event);
      if (event.isStandby) batch.standby.push(event);
      continue;
    }
    if (event.type === "comment") {
      batch.comments.push(event);
      continue;
    }
    if (event.type === "notice") {
      batch.notices.push(event);
      if (event.psid === null) continue;
      const { psid } = event;
      const facts = conversationOf({ pageFacebookId: event.pageFacebookId, psid, traceId: event.traceId });
      facts.isNeeded = true;
      facts.knownAt = later(facts.knownAt, event.at);
      if (event.opensWindow) noteInbound(facts, event.at);
      if (event.consent !== null)
        batch.consents.push({
          pageFacebookId: event.pageFacebookId,
          psid,
          at: event.at,
          isWord: event.kind === "consent",
          ...event.consent,
        });
      continue;
    }
    const facts = conversationOf(event);
    facts.isNeeded = true;
    if (event.type !== "receipt") facts.knownAt = later(facts.knownAt, event.at);
    if (event.type === "receipt") {
      facts.readUntil = later(facts.readUntil, event.readUntil);
      // A read message was delivered.
      facts.deliveredUntil = later(later(facts.deliveredUntil, event.deliveredUntil), event.readUntil);
      const { pageFacebookId, psid, deliveredUntil, readUntil } = event;
      if (deliveredUntil !== null)
        batch.watermarks.push({ pageFacebookId, psid, at: deliveredUntil, isRead: false });
      if (readUntil !== null) batch.watermarks.push({ pageFacebookId, psid, at: readUntil, isRead: true });
      for (const mid of event.mids) batch.receiptMids.push({ pageFacebookId: event.pageFacebookId, mid });
    } else if (event.type === "reaction") {
      if (event.actor === "contact" && event.emoji !== null) noteInbound(facts, event.at);
      batch.reactions.push(event);
    } else if (event.type === "edit") batch.edits.push(event);
    else batch.unsends.push(event);
  }

  batch.pages = [...pages].toSorted(byText);
  batch.conversations = [...conversations].toSorted((a, b) => byText(a[0], b[0])).map(([, facts]) => facts);
  batch.messages = [...messages].toSorted((a, b) => byText(a[0], b[0])).map(([, message]) => message);
  return batch;
}

function noteInbound(facts: ConversationFacts, at: number): void {
  facts.inboundAt = later(facts.inboundAt, at);
  facts.firstInboundAt = Math.min(facts.firstInboundAt ?? at, at);
}

function later(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null || a >= b ? a : b;
}

/** True when one statement writes it all; else several follow it, and the caller must give a transaction. */
export function isPlain(batch: InboundBatch): boolean {
  return (
    batch.echoes.length === 0 &&
    batch.consents.length === 0 &&
    batch.standby.length === 0 &&
    batch.reactions.length === 0 &&
    batch.edits.length === 0 &&
    batch.unsends.length === 0 &&
    batch.notices.length === 0 &&
    batch.comments.length === 0
  );
}
