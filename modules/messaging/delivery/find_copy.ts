import type { Sql } from "postgres";
import { type Fields, fieldsOf, textOf, type SentCopy } from "../graph/mod.ts";
import {
  addressesOf,
  fillMessage,
  showUtility,
  type UtilityDefinition,
  type Values,
} from "../templates/mod.ts";

/** An attempt of unknown outcome, with its content. */
export interface AttemptedMessage {
  id: string;
  page_id: string;
  /** In milliseconds since 1970. */
  attempt_at: number;
  message: Fields;
  /** The filled values; null: none. */
  fills: Values | null;
  /** Of a utility template that is still here. */
  definition: UtilityDefinition | null;
}

/**
 * Finds our message among the page's newest: equal text, created after the attempt began, not known as another
 * message. Returns its mid.
 */
export async function findCopy(
  { sql }: { sql: Sql },
  row: AttemptedMessage,
  copies: readonly SentCopy[],
): Promise<string | null> {
  const texts = textsAtMeta(row)?.map(words) ?? null;
  // Meta shows whole seconds, and its clock is not ours.
  const since = row.attempt_at - 5_000;
  const alike = copies.filter(
    (copy) => (texts === null || texts.includes(words(copy.text))) && copy.createdAt.getTime() >= since,
  );
  if (alike.length === 0) return null;
  const mids = alike.map((copy) => copy.mid);
  const known = await sql<{ mid: string }[]>`
    select mid from messaging.messages
    where page_id = ${row.page_id} and mid = any(${mids}::text[]) and author_kind <> 'external'
    union all
    select mid from messaging.deliveries where page_id = ${row.page_id} and mid = any(${mids}::text[])`;
  const taken = new Set(known.map(({ mid }) => mid));
  // Newest first: the oldest that fits is the first attempt's.
  return alike.findLast((copy) => !taken.has(copy.mid))?.mid ?? null;
}

/** A text compared without its spaces: Meta does not document whether it keeps them. */
const words = (text: string) => text.replace(/\s+/g, " ").trim();

/**
 * The text that the Conversations API may show for this message: its filled text, or none if it is an attachment.
 * Null: any, because the template's text is unknown; a wrong match is better than sending twice.
 */
function textsAtMeta({ id, message, fills, definition }: AttemptedMessage): string[] | null {
  const filled = fills === null ? { message } : fillMessage(message, fills, addressesOf("", id));
  if ("invalid" in filled) return null;
  const text = textOf(filled.message.text);
  if (text !== null) return [text];
  const { template, attachment } = filled.message;
  if (template === undefined) return ["", textOf(fieldsOf(fieldsOf(attachment)?.payload)?.text) ?? ""];
  // Meta shows one of nothing but a body as a text, and another one as a card (Utility messages, March 2026).
  return definition === null ? null : ["", showUtility(definition, template).body];
}
