import { conversationId, newMid } from "./ids.ts";
import type { JsonRecord } from "./json.ts";
import type { Sim } from "./sim.ts";
import { type Message, type Person, threadDepth } from "./state.ts";
import { isOnStandby } from "./thread_owner.ts";
import type { EntryList } from "./webhooks.ts";

/** Puts a message at the end of a thread; the oldest falls out when the thread is full. */
export function addMessage(sim: Sim, person: Person, message: Message): void {
  const { state } = sim;
  person.messages.push(message);
  state.messages.set(message.mid, message);
  if (person.messages.length > threadDepth * 1.5) {
    for (const old of person.messages.splice(0, person.messages.length - threadDepth))
      state.messages.delete(old.mid);
  }
  sim.live.person(person.psid);
  sim.touch();
}

/** Sends an event of a thread: to `standby` when another app controls it. */
export function publishToThread(sim: Sim, person: Person, field: string, item: JsonRecord): void {
  if (person.isBlockedByPage || !mayBeHeard(sim, person)) return;
  const isStandby = isOnStandby(sim, person);
  const list: EntryList = isStandby ? "standby" : "messaging";
  sim.webhooks.publish({ pageId: person.pageId, field: isStandby ? "standby" : field, list, item });
}

/** With Standard Access the app gets events only of people with a role on it. */
export function mayBeHeard({ switches: { app } }: Sim, { psid }: Person): boolean {
  return app.access === "advanced" || app.roleholders.includes(psid);
}

/** The frame of an event that the person caused. */
export function fromPerson(person: Person, at: number, rest: JsonRecord): JsonRecord {
  return { sender: { id: person.psid }, recipient: { id: person.pageId }, timestamp: at, ...rest };
}

/** A new person of a page, without messages. */
export function newPerson(psid: string, pageId: string, name: string): Person {
  const [firstName = "", ...rest] = name.split(" ");
  return {
    psid,
    pageId,
    firstName,
    lastName: rest.join(" "),
    profile: "full",
    profileFrom: 0,
    locale: "en_US",
    timezone: 0,
    isOnline: true,
    isLooking: false,
    hasBlocked: false,
    isBlockedByPage: false,
    lastActionAt: null,
    adMessageAt: null,
    conversationId: conversationId(psid),
    messages: [],
    deliveredUntil: 0,
    readUntil: 0,
    typingUntil: 0,
    seenUntil: 0,
    ownerAppId: null,
    isLinked: false,
  };
}

/** Registers a person, so that ids and conversations find them. */
export function addPerson(sim: Sim, person: Person): void {
  sim.state.persons.set(person.psid, person);
  sim.state.conversations.set(person.conversationId, person.psid);
  sim.touch();
}

/** A message of the page that passed every rule. */
export interface PageMessage {
  content: JsonRecord;
  appId: string;
  metadata?: string;
  messagingType?: string;
  tag?: string;
  personaId?: string;
  /** `attachments` as the echo shows them. */
  echoAttachments?: JsonRecord[];
  /** `text` as the echo shows it. */
  echoText?: string;
  isAiGenerated?: boolean;
}

/** Accepts a message of the page: thread, echo at once, and the receipts of the person's phone. */
export function acceptPageMessage(sim: Sim, person: Person, given: PageMessage): Message {
  const at = Date.now();
  const message: Message = {
    mid: newMid(),
    pageId: person.pageId,
    psid: person.psid,
    from: "page",
    at,
    content: given.content,
    appId: given.appId,
  };
  if (given.metadata !== undefined) message.metadata = given.metadata;
  if (given.messagingType !== undefined) message.messagingType = given.messagingType;
  if (given.tag !== undefined) message.tag = given.tag;
  if (given.personaId !== undefined) message.personaId = given.personaId;
  person.typingUntil = 0;
  addMessage(sim, person, message);
  publishToThread(sim, person, "message_echoes", echoOf(person, message, given));
  scheduleReceipts(sim, person, message);
  return message;
}

function echoOf(person: Person, message: Message, given: PageMessage): JsonRecord {
  const echo: JsonRecord = { is_echo: true };
  // The app id is a number in every captured echo.
  if (given.appId !== "") echo.app_id = Number(given.appId);
  if (given.metadata !== undefined) echo.metadata = given.metadata;
  if (given.isAiGenerated === true) echo.ai_generated = true;
  echo.mid = message.mid;
  if (given.echoText !== undefined) echo.text = given.echoText;
  if (given.echoAttachments !== undefined) echo.attachments = given.echoAttachments;
  if (given.content.reply_to !== undefined) echo.reply_to = given.content.reply_to;
  return {
    sender: { id: person.pageId },
    recipient: { id: person.psid },
    timestamp: message.at,
    message: echo,
  };
}

function scheduleReceipts(sim: Sim, person: Person, message: Message): void {
  if (!person.isOnline || person.hasBlocked) return;
  sim.later(() => {
    if (person.isOnline) deliver(sim, person, [message.mid], message.at);
  }, sim.switches.deliveryMs);
}

/** The phone received everything up to the watermark. */
export function deliver(sim: Sim, person: Person, mids: string[], watermark: number): void {
  if (watermark > person.deliveredUntil) person.deliveredUntil = watermark;
  const item = fromPerson(person, Date.now(), { delivery: { mids, watermark } });
  publishToThread(sim, person, "message_deliveries", item);
  sim.live.person(person.psid);
  if (person.isLooking) {
    sim.later(() => {
      if (person.isLooking) read(sim, person, watermark);
    }, sim.switches.readMs);
  }
}

/** The person saw everything up to the watermark. */
export function read(sim: Sim, person: Person, watermark: number): void {
  if (watermark <= person.readUntil) return;
  person.readUntil = watermark;
  publishToThread(sim, person, "message_reads", fromPerson(person, Date.now(), { read: { watermark } }));
  sim.live.person(person.psid);
  sim.touch();
}
