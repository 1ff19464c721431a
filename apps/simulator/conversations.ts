import { cdnUrl } from "./attachments.ts";
import { GraphError, invalidParameter } from "./graph_error.ts";
import { cursorPage, type GraphAnswer, type GraphRequest, readFieldNames } from "./graph_request.ts";
import { asNumber, asRecord, asRecords, asText, type JsonRecord } from "./json.ts";
import type { Sim } from "./sim.ts";
import type { Message, Page, Person } from "./state.ts";
import { ownerOf } from "./thread_owner.ts";
import { type Caller, requireScope } from "./tokens.ts";
import { windowEnd } from "./window_rules.ts";

/** Meta details only the newest messages of a conversation. */
const detailed = 20;

/** `GET /{page}/conversations`: threads, the newest first. */
export function listConversations(sim: Sim, page: Page, caller: Caller, request: GraphRequest): GraphAnswer {
  takeCall(sim, page.id);
  requireScope(caller, "pages_read_engagement");
  const wanted = asText(request.fields.user_id);
  const persons = [...sim.state.persons.values()].filter(
    (person) =>
      person.pageId === page.id && person.messages.length > 0 && (wanted ?? person.psid) === person.psid,
  );
  persons.sort((one, other) => updatedAt(other) - updatedAt(one));
  const names = readFieldNames(request.fields, ["id", "link", "updated_time"]);
  const most = sim.switches.limits.conversationsPerCall ?? Number.POSITIVE_INFINITY;
  if (names.has("messages") && (asNumber(request.fields.limit) ?? 25) > most) {
    throw new GraphError(1, "Please reduce the amount of data you're asking for, then retry your request", {
      status: 500,
    });
  }
  const items = persons.map((person) => conversationRecord(sim, page, person, names));
  return { body: cursorPage(items, request, sim.origin()) };
}

/** `GET /{conversation}`. */
export function readConversation(sim: Sim, person: Person, request: GraphRequest): GraphAnswer {
  takeCall(sim, person.pageId);
  const page = pageOf(sim, person);
  const names = readFieldNames(request.fields, ["id", "updated_time"]);
  return { body: conversationRecord(sim, page, person, names) };
}

/** `GET /{message}`: details of the 20 newest; older ones count as deleted. */
export function readMessage(sim: Sim, person: Person, mid: string, request: GraphRequest): GraphAnswer {
  takeCall(sim, person.pageId);
  const message = person.messages.slice(-detailed).find((known) => known.mid === mid);
  if (message === undefined || message.isDeleted === true) {
    throw new GraphError(
      9000001,
      "(#9000001) This message has been deleted by the user or the business.",
      {},
    );
  }
  const names = readFieldNames(request.fields, ["id", "created_time"]);
  return { body: messageRecord(sim, pageOf(sim, person), person, message, names) };
}

function takeCall(sim: Sim, pageId: string): void {
  if (sim.limiter.take(`conversations ${pageId}`, sim.switches.limits.conversationsPerSecond, 1000)) return;
  throw new GraphError(613, "(#613) Calls to this api have exceeded the rate limit.", {});
}

function pageOf(sim: Sim, person: Person): Page {
  const page = sim.state.pages.get(person.pageId);
  if (page === undefined) throw invalidParameter("The page does not exist");
  return page;
}

function updatedAt(person: Person): number {
  return person.messages.at(-1)?.at ?? 0;
}

/** Time as the Graph API writes it: ISO without milliseconds, with `+0000`. */
function graphTime(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "+0000");
}

function personRecord(person: Person): JsonRecord {
  const name = `${person.firstName} ${person.lastName}`.trim();
  return { name, email: `${person.psid}@facebook.com`, id: person.psid };
}

function pageRecord(page: Page): JsonRecord {
  return { name: page.name, email: `${page.id}@facebook.com`, id: page.id };
}

function conversationRecord(sim: Sim, page: Page, person: Person, names: Map<string, string>): JsonRecord {
  const visible = person.messages.filter((message) => message.isDeleted !== true);
  const unread = visible.filter(
    (message) => message.from === "person" && message.at > person.seenUntil,
  ).length;
  const body: JsonRecord = {};
  for (const [name, inner] of names) {
    switch (name) {
      case "link":
        body.link = `/${page.id}/inbox/${person.conversationId}/`;
        break;
      case "updated_time":
        body.updated_time = graphTime(updatedAt(person));
        break;
      case "participants":
        body.participants = { data: [personRecord(person), pageRecord(page)] };
        break;
      case "senders":
        body.senders = { data: [personRecord(person)] };
        break;
      case "message_count":
        body.message_count = visible.length;
        break;
      case "unread_count":
        body.unread_count = unread;
        break;
      case "can_reply":
        body.can_reply = Date.now() < windowEnd(person) && !person.hasBlocked;
        break;
      case "is_owner":
        if (page.hasRouting) body.is_owner = ownerOf(person) === sim.state.app.id;
        break;
      case "snippet":
        body.snippet = asText(visible.at(-1)?.content.text) ?? "";
        break;
      case "messages":
        body.messages = messageList(sim, page, person, visible, inner);
        break;
      case "id":
        break;
      default:
        throw invalidParameter(`Tried accessing nonexisting field (${name}) on node type (UnifiedThread)`);
    }
  }
  body.id = person.conversationId;
  return body;
}

function messageList(sim: Sim, page: Page, person: Person, visible: Message[], inner: string): JsonRecord {
  const names = readFieldNames({ fields: inner }, ["id", "created_time"]);
  const newestFirst = visible.toReversed();
  const data = newestFirst.map((message, index) =>
    index < detailed
      ? messageRecord(sim, page, person, message, names)
      : { id: message.mid, created_time: graphTime(message.at) },
  );
  return { data };
}

function messageRecord(
  sim: Sim,
  page: Page,
  person: Person,
  message: Message,
  names: Map<string, string>,
): JsonRecord {
  const isPage = message.from === "page";
  const body: JsonRecord = {};
  for (const name of names.keys()) {
    if (name === "created_time") body.created_time = graphTime(message.at);
    if (name === "from") body.from = isPage ? pageRecord(page) : personRecord(person);
    if (name === "to") body.to = { data: [isPage ? personRecord(person) : pageRecord(page)] };
    if (name === "message") body.message = textOf(message);
    if (name === "attachments") addIfAny(body, name, attachmentRecords(sim, message));
    if (name === "sticker") addSticker(body, message);
    if (name === "reply_to" && message.content.reply_to !== undefined)
      body.reply_to = message.content.reply_to;
    if (name === "tags") body.tags = { data: [{ name: isPage ? "sent" : "inbox" }, { name: "source:chat" }] };
  }
  body.id = message.mid;
  return body;
}

/** A utility message of nothing but a body reads like a text; one with more is a card. */
function textOf(message: Message): string {
  const rendered = asRecord(message.content.rendered);
  const isCard = rendered !== undefined && cardsOf(message).length > 0;
  return asText(message.content.text) ?? (isCard ? undefined : asText(rendered?.body)) ?? "";
}

/** The cards of a template, each as Meta's inbox tells one. */
function cardsOf(message: Message): JsonRecord[] {
  const rendered = asRecord(message.content.rendered);
  if (rendered !== undefined) {
    const buttons = asRecords(rendered.buttons);
    const header = asText(rendered.header);
    if (header === undefined && buttons.length === 0) return [];
    return [cardRecord({ title: header ?? rendered.body, subtitle: header && rendered.body, buttons })];
  }
  const attachment = asRecord(message.content.attachment);
  const payload = attachment?.type === "template" ? asRecord(attachment.payload) : undefined;
  if (payload === undefined) return [];
  const elements = asRecords(payload.elements);
  return (elements.length > 0 ? elements : [{ title: payload.text, buttons: payload.buttons }]).map(
    cardRecord,
  );
}

function cardRecord({ title, subtitle, image_url: mediaUrl, buttons }: JsonRecord): JsonRecord {
  const [first] = asRecords(buttons);
  const card: JsonRecord = { title: asText(title) ?? "" };
  if (subtitle !== undefined) card.subtitle = subtitle;
  if (mediaUrl !== undefined) card.media_url = mediaUrl;
  if (first !== undefined) {
    card.cta = { title: asText(first.title) ?? "", type: asText(first.type) ?? "" };
    if (first.url !== undefined) card.cta.url = first.url;
  }
  return card;
}

function addIfAny(body: JsonRecord, name: string, data: JsonRecord[]): void {
  if (data.length > 0) body[name] = { data };
}

function addSticker(body: JsonRecord, message: Message): void {
  const sticker = asRecords(message.content.attachments).find((attachment) => attachment.type === "sticker");
  const url = asText(asRecord(sticker?.payload)?.url);
  if (url !== undefined) body.sticker = url;
}

function attachmentRecords(sim: Sim, message: Message): JsonRecord[] {
  const cards = cardsOf(message).map((card, index): JsonRecord => ({
    id: `${message.mid}:${index}`,
    generic_template: card,
  }));
  return [...cards, ...fileRecords(sim, message)];
}

function fileRecords(sim: Sim, message: Message): JsonRecord[] {
  return asRecords(message.content.attachments).flatMap((attachment) => {
    const url = asText(asRecord(attachment.payload)?.url) ?? "";
    const stored = sim.state.attachments.get(url.match(/\/_cdn\/(\d+)\//)?.[1] ?? "");
    if (stored === undefined) return [];
    const fresh = cdnUrl(sim, stored);
    const record: JsonRecord = {
      id: stored.id,
      mime_type: stored.mime,
      name: stored.name,
      size: stored.bytes.length,
    };
    const size = { width: 640, height: 480 };
    if (stored.type === "image")
      record.image_data = { ...size, max_width: 640, max_height: 480, url: fresh, preview_url: fresh };
    else if (stored.type === "video") {
      record.image_data = { ...size };
      record.video_data = { ...size, length: 3, video_type: 0, url: fresh, preview_url: fresh };
    } else record.file_url = fresh;
    return [record];
  });
}
