import type { Handle } from "#db";
import { parse } from "#std";
import { checkTranslated } from "../templates/mod.ts";
import { type ConsentReplies, ConsentRepliesSchema } from "./schema_consent.ts";

/** Confirms to a person that their word ended or renewed consent. */
export const confirmConsentJob = "contact.confirm_consent";

export interface ConsentRepliesRow {
  stop_reply: unknown;
  stop_reply_translations: unknown;
  start_reply: unknown;
  start_reply_translations: unknown;
}

export const noReplies: ConsentReplies = { stop: null, start: null, translations: { stop: {}, start: {} } };

/** Reads them as they are stored with the rules of sending. */
export function parseConsentReplies(row: ConsentRepliesRow): ConsentReplies {
  const parsed = parse(ConsentRepliesSchema, {
    stop: row.stop_reply,
    start: row.start_reply,
    translations: { stop: row.stop_reply_translations, start: row.start_reply_translations },
  });
  if (!parsed.ok) throw new Error("Cannot read the replies to STOP and START: they do not fit");
  return parsed.value;
}

/** Throws 422 `content-invalid` or `default-missing`. */
export async function checkReplies(
  sql: Handle,
  workspaceId: string,
  { stop, start, translations }: ConsentReplies,
): Promise<void> {
  const at = "/consentReplies";
  await checkTranslated(sql, workspaceId, {
    name: "stop",
    content: stop,
    translations: translations.stop,
    at,
  });
  await checkTranslated(sql, workspaceId, {
    name: "start",
    content: start,
    translations: translations.start,
    at,
  });
}

/** As JSON text for the columns of the rules. */
export function storedReplies({ stop, start, translations }: ConsentReplies) {
  return {
    stop: stop && JSON.stringify(stop),
    stopTranslations: JSON.stringify(translations.stop),
    start: start && JSON.stringify(start),
    startTranslations: JSON.stringify(translations.start),
  };
}
