import { m } from "#lib/paraglide/messages.js";
import type { Attachment } from "../api/types.ts";
import { kindName } from "./message_summary.ts";

type JsonObject = Record<string, unknown>;

/** The view of an attachment; unknown kinds become a plain card. */
export type AttachmentView =
  | { kind: "image"; url: string; name: string }
  | { kind: "sticker"; url: string; name: string }
  | { kind: "video"; url: string; name: string }
  | { kind: "audio"; url: string; name: string }
  | { kind: "file"; url: string; name: string; bytes: number | null }
  | { kind: "waiting"; name: string }
  | { kind: "lost"; name: string }
  | { kind: "link"; label: string; title: string; url: string | null }
  | { kind: "location"; latitude: number; longitude: number; url: string }
  | { kind: "booking"; status: string; startsAt: string | null; zone: string | null }
  | { kind: "product"; items: { title: string; subtitle: string | null }[] }
  | { kind: "words"; text: string; buttons: string[] }
  | { kind: "other"; type: string; title: string | null; url: string | null };

const MEDIA = new Map<string, "image" | "sticker" | "video" | "audio" | "file">([
  ["image", "image"],
  ["sticker", "sticker"],
  ["video", "video"],
  ["audio", "audio"],
  ["file", "file"],
]);

const LINKS = new Map([
  ["fallback", m.inbox_link()],
  ["share", m.inbox_shared_post()],
  ["post", m.inbox_shared_post()],
  ["ig_post", m.inbox_instagram_post()],
  ["reel", m.inbox_reel()],
  ["ig_reel", m.inbox_instagram_reel()],
]);

export function attachmentView(attachment: Attachment): AttachmentView {
  const media = MEDIA.get(attachment.type);
  if (media !== undefined) return mediaView(attachment, media);
  const label = LINKS.get(attachment.type);
  if (label !== undefined) return linkView(attachment, label);
  const payload = attachment.payload ?? {};
  if (attachment.type === "location") return locationView(payload) ?? otherView(attachment);
  if (attachment.type === "appointment_booking") return bookingView(payload);
  if (attachment.type === "template")
    return productView(payload) ?? wordsView(payload) ?? otherView(attachment);
  return otherView(attachment);
}

function mediaView(
  attachment: Attachment,
  media: "image" | "sticker" | "video" | "audio" | "file",
): AttachmentView {
  const name = attachment.fileName ?? attachment.title ?? kindName(media) ?? media;
  if (attachment.fileState === "wanted") return { kind: "waiting", name };
  if (attachment.url === null) return { kind: "lost", name };
  // Nothing is drawn from somewhere else: whose server it is would hear who reads.
  if (attachment.fileState === "none") return otherView(attachment);
  // A file that only claims to be an image (or one that browsers cannot draw) is offered for download.
  const claimed = attachment.mimeType;
  const drawable = media === "image" || media === "sticker" ? (claimed?.startsWith("image/") ?? true) : true;
  if (media === "file" || !drawable)
    return { kind: "file", url: attachment.url, name, bytes: attachment.bytes };
  return { kind: media, url: attachment.url, name };
}

function linkView(attachment: Attachment, label: string): AttachmentView {
  const url = webAddress(attachment.url) ?? webAddress(textIn(attachment.payload, "url"));
  const title = attachment.title ?? textIn(attachment.payload, "title") ?? url ?? label;
  return { kind: "link", label, title, url };
}

function locationView(payload: JsonObject): AttachmentView | null {
  const place = payload["coordinates"];
  if (!isObject(place)) return null;
  const { lat, long } = place;
  if (typeof lat !== "number" || typeof long !== "number") return null;
  const url = `https://www.openstreetmap.org/?mlat=${lat}&mlon=${long}#map=16/${lat}/${long}`;
  return { kind: "location", latitude: lat, longitude: long, url };
}

function bookingView(payload: JsonObject): AttachmentView {
  return {
    kind: "booking",
    status: textIn(payload, "status") ?? "requested",
    startsAt: timeOf(payload["start_time"]),
    zone: textIn(payload, "timezone"),
  };
}

/** Meta's seconds; null for an invalid time, which would otherwise break the whole timeline. */
function timeOf(seconds: unknown): string | null {
  const time = new Date(typeof seconds === "number" ? seconds * 1000 : Number.NaN);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

function productView(payload: JsonObject): AttachmentView | null {
  const product = payload["product"];
  const elements = isObject(product) ? product["elements"] : payload["elements"];
  if (!Array.isArray(elements)) return null;
  const items = elements.filter(isObject).map((one) => ({
    title: textIn(one, "title") ?? m.inbox_product(),
    subtitle: textIn(one, "subtitle"),
  }));
  return items.length > 0 ? { kind: "product", items } : null;
}

/** A text above buttons, as another app of the page sent it. */
function wordsView(payload: JsonObject): AttachmentView | null {
  const text = textIn(payload, "text");
  if (text === null) return null;
  const buttons = Array.isArray(payload["buttons"]) ? payload["buttons"].filter(isObject) : [];
  return { kind: "words", text, buttons: buttons.flatMap((one) => textIn(one, "title") ?? []) };
}

function otherView(attachment: Attachment): AttachmentView {
  return {
    kind: "other",
    type: attachment.type,
    title: attachment.title ?? textIn(attachment.payload, "title"),
    url: webAddress(attachment.url),
  };
}

/** Only addresses that a browser opens as a page; `javascript:` and paths of other hosts are not links. */
function webAddress(url: string | null): string | null {
  return url !== null && /^(https?:\/\/|\/api\/)/i.test(url) ? url : null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textIn(payload: JsonObject | null, key: string): string | null {
  const value = payload?.[key];
  return typeof value === "string" && value !== "" ? value : null;
}
