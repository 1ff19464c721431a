/**
 * Persons of the control API.
 *
 *   GET    persons?pageId&limit                   {total, persons}
 *   POST   persons                                {pageId, name?, psid?, profile?, isOnline?, isLooking?, lastActionHoursAgo?, text?}: one person;
 *                                                 with {count} so many, answered as {psids}; `text` makes each of them write it
 *   GET · PATCH · DELETE persons/{psid}           name, profile (full|name_only|none|no_permission), profileDelayMs, locale, timezone,
 *                                                 isOnline, isLooking, hasBlocked, lastActionAt
 *   GET    persons/{psid}/thread                  {person, messages}
 *   POST   persons/{psid}/write                   {text?, quickReplyPayload?, replyTo?, stickerId?, attachments?, referral?, at?} or multipart
 *                                                 with files; answers {mid}
 *   POST   persons/{psid}/tap                     {title, payload, mid?}: a button · {…, referral} as after an m.me link
 *   POST   persons/{psid}/start                   {payload?, ref?}: Get Started, with the payload of the page's profile
 *   POST   persons/{psid}/react                   {mid, reaction|null} · edit {mid, text} · unsend {mid}
 *   POST   persons/{psid}/deliver · read          receipts for everything so far
 *   POST   persons/{psid}/block · unblock
 *   POST   persons/{psid}/business_suite          {text, withAppId?: true}: a human answers in Meta's inbox
 *   POST   persons/{psid}/comment                 {text, postId?, albumId?: of a photo post, isAnonymous?, at?}: {commentId} · edit_comment {commentId, text} · remove_comment {commentId} · answer_comment {commentId}: a colleague answers it privately
 *   POST   persons/{psid}/age                     {hours}: moves the thread and the last action so far into the past
 *   POST   persons/{psid}/referral                {ref, source?, adId?} · optin {…the optin object} · account_link {status, code?}
 *   POST   persons/{psid}/feedback                {…messaging_feedback} · response_feedback {mid, feedback}
 *   POST   persons/{psid}/owner                   {appId} or {isOurs: true}: passes the thread, and our app hears of it; Meta's inbox
 *                                                 takes it · {appId: null}: releases it, without an event
 *   POST   persons/{psid}/ask_for_thread          {appId?}: another app requests the thread from ours
 *   POST   persons/{psid}/meta_ai                 {isHolding?, text?}: Meta's AI holds the thread without any event; text: it answers so
 */
import { storeFile } from "./attachments.ts";
import { ControlError, type ControlRequest } from "./control_request.ts";
import { handleEvent } from "./control_events.ts";
import { asFlag, asNumber, asText, type JsonRecord } from "./json.ts";
import {
  agePerson,
  editAsPerson,
  reactAsPerson,
  readWriting,
  setLooking,
  setOnline,
  unsendAsPerson,
  writeAsPerson,
} from "./person_actions.ts";
import { nextPsid } from "./seed.ts";
import type { Sim } from "./sim.ts";
import type { Message, Page, Person } from "./state.ts";
import { addPerson, newPerson } from "./threads.ts";
import { windowEnd } from "./window_rules.ts";

/** Answers `/_simulator/persons…`. */
export function handlePersons(sim: Sim, call: ControlRequest): unknown {
  const [, psid, action] = call.path;
  if (psid === undefined) {
    return call.method === "POST" ? createPersons(sim, call.body) : listPersons(sim, call.query);
  }
  const person = sim.state.persons.get(psid);
  if (person === undefined)
    throw new ControlError(404, `Cannot find the person "${psid}": GET /_simulator/persons lists them`);
  if (action === undefined) return handlePerson(sim, person, call);
  if (action === "thread") return { person: personRecord(person), messages: person.messages };
  if (call.method !== "POST") throw new ControlError(405, `Cannot ${call.method} "${action}": use POST`);
  return act(sim, person, action, call);
}

function listPersons(sim: Sim, query: URLSearchParams): JsonRecord {
  const pageId = query.get("pageId");
  const limit = Number(query.get("limit") ?? 200);
  const fitting: Person[] = [];
  for (const person of sim.state.persons.values())
    if ((pageId ?? person.pageId) === person.pageId) fitting.push(person);
  return { total: fitting.length, persons: fitting.slice(0, limit).map(personRecord) };
}

/** A person without their messages. */
export function personRecord(person: Person): JsonRecord {
  const { messages, ...rest } = person;
  const name = `${person.firstName} ${person.lastName}`.trim();
  return { ...rest, name, windowEnd: windowEnd(person), messageCount: messages.length };
}

const names = [
  "Lea Brandt",
  "Omar Haddad",
  "Yuki Sato",
  "Clara Rossi",
  "Jonas Weber",
  "Linh Pham",
  "Amara Obi",
  "Nils Berg",
];

function createPersons(sim: Sim, body: JsonRecord): JsonRecord {
  const page = sim.state.pages.get(asText(body.pageId) ?? "");
  if (page === undefined) throw new ControlError(400, "Cannot make a person: give the pageId of a page");
  const count = asNumber(body.count);
  if (count === undefined) return personRecord(createPerson(sim, page, body, 0));
  const psids: string[] = [];
  for (let index = 0; index < count; index += 1) psids.push(createPerson(sim, page, body, index).psid);
  sim.live.all();
  return { psids };
}

function createPerson(sim: Sim, page: Page, body: JsonRecord, index: number): Person {
  const given = asText(body.psid);
  const psid = given !== undefined && body.count === undefined ? given : nextPsid(sim.state);
  const fallback = names[(sim.state.persons.size + index) % names.length] ?? "Person";
  const person = newPerson(psid, page.id, asText(body.name) ?? fallback);
  addPerson(sim, person);
  changePerson(sim, person, body);
  const text = asText(body.text);
  const hours = asNumber(body.lastActionHoursAgo);
  const at = hours === undefined ? Date.now() : Date.now() - hours * 3_600_000;
  if (hours !== undefined) person.lastActionAt = at;
  if (text !== undefined) writeAsPerson(sim, person, { text, at });
  if (body.count === undefined) sim.live.all();
  return person;
}

function handlePerson(sim: Sim, person: Person, call: ControlRequest): JsonRecord {
  if (call.method === "PATCH") changePerson(sim, person, call.body);
  if (call.method === "DELETE") {
    sim.state.persons.delete(person.psid);
    sim.state.conversations.delete(person.conversationId);
    for (const message of person.messages) sim.state.messages.delete(message.mid);
    sim.touch();
    sim.live.all();
  }
  return personRecord(person);
}

function changePerson(sim: Sim, person: Person, body: JsonRecord): void {
  const name = asText(body.name);
  if (name !== undefined) {
    const [firstName = "", ...rest] = name.split(" ");
    Object.assign(person, { firstName, lastName: rest.join(" ") });
  }
  const { profile } = body;
  if (profile === "full" || profile === "name_only" || profile === "none" || profile === "no_permission") {
    person.profile = profile;
  }
  const delay = asNumber(body.profileDelayMs);
  if (delay !== undefined) person.profileFrom = Date.now() + delay;
  person.locale = asText(body.locale) ?? person.locale;
  person.timezone = asNumber(body.timezone) ?? person.timezone;
  person.hasBlocked = asFlag(body.hasBlocked) ?? person.hasBlocked;
  if (body.lastActionAt !== undefined) person.lastActionAt = asNumber(body.lastActionAt) ?? null;
  const isOnline = asFlag(body.isOnline);
  if (isOnline !== undefined) setOnline(sim, person, isOnline);
  const isLooking = asFlag(body.isLooking);
  if (isLooking !== undefined) setLooking(sim, person, isLooking);
  sim.live.person(person.psid);
  sim.touch();
}

function act(sim: Sim, person: Person, action: string, call: ControlRequest): unknown {
  const { body } = call;
  switch (action) {
    case "write": {
      const writing = readWriting(body);
      const files = call.files.map((file) => storeFile(sim, null, typeOf(file.mime), file));
      const isEmpty = files.length === 0 && writing.text === undefined && writing.stickerId === undefined;
      if (isEmpty && writing.attachments === undefined) {
        throw new ControlError(400, "Cannot write: give text, stickerId, attachments or a file");
      }
      return { mid: writeAsPerson(sim, person, { ...writing, files }).mid };
    }
    case "react": {
      const reaction = body.reaction === null ? null : (asText(body.reaction) ?? "love");
      return reactAsPerson(sim, person, findMessage(sim, person, body), reaction);
    }
    case "edit":
      if (!editAsPerson(sim, person, findMessage(sim, person, body), asText(body.text) ?? "")) {
        throw new ControlError(409, "Cannot edit: it is the page's message, or it was edited five times");
      }
      return undefined;
    case "unsend":
      if (!unsendAsPerson(sim, person, findMessage(sim, person, body))) {
        throw new ControlError(409, "Cannot unsend: it is the page's message");
      }
      return undefined;
    case "block":
    case "unblock":
      return changePerson(sim, person, { hasBlocked: action === "block" });
    case "age":
      return agePerson(sim, person, asNumber(body.hours) ?? 25);
    default:
      return handleEvent(sim, person, action, body);
  }
}

function typeOf(mime: string): string {
  const kind = mime.split("/")[0] ?? "";
  return ["image", "video", "audio"].includes(kind) ? kind : "file";
}

function findMessage(sim: Sim, person: Person, body: JsonRecord): Message {
  const message = sim.state.messages.get(asText(body.mid) ?? "");
  if (message === undefined || message.psid !== person.psid) {
    throw new ControlError(404, "Cannot find the message: give the mid of a message in this person's thread");
  }
  return message;
}
