import type { Message } from "../api/types.ts";

const KINDS: Record<string, string> = {
  image: "Picture",
  sticker: "Sticker",
  video: "Video",
  audio: "Voice message",
  file: "File",
  location: "Location",
};

/** One line for a quoted message. */
export function messageSummary(message: Message): string {
  if (message.deletedAt !== null) return "A deleted message";
  if (message.text) return message.text;
  const first = message.attachments[0];
  return first ? (KINDS[first.type] ?? first.title ?? "Attachment") : "A message";
}
