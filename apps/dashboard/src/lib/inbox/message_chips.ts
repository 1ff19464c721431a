import type { Message } from "../api/types.ts";

/** The words of the button, menu item or quick reply that the person tapped; null for typed text. */
export function tappedWords(message: Message): string | null {
  if (message.direction === "out") return null;
  if (message.kind === "postback") return message.text ?? text(field(message.content?.["postback"], "title"));
  const quickReply = message.content?.["quick_reply"];
  if (quickReply === undefined || quickReply === null) return null;
  return message.text ?? text(field(quickReply, "payload"));
}

/** Titles of the buttons and quick replies that a message offered. */
export function offeredWords(message: Message): string[] {
  const content = message.content ?? {};
  return [content["quick_replies"], content["buttons"]].flatMap((offered) =>
    Array.isArray(offered) ? offered.flatMap((one) => text(field(one, "title")) ?? []) : [],
  );
}

function field(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
