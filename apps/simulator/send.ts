import { cdnUrl, resolveMedia, webhookAttachment } from "./attachments.ts";
import {
  invalidParameter,
  noRoleOnApp,
  notThreadOwner,
  pageRestricted,
  personUnavailable,
} from "./graph_error.ts";
import { isKeptFromSending } from "./page_standing.ts";
import { type GraphAnswer, type GraphRequest, recordField } from "./graph_request.ts";
import { requireText } from "./parameter_rules.ts";
import { asRecord, asText, type JsonRecord } from "./json.ts";
import { type CheckedMessage, checkMessage } from "./message_rules.ts";
import { findRecipient, noteAnswered } from "./recipients.ts";
import { performAction, senderActions } from "./sender_actions.ts";
import type { Sim } from "./sim.ts";
import type { Attachment, Page, Person } from "./state.ts";
import { stickerUrl } from "./pictures.ts";
import { acceptPageMessage, mayBeHeard, type PageMessage } from "./threads.ts";
import { giveThread, readTarget } from "./thread_control.ts";
import { isHeldElsewhere } from "./thread_owner.ts";
import { type Caller, requireScope } from "./tokens.ts";
import { takeSendCall } from "./usage.ts";
import { renderUtility } from "./utility_rules.ts";
import { checkKind, checkWindow, type SendKind } from "./window_rules.ts";

const notificationTypes = ["REGULAR", "SILENT_PUSH", "NO_PUSH"];

/** `POST /{page}/messages`: every form of the Send API. */
export function sendMessage(
  sim: Sim,
  page: Page,
  caller: Caller,
  request: GraphRequest,
): GraphAnswer | Promise<GraphAnswer> {
  requireScope(caller, "pages_messaging");
  if (isKeptFromSending(page)) throw pageRestricted();
  const message = recordField(request.fields, "message");
  const mediaType = asText(asRecord(message?.attachment)?.type);
  const headers = takeSendCall(sim, page, mediaType === "video" || mediaType === "audio");
  const answer = answerSend(sim, page, caller, { ...request, message });
  if (headers === undefined) return answer;
  return Promise.resolve(answer).then((plain) => ({ ...plain, headers }));
}

type SendRequest = GraphRequest & { message: JsonRecord | undefined };

function answerSend(
  sim: Sim,
  page: Page,
  caller: Caller,
  request: SendRequest,
): GraphAnswer | Promise<GraphAnswer> {
  const { message } = request;
  const action = asText(request.fields.sender_action);
  if (action !== undefined) return sendAction(sim, page, request, action, message !== undefined);
  if (message === undefined) {
    throw invalidParameter("Message cannot be empty, must provide valid attachment or text", 2018034);
  }
  return deliverMessage(sim, page, caller, request, message);
}

function sendAction(
  sim: Sim,
  page: Page,
  request: GraphRequest,
  action: string,
  hasMessage: boolean,
): GraphAnswer {
  if (hasMessage) throw invalidParameter("Cannot send a message and a sender action together", 2018014);
  if (!senderActions.includes(action)) {
    throw invalidParameter(`Param sender_action must be one of {${senderActions.join(", ")}}`);
  }
  const { person } = findRecipient(sim, page, recordField(request.fields, "recipient"));
  checkReachable(sim, person);
  performAction(sim, person, action, recordField(request.fields, "payload"));
  return { body: { recipient_id: person.psid } };
}

function checkReachable(sim: Sim, person: Person): void {
  if (person.hasBlocked || person.isBlockedByPage) throw personUnavailable();
  if (isHeldElsewhere(sim, person)) throw notThreadOwner();
}

function deliverMessage(
  sim: Sim,
  page: Page,
  caller: Caller,
  request: GraphRequest,
  message: JsonRecord,
): GraphAnswer | Promise<GraphAnswer> {
  const { fields } = request;
  checkFields(fields);
  const recipient = findRecipient(sim, page, recordField(fields, "recipient"));
  const { person } = recipient;
  const checked = checkMessage(message);
  const kind: SendKind = {
    messagingType:
      asText(fields.messaging_type) ?? (recipient.comment === undefined ? undefined : "RESPONSE"),
    tag: asText(fields.tag),
    templateType: checked.templateType,
  };
  checkKind(kind, sim.switches);
  checkReachable(sim, person);
  if (!mayBeHeard(sim, person)) throw noRoleOnApp();
  if ((checked.kind === "utility") !== (kind.messagingType === "UTILITY")) {
    throw invalidParameter(
      "A utility template needs messaging_type UTILITY, and UTILITY needs a template",
      2018032,
    );
  }
  if (recipient.comment === undefined) checkWindow(person, kind, Date.now());
  const replyTo = recordField(fields, "reply_to");
  checkReply(sim, person, replyTo);
  const personaId = checkPersona(page, asText(fields.persona_id));
  // Beside `message` in the call, and inside it in the echo.
  const content = replyTo === undefined ? message : { ...message, reply_to: replyTo };
  const given: PageMessage = { content, appId: sim.state.app.id };
  if (checked.metadata !== undefined) given.metadata = checked.metadata;
  if (kind.messagingType !== undefined) given.messagingType = kind.messagingType;
  if (kind.tag !== undefined) given.tag = kind.tag;
  if (personaId !== undefined) given.personaId = personaId;
  fillEcho(sim, page, caller, given, checked);
  const { media } = checked;
  const nextOwner = readNextOwner(sim, page, recordField(fields, "thread_control"));
  const to = { person, recipient, nextOwner };
  if (media.length > 0) return acceptMedia(sim, page, request, given, { ...to, media });
  return finish(sim, given, to);
}

/** `thread_control` beside the message hands the thread over with it; only where conversation routing is on. */
function readNextOwner(sim: Sim, page: Page, control: JsonRecord | undefined): string | null | undefined {
  if (control === undefined) return undefined;
  if (!page.hasRouting)
    throw invalidParameter("Param thread_control isn't supported when routing is not enabled");
  if (control.control_type === "release") return null;
  if (control.control_type === "pass") return readTarget(sim, page, control.app_id);
  throw invalidParameter("Param thread_control[control_type] must be one of {pass, release}");
}

interface Accepting {
  person: Person;
  recipient: ReturnType<typeof findRecipient>;
  /** The app that gets the thread with the message, or null to release it. */
  nextOwner: string | null | undefined;
}

async function acceptMedia(
  sim: Sim,
  page: Page,
  request: GraphRequest,
  given: PageMessage,
  to: Accepting & { media: CheckedMessage["media"] },
): Promise<GraphAnswer> {
  const files: Attachment[] = [];
  for (const media of to.media) files.push(await resolveMedia(sim, page, media, request.file));
  given.echoAttachments = files.map((file) => webhookAttachment(sim, file));
  given.content = { ...given.content, attachments: given.echoAttachments };
  delete given.content.attachment;
  const answer = finish(sim, given, to);
  const [first] = files;
  if (
    first !== undefined &&
    String(to.media[0]?.payload.is_reusable) === "true" &&
    asRecord(answer.body) !== undefined
  ) {
    return { ...answer, body: { ...asRecord(answer.body), attachment_id: first.id } };
  }
  return answer;
}

function finish(sim: Sim, given: PageMessage, to: Accepting): GraphAnswer {
  const message = acceptPageMessage(sim, to.person, given);
  sim.state.ledger.push(message);
  if (to.recipient.comment !== undefined) noteAnswered(sim, to.recipient.comment);
  if (to.nextOwner !== undefined) giveThread(sim, to.person, to.nextOwner);
  const body: JsonRecord = { message_id: message.mid };
  const answer = to.recipient.isByReference ? body : { recipient_id: to.person.psid, ...body };
  return { body: answer };
}

function checkFields(fields: JsonRecord): void {
  if (
    fields.notification_type !== undefined &&
    !notificationTypes.includes(asText(fields.notification_type) ?? "")
  ) {
    throw invalidParameter(`Param notification_type must be one of {${notificationTypes.join(", ")}}`);
  }
  const misplaced = ["text", "attachment", "quick_replies", "metadata"].find(
    (name) => fields[name] !== undefined,
  );
  if (misplaced !== undefined)
    throw invalidParameter(`Param ${misplaced} belongs into param message`, 2018032);
}

function checkReply(sim: Sim, person: Person, replyTo: JsonRecord | undefined): void {
  if (replyTo === undefined) return;
  const original = sim.state.messages.get(requireText(replyTo.mid, "reply_to[mid]", 300));
  if (original === undefined || original.psid !== person.psid) {
    throw invalidParameter(
      "Invalid parameter: reply_to does not name a message of this conversation",
      2018032,
    );
  }
  if (original.at + 24 * 3_600_000 < Date.now()) {
    throw invalidParameter("Can't reply to a message that is older than 24 hours", 2018032);
  }
}

function checkPersona(page: Page, id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  if (!page.personas.some((persona) => persona.id === id)) throw invalidParameter("Invalid persona id");
  return id;
}

/** Works out how the echo shows the message. */
function fillEcho(sim: Sim, page: Page, caller: Caller, given: PageMessage, checked: CheckedMessage): void {
  const { content } = given;
  if (checked.kind === "text") given.echoText = asText(content.text) ?? "";
  if (checked.kind === "sticker") {
    const id = asText(content.sticker_id) ?? "";
    given.echoAttachments = [
      { type: "sticker", payload: { url: stickerUrl(sim, id), sticker_id: Number(id) } },
    ];
  }
  if (checked.kind === "template") {
    const payload = asRecord(asRecord(content.attachment)?.payload) ?? {};
    const [first] = Array.isArray(payload.elements) ? payload.elements : [];
    const title = asText(asRecord(first)?.title) ?? asText(payload.text) ?? asText(payload.title) ?? "";
    given.echoAttachments = [
      { title, url: null, type: "template", payload: { ...payload, sharable: false } },
    ];
    checkTemplateMedia(sim, page, payload);
  }
  if (checked.kind === "utility") {
    requireScope(caller, "pages_utility_messaging");
    const rendered = renderUtility(page, content.template);
    given.content = { ...content, rendered: { ...rendered } };
    if (rendered.header === null && rendered.buttons.length === 0) {
      given.echoText = rendered.body;
      return;
    }
    const element: JsonRecord = { title: rendered.header ?? rendered.body, buttons: rendered.buttons };
    if (rendered.header !== null) element.subtitle = rendered.body;
    const payload: JsonRecord = { template_type: "generic", sharable: false, elements: [element] };
    given.echoAttachments = [{ title: asText(element.title) ?? "", url: null, type: "template", payload }];
  }
}

function checkTemplateMedia(sim: Sim, page: Page, payload: JsonRecord): void {
  if (payload.template_type !== "media" || !Array.isArray(payload.elements)) return;
  for (const element of payload.elements) {
    const record = asRecord(element);
    const id = asText(record?.attachment_id);
    if (record === undefined || id === undefined) continue;
    const saved = sim.state.attachments.get(id);
    if (saved === undefined || saved.pageId !== page.id) {
      throw invalidParameter("Invalid Attachment ID, you are not the owner of this attachment", 2018074);
    }
    record.url = cdnUrl(sim, saved);
  }
}
