import { invalidParameter } from "./graph_error.ts";
import { asNumber, asRecord, asRecords, asText, type Json, type JsonRecord } from "./json.ts";
import { checkKeys, checkUrl, requireText } from "./parameter_rules.ts";

const where = "message[attachment][payload]";

const buttonTypes = ["web_url", "postback", "phone_number", "account_link", "account_unlink", "game_play"];

/** Checks the payload of a template attachment and returns its `template_type`. */
export function checkTemplate(payload: JsonRecord): string {
  const type = asText(payload.template_type);
  switch (type) {
    case "generic":
      checkGeneric(payload);
      break;
    case "button":
      requireText(payload.text, `${where}[text]`, 640);
      checkButtons(payload.buttons, `${where}[buttons]`, 1);
      break;
    case "media":
      checkMedia(payload);
      break;
    case "receipt":
      checkReceipt(payload);
      break;
    case "coupon":
      requireText(payload.title, `${where}[title]`, 80);
      if (payload.coupon_code === undefined && payload.coupon_url === undefined) {
        throw invalidParameter("A coupon template needs coupon_code or coupon_url", 2018032);
      }
      break;
    case "product":
      checkElements(payload, 10);
      break;
    case "customer_feedback":
      checkFeedback(payload);
      break;
    case "image_grid":
      checkImageGrid(payload);
      break;
    case "one_time_notif_req":
    case "notification_messages":
      requireText(payload.title, `${where}[title]`, 65);
      requireText(payload.payload, `${where}[payload]`, 1000);
      break;
    default:
      throw invalidParameter("Invalid template type", 2018032);
  }
  return type;
}

/** Checks a list of buttons: how many, their types, and the limits of each. */
export function checkButtons(value: Json | undefined, name: string, fewest: number): void {
  const buttons = asRecords(value);
  if (buttons.length < fewest) throw invalidParameter(`Param ${name} must have at least ${fewest} button`);
  if (buttons.length > 3) throw invalidParameter(`Length of param ${name} must be less than or equal to 3`);
  for (const [index, button] of buttons.entries()) checkButton(button, `${name}[${index}]`);
}

function checkButton(button: JsonRecord, name: string): void {
  const type = asText(button.type) ?? "";
  if (!buttonTypes.includes(type))
    throw invalidParameter(`Param ${name}[type] must be one of {${buttonTypes.join(", ")}}`);
  if (type === "account_link") checkUrl(button.url, `${name}[url]`);
  if (type === "account_link" || type === "account_unlink") return;
  requireText(button.title, `${name}[title]`, 20);
  if (type === "web_url") {
    checkUrl(button.url, `${name}[url]`);
    checkKeys(
      button,
      [
        "type",
        "title",
        "url",
        "webview_height_ratio",
        "messenger_extensions",
        "fallback_url",
        "webview_share_button",
      ],
      name,
    );
  }
  if (type === "postback") {
    checkKeys(button, ["type", "title", "payload"], name);
    requireText(button.payload, `${name}[payload]`, 1000);
  }
  if (type === "phone_number" && !/^\+[0-9 ()-]{4,}$/.test(asText(button.payload) ?? "")) {
    throw invalidParameter(`Param ${name}[payload] must be a phone number that starts with +`);
  }
}

function checkElements(payload: JsonRecord, most: number): JsonRecord[] {
  const elements = asRecords(payload.elements);
  if (elements.length === 0) throw invalidParameter(`Param ${where}[elements] must be a non-empty array`);
  if (elements.length > most) {
    throw invalidParameter(`Length of param ${where}[elements] must be less than or equal to ${most}`);
  }
  return elements;
}

function checkGeneric(payload: JsonRecord): void {
  for (const [index, element] of checkElements(payload, 10).entries()) {
    const name = `${where}[elements][${index}]`;
    checkKeys(element, ["title", "subtitle", "image_url", "default_action", "buttons"], name);
    requireText(element.title, `${name}[title]`, 80);
    if (element.subtitle !== undefined) requireText(element.subtitle, `${name}[subtitle]`, 80);
    if (element.image_url !== undefined) checkUrl(element.image_url, `${name}[image_url]`);
    if (element.buttons !== undefined) checkButtons(element.buttons, `${name}[buttons]`, 1);
    if (element.subtitle === undefined && element.image_url === undefined && element.buttons === undefined) {
      if (element.default_action === undefined) {
        throw invalidParameter(`Param ${name} needs a property besides its title`, 2018032);
      }
    }
    const action = asRecord(element.default_action);
    if (action === undefined) continue;
    if (action.type !== "web_url" || action.title !== undefined) {
      throw invalidParameter(
        `Param ${name}[default_action] must be a web_url button without a title`,
        2018032,
      );
    }
    checkUrl(action.url, `${name}[default_action][url]`);
  }
}

function checkMedia(payload: JsonRecord): void {
  const [element, more] = checkElements(payload, 1);
  if (element === undefined || more !== undefined) return;
  const name = `${where}[elements][0]`;
  if (element.media_type !== "image" && element.media_type !== "video") {
    throw invalidParameter(`Param ${name}[media_type] must be one of {image, video}`, 2018173);
  }
  if ((element.url === undefined) === (element.attachment_id === undefined)) {
    throw invalidParameter(`Param ${name} must have exactly one of url and attachment_id`, 2018174);
  }
  if (element.url !== undefined && !/^https:\/\/([\w-]+\.)*facebook\.com\//.test(asText(element.url) ?? "")) {
    throw invalidParameter(`Param ${name}[url] must be a facebook.com URL`, 2018175);
  }
  if (element.buttons !== undefined) checkButtons(element.buttons, `${name}[buttons]`, 1);
}

function checkReceipt(payload: JsonRecord): void {
  for (const key of ["recipient_name", "order_number", "currency", "payment_method"]) {
    requireText(payload[key], `${where}[${key}]`, 200);
  }
  if (asNumber(asRecord(payload.summary)?.total_cost) === undefined) {
    throw invalidParameter(`Param ${where}[summary][total_cost] must be a number`);
  }
  if (asRecords(payload.elements).length > 100) {
    throw invalidParameter(`Length of param ${where}[elements] must be less than or equal to 100`);
  }
}

function checkFeedback(payload: JsonRecord): void {
  requireText(payload.title, `${where}[title]`, 65);
  const screens = asRecords(payload.feedback_screens);
  const question = asRecords(screens[0]?.questions)[0];
  if (question === undefined) throw invalidParameter(`Param ${where}[feedback_screens] must have a question`);
  if (!["csat", "nps", "ces"].includes(asText(question.type) ?? "")) {
    throw invalidParameter(
      `Param ${where}[feedback_screens][0][questions][0][type] must be one of {csat, nps, ces}`,
    );
  }
  checkUrl(asRecord(payload.business_privacy)?.url, `${where}[business_privacy][url]`);
  const days = payload.expires_in_days === undefined ? 1 : asNumber(payload.expires_in_days);
  if (days === undefined || days < 1 || days > 7) {
    throw invalidParameter(`Param ${where}[expires_in_days] must be between 1 and 7`);
  }
}

function checkImageGrid(payload: JsonRecord): void {
  const elements = checkElements(payload, 6);
  if (elements.length < 2) throw invalidParameter(`Param ${where}[elements] must have at least 2 images`);
  if (payload.title !== undefined) requireText(payload.title, `${where}[title]`, 45);
}
