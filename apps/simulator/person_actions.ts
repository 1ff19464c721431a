import { webhookAttachment } from "./attachments.ts";
import { newMid } from "./ids.ts";
import { asRecord, asRecords, asText, type JsonRecord } from "./json.ts";
import { stickerUrl } from "./pictures.ts";
import type { Sim } from "./sim.ts";
import type { Attachment, Comment, Message, Person } from "./state.ts";
import { acceptPageMessage, addMessage, deliver, fromPerson, publishToThread, read } from "./threads.ts";
import { wakeThread } from "./thread_control.ts";
import { inboxAppId, isOnStandby } from "./thread_owner.ts";

/** A message of a person. */
export interface Writing {
  text?: string;
  quickReplyPayload?: string;
  replyTo?: string;
  stickerId?: string;
  files?: Attachment[];
  /** Attachments in the webhook's own shape: reel, location, appointment_booking … */
  attachments?: JsonRecord[];
  referral?: JsonRecord;
  /** Milliseconds since 1970; now when absent. */
  at?: number;
}

/** The person writes: a message event, which opens their window and unblocks the page. */
export function writeAsPerson(sim: Sim, person: Person, writing: Writing): Message {
  const at = writing.at ?? Date.now();
  const attachments = [
    ...(writing.files ?? []).map((file) => webhookAttachment(sim, file)),
    ...(writing.attachments ?? []),
  ];
  if (writing.stickerId !== undefined) {
    const url = stickerUrl(sim, writing.stickerId);
    // Since 30 August 2026 a sticker is one attachment of its own type.
    attachments.push({ type: "sticker", payload: { url, sticker_id: Number(writing.stickerId) } });
  }
  const content: JsonRecord = {};
  if (writing.text !== undefined) content.text = writing.text;
  if (writing.quickReplyPayload !== undefined) content.quick_reply = { payload: writing.quickReplyPayload };
  if (attachments.length > 0) content.attachments = attachments;
  if (writing.replyTo !== undefined) {
    const original = sim.state.messages.get(writing.replyTo);
    content.reply_to = { mid: writing.replyTo, is_self_reply: original?.from === "person" };
  }
  if (writing.referral !== undefined) {
    content.referral = writing.referral;
    if (writing.referral.source === "ADS" && person.messages.length === 0) person.adMessageAt = at;
  }
  const message: Message = {
    mid: newMid(),
    pageId: person.pageId,
    psid: person.psid,
    from: "person",
    at,
    content,
  };
  person.hasBlocked = false;
  act(person, at);
  wakeThread(sim, person, at);
  addMessage(sim, person, message);
  publishToThread(
    sim,
    person,
    "messages",
    fromPerson(person, at, { message: { mid: message.mid, ...content } }),
  );
  return message;
}

/** Actions open the 24 h window; an older one never closes it. */
function act(person: Person, at: number): void {
  person.lastActionAt = Math.max(person.lastActionAt ?? 0, at);
}

/**
 * The person taps a button, and the thread shows its title as theirs. Get Started carries no mid; a standby thread's
 * postback carries no payload.
 */
export function tapButton(
  sim: Sim,
  person: Person,
  tap: { title: string; payload: string; mid?: string; referral?: JsonRecord },
): void {
  const at = Date.now();
  act(person, at);
  wakeThread(sim, person, at);
  const postback: JsonRecord = { title: tap.title };
  if (!isOnStandby(sim, person)) postback.payload = tap.payload;
  if (tap.mid !== undefined) postback.mid = tap.mid;
  if (tap.referral !== undefined) postback.referral = tap.referral;
  addMessage(sim, person, {
    mid: tap.mid ?? newMid(),
    pageId: person.pageId,
    psid: person.psid,
    from: "person",
    at,
    content: { text: tap.title },
  });
  publishToThread(sim, person, "messaging_postbacks", fromPerson(person, at, { postback }));
}

const emojis: Record<string, string> = {
  love: "❤️",
  smile: "😆",
  wow: "😮",
  sad: "😢",
  angry: "😠",
  like: "👍",
  dislike: "👎",
};

/** The person reacts to a message, or takes the reaction back with null. A reaction opens the window. */
export function reactAsPerson(sim: Sim, person: Person, message: Message, reaction: string | null): void {
  const at = Date.now();
  const reactions = { ...message.reactions };
  if (reaction === null) delete reactions.person;
  else reactions.person = reaction;
  message.reactions = reactions;
  act(person, at);
  const item: JsonRecord = { mid: message.mid, action: reaction === null ? "unreact" : "react" };
  if (reaction !== null) {
    item.reaction = emojis[reaction] === undefined ? "other" : reaction;
    item.emoji = emojis[reaction] ?? reaction;
  }
  publishToThread(sim, person, "message_reactions", fromPerson(person, at, { reaction: item }));
  sim.live.person(person.psid);
  sim.touch();
}

/** The person edits their message; Messenger allows five edits. */
export function editAsPerson(sim: Sim, person: Person, message: Message, text: string): boolean {
  const edits = (message.edits ?? 0) + 1;
  if (edits > 5 || message.from !== "person") return false;
  message.edits = edits;
  message.content = { ...message.content, text };
  const item = { mid: message.mid, text, num_edit: edits };
  publishToThread(sim, person, "message_edits", fromPerson(person, Date.now(), { message_edit: item }));
  sim.live.person(person.psid);
  sim.touch();
  return true;
}

/** The person unsends their message. */
export function unsendAsPerson(sim: Sim, person: Person, message: Message): boolean {
  if (message.from !== "person") return false;
  message.isDeleted = true;
  const item = fromPerson(person, Date.now(), { message: { mid: message.mid, is_deleted: true } });
  publishToThread(sim, person, "messages", item);
  sim.live.person(person.psid);
  sim.touch();
  return true;
}

/** The phone goes online or offline: waiting messages are delivered at once. */
export function setOnline(sim: Sim, person: Person, isOnline: boolean): void {
  person.isOnline = isOnline;
  if (isOnline) deliverWaiting(sim, person);
  sim.live.person(person.psid);
  sim.touch();
}

/** The phone shows or hides the thread: delivered messages become read. */
export function setLooking(sim: Sim, person: Person, isLooking: boolean): void {
  person.isLooking = isLooking;
  if (isLooking) {
    person.isOnline = true;
    deliverWaiting(sim, person);
    const newest = newestFromPage(person);
    if (newest !== undefined) read(sim, person, newest.at);
  }
  sim.live.person(person.psid);
  sim.touch();
}

function newestFromPage(person: Person): Message | undefined {
  return person.messages.findLast((message) => message.from === "page");
}

function deliverWaiting(sim: Sim, person: Person): void {
  const waiting = person.messages.filter(
    (message) => message.from === "page" && message.at > person.deliveredUntil,
  );
  const newest = waiting.at(-1);
  if (newest === undefined) return;
  deliver(
    sim,
    person,
    waiting.map((message) => message.mid),
    newest.at,
  );
}

/** A human types to the person in Meta Business Suite: an echo with Meta's own app id, or with none. */
export function typeInBusinessSuite(sim: Sim, person: Person, text: string, withAppId: boolean): Message {
  return acceptPageMessage(sim, person, {
    content: { text },
    appId: withAppId ? inboxAppId : "",
    echoText: text,
  });
}

/** Moves the person's last action and thread into the past, as if so many hours had gone by. */
export function agePerson(sim: Sim, person: Person, hours: number): void {
  const newest = Math.max(person.lastActionAt ?? 0, person.messages.at(-1)?.at ?? 0);
  const target = Date.now() - hours * 3_600_000;
  const shift = (newest === 0 ? Date.now() : newest) - target;
  for (const message of person.messages) message.at -= shift;
  person.lastActionAt = person.lastActionAt === null ? null : target;
  if (person.adMessageAt !== null) person.adMessageAt -= shift;
  if (person.ownedUntil !== undefined) person.ownedUntil -= shift;
  person.deliveredUntil -= Math.min(person.deliveredUntil, shift);
  person.readUntil -= Math.min(person.readUntil, shift);
  sim.live.person(person.psid);
  sim.touch();
}

/** The person comments on a post of the page. */
export function commentAsPerson(
  sim: Sim,
  person: Person,
  given: { text: string; postId?: string; at?: number; albumId?: string; isAnonymous?: boolean },
): Comment {
  const { state } = sim;
  state.serial += 1;
  const at = given.at ?? Date.now();
  const postNumber = "122103846645077607";
  const postId = given.postId ?? `${person.pageId}_${postNumber}`;
  const id = `${postId.split("_").pop() ?? postNumber}_${1_490_822_195_000_000 + state.serial}`;
  const comment: Comment = {
    id,
    pageId: person.pageId,
    postId,
    psid: person.psid,
    text: given.text,
    at,
    isDeleted: false,
    wasAnswered: false,
  };
  if (given.albumId !== undefined) comment.albumId = given.albumId;
  if (given.isAnonymous === true) comment.isAnonymous = true;
  state.comments.set(id, comment);
  publishComment(sim, person, comment, "add");
  sim.touch();
  return comment;
}

/** Tells about a comment in the shape of the `feed` field; its times are in seconds. */
export function publishComment(
  sim: Sim,
  person: Person,
  comment: Comment,
  verb: "add" | "edited" | "remove",
): void {
  const value: JsonRecord = {
    post_id: comment.postId,
    comment_id: comment.id,
    created_time: Math.floor(comment.at / 1000),
    item: "comment",
    parent_id: parentOf(comment),
    verb,
  };
  if (comment.isAnonymous !== true)
    value.from = { id: person.psid, name: `${person.firstName} ${person.lastName}`.trim() };
  if (verb !== "remove") value.message = comment.text;
  if (verb === "edited") value.edited_time = Math.floor(Date.now() / 1000);
  sim.webhooks.publish({
    pageId: person.pageId,
    field: "feed",
    list: "changes",
    item: { field: "feed", value },
  });
}

/** Under a photo post Meta names the album and the story, so that it is not the `post_id`. */
function parentOf({ albumId, postId }: Comment): string {
  return albumId === undefined ? postId : `${albumId}_${postId.split("_").pop() ?? postId}`;
}

/** Reads a message of the control API. */
export function readWriting(source: JsonRecord): Writing {
  const writing: Writing = {};
  const text = asText(source.text);
  if (text !== undefined) writing.text = text;
  const payload = asText(source.quickReplyPayload);
  if (payload !== undefined) writing.quickReplyPayload = payload;
  const replyTo = asText(source.replyTo);
  if (replyTo !== undefined) writing.replyTo = replyTo;
  const stickerId = asText(source.stickerId);
  if (stickerId !== undefined) writing.stickerId = stickerId;
  const attachments = asRecords(source.attachments);
  if (attachments.length > 0) writing.attachments = attachments;
  const referral = asRecord(source.referral);
  if (referral !== undefined) writing.referral = referral;
  if (typeof source.at === "number") writing.at = source.at;
  return writing;
}
