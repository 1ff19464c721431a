import { invalidParameter } from "./graph_error.ts";
import { asRecord, asRecords, asText, type Json, type JsonRecord } from "./json.ts";
import { checkKeys, requireText, tooLong } from "./parameter_rules.ts";
import { checkTemplate } from "./template_rules.ts";

/** The parts of a checked message. */
export interface CheckedMessage {
  kind: "text" | "attachment" | "images" | "template" | "utility" | "sticker";
  /** The attachments that need a file: one, or several images. */
  media: { type: string; payload: JsonRecord }[];
  templateType?: string;
  metadata?: string;
}

const mediaTypes = ["image", "video", "audio", "file"];
const keys = ["text", "attachment", "attachments", "template", "sticker_id", "quick_replies", "metadata"];

/** Meta's text limit: fewer than 2,000 characters. */
const textLimit = 2000;

/** Checks `message` of a send call against every limit of the Send API, and returns its parts. */
export function checkMessage(message: JsonRecord): CheckedMessage {
  checkKeys(message, keys, "message");
  const checked: CheckedMessage = { kind: "text", media: [] };
  if (message.metadata !== undefined)
    checked.metadata = requireText(message.metadata, "message[metadata]", 1000);
  const forms = ["text", "attachment", "attachments", "template", "sticker_id"].filter(
    (key) => message[key] !== undefined,
  );
  if (forms.length === 0)
    throw invalidParameter("Message cannot be empty, must provide valid attachment or text", 2018034);
  if (forms.length > 1) {
    throw invalidParameter(`Only one of ${forms.join(", ")} can be set in param message`, 2018032);
  }
  checkForm(message, checked);
  checkQuickReplies(message, checked);
  return checked;
}

function checkForm(message: JsonRecord, checked: CheckedMessage): void {
  if (message.text !== undefined) {
    requireText(message.text, "message[text]", textLimit - 1);
  } else if (message.sticker_id !== undefined) {
    checked.kind = "sticker";
    if (!/^\d+$/.test(asText(message.sticker_id) ?? ""))
      throw invalidParameter("Param message[sticker_id] must be an id");
  } else if (message.template !== undefined) {
    checked.kind = "utility";
  } else if (message.attachments !== undefined) {
    checkImages(message.attachments, checked);
  } else {
    checkAttachment(message.attachment, checked);
  }
}

function checkImages(value: Json | undefined, checked: CheckedMessage): void {
  const images = asRecords(value);
  checked.kind = "images";
  if (images.length === 0) throw invalidParameter("Param message[attachments] must be a non-empty array");
  if (images.length > 30) throw tooLong("message[attachments]", 30);
  for (const image of images) {
    if (image.type !== "image")
      throw invalidParameter("Param message[attachments] can only contain images", 2018032);
    checked.media.push({ type: "image", payload: asRecord(image.payload) ?? {} });
  }
}

function checkAttachment(value: Json | undefined, checked: CheckedMessage): void {
  const attachment = asRecord(value);
  if (attachment === undefined)
    throw invalidParameter("Param message[attachment] must be an object", 2018032);
  checkKeys(attachment, ["type", "payload"], "message[attachment]");
  const type = asText(attachment.type);
  const payload = asRecord(attachment.payload);
  if (type === "template") {
    if (payload === undefined)
      throw invalidParameter("Param message[attachment][payload] must be an object", 2018032);
    checked.kind = "template";
    checked.templateType = checkTemplate(payload);
    return;
  }
  if (type === undefined || !mediaTypes.includes(type)) {
    throw invalidParameter(
      `Param message[attachment][type] must be one of {${mediaTypes.join(", ")}, template}`,
    );
  }
  checked.kind = "attachment";
  checked.media.push({ type, payload: payload ?? {} });
}

function checkQuickReplies(message: JsonRecord, checked: CheckedMessage): void {
  if (message.quick_replies === undefined) return;
  const replies = asRecords(message.quick_replies);
  if (replies.length === 0) throw invalidParameter("Param message[quick_replies] must be a non-empty array");
  if (replies.length > 13) throw tooLong("message[quick_replies]", 13);
  if (checked.kind === "utility")
    throw invalidParameter("Quick replies can't be used with a utility template", 2018032);
  for (const [index, reply] of replies.entries()) {
    const name = `message[quick_replies][${index}]`;
    checkKeys(reply, ["content_type", "title", "payload", "image_url"], name);
    switch (reply.content_type) {
      case "text":
        requireText(reply.title, `${name}[title]`, 20);
        requireText(reply.payload, `${name}[payload]`, 1000);
        break;
      case "user_phone_number":
      case "user_email":
        break;
      default:
        throw invalidParameter(
          `Param ${name}[content_type] must be one of {text, user_phone_number, user_email}`,
        );
    }
  }
}
