import { m } from "#lib/paraglide/messages.js";
import type { Message } from "../api/types.ts";

const KIND_NAMES: Record<string, string> = {
  image: m.inbox_image(),
  sticker: m.inbox_sticker(),
  video: m.inbox_video(),
  audio: m.inbox_voice(),
  file: m.inbox_file(),
  location: m.inbox_location(),
};

/** The name of an attachment's type; null for an unknown type. */
export function kindName(type: string): string | null {
  return KIND_NAMES[type] ?? null;
}

/** One line for a quoted message. */
export function messageSummary(message: Message): string {
  if (message.deletedAt !== null) return m.inbox_deleted_quote();
  if (message.text) return message.text;
  const first = message.attachments[0];
  return first ? (kindName(first.type) ?? first.title ?? m.inbox_attachment()) : m.inbox_a_message();
}
