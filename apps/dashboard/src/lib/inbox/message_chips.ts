import type { Json, Message } from "../api_types.ts";

export interface Chip {
  label: string;
  /** The person tapped this; otherwise it is a button or quick reply that was offered. */
  isTap: boolean;
}

/** The button or quick reply that was tapped, or those that a message of ours offered. */
export function messageChips(message: Message): Chip[] {
  const content = message.content ?? {};
  const quickReply = content["quickReply"] ?? content["quick_reply"];
  if (message.kind === "postback") {
    const title = text(content["title"]) ?? text(content["payload"]);
    return title !== null && title !== message.text ? [{ label: title, isTap: true }] : [];
  }
  if (quickReply !== undefined && quickReply !== null) {
    const payload = text(quickReply) ?? text(field(quickReply, "payload"));
    return [{ label: payload !== null && message.text === null ? payload : "Quick reply", isTap: true }];
  }
  const offered = content["quickReplies"] ?? content["quick_replies"] ?? content["buttons"];
  if (!Array.isArray(offered)) return [];
  return offered.flatMap((one) => {
    const label = text(field(one, "title"));
    return label === null ? [] : { label, isTap: false };
  });
}

function field(value: Json, name: string): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value[name] : undefined;
}

function text(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
