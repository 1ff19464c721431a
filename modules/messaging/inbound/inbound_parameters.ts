import { plainArray, seconds, textArray } from "#db";
import type { InboundAttachment, InboundMessage } from "./inbound_event.ts";
import type { InboundBatch, ConversationFacts } from "./inbound_batch.ts";

/** One parameter of the statement: an array with a value for each row. */
interface Column<Row> {
  type: "text" | "int4" | "float8" | "bool";
  array(rows: readonly Row[]): string;
}

const text = <Row>(of: (row: Row) => string | null): Column<Row> => ({
  type: "text",
  array: (rows) => textArray(rows.map(of)),
});
const time = <Row>(of: (row: Row) => number | null): Column<Row> => ({
  type: "float8",
  array: (rows) => plainArray(rows.map((row) => seconds(of(row)))),
});
const int = <Row>(of: (row: Row) => number): Column<Row> => ({
  type: "int4",
  array: (rows) => plainArray(rows.map(of)),
});
const flag = <Row>(of: (row: Row) => boolean): Column<Row> => ({
  type: "bool",
  array: (rows) => plainArray(rows.map(of)),
});

/** An attachment with the message that has it. */
interface AttachmentRow {
  message: InboundMessage;
  attachment: InboundAttachment;
  position: number;
}

type Columns<Row> = Record<string, Column<Row>>;

const pages = { id: text<string>((id) => id) } satisfies Columns<string>;

const conversations = {
  page: text((row) => row.pageFacebookId),
  psid: text((row) => row.psid),
  inbound_at: time((row) => row.inboundAt),
  delivered_until: time((row) => row.deliveredUntil),
  read_until: time((row) => row.readUntil),
  held_at: time((row) => row.heldAt),
  is_needed: flag((row) => row.isNeeded),
  trace_id: text((row) => row.traceId),
  known_at: time((row) => row.knownAt),
  first_inbound_at: time((row) => row.firstInboundAt),
} satisfies Columns<ConversationFacts>;

const messages = {
  page: text((row) => row.pageFacebookId),
  psid: text((row) => row.psid),
  mid: text((row) => row.mid),
  is_in: flag((row) => row.direction === "in"),
  kind: text((row) => row.kind),
  app_id: text((row) => row.appId),
  text: text((row) => row.text),
  content: text((row) => row.content),
  reply_to_mid: text((row) => row.replyToMid),
  sent_at: time((row) => row.at),
  summary: text((row) => (row.text === null ? summarize(row.attachments[0]?.type) : null)),
} satisfies Columns<InboundMessage>;

const attachments = {
  page: text((row) => row.message.pageFacebookId),
  mid: text((row) => row.message.mid),
  position: int((row) => row.position),
  type: text((row) => row.attachment.type),
  title: text((row) => row.attachment.title),
  source_url: text((row) => row.attachment.sourceUrl),
  payload: text((row) => row.attachment.payload),
  is_file: flag((row) => row.attachment.isFile),
} satisfies Columns<AttachmentRow>;

const receiptMids = {
  page: text((row) => row.pageFacebookId),
  mid: text((row) => row.mid),
} satisfies Columns<InboundBatch["receiptMids"][number]>;

const watermarks = {
  page: text((row) => row.pageFacebookId),
  psid: text((row) => row.psid),
  at: time((row) => row.at),
  is_read: flag((row) => row.isRead),
} satisfies Columns<InboundBatch["watermarks"][number]>;

/** Parameters that together are rows. */
export interface Rows<Name extends string> {
  /** One column as an array. */
  array(name: Name): string;
  /** `unnest(…) as alias(columns)`: of these columns, or of all. */
  as(alias: string, names?: readonly NoInfer<Name>[]): string;
  /** The same of all columns, with the place of each row as `n`. */
  numbered(alias: string): string;
}

/** The parameters as the statement's text names them; null for what no row of the batch needs. */
export interface InboundParameters {
  pages: Rows<keyof typeof pages>;
  facts: Rows<keyof typeof conversations>;
  messages: Rows<keyof typeof messages>;
  attachments: Rows<keyof typeof attachments> | null;
  receiptMids: Rows<keyof typeof receiptMids> | null;
  watermarks: Rows<keyof typeof watermarks> | null;
  /** Values for the caller's log. */
  log: Rows<string> | null;
}

/** Of a batch that has such rows. */
export type Present<Name extends keyof InboundParameters> = NonNullable<InboundParameters[Name]>;

/** The kinds of events in a batch, besides messages, decide the parts of its statement. */
export interface Variant {
  hasAttachments: boolean;
  hasReceiptMids: boolean;
  hasWatermarks: boolean;
  isHistory: boolean;
}

/** Numbers the parameters. `logged` are the names of the caller's columns, which are text. */
export function numberParameters(
  { hasAttachments, hasReceiptMids, hasWatermarks }: Variant,
  logged: readonly string[],
): InboundParameters {
  let last = 0;
  function rows<Name extends string>(columns: Record<Name, { type: string }>): Rows<Name> {
    const all: Name[] = [];
    for (const name in columns) all.push(name);
    const first = last + 1;
    last += all.length;
    const parameter = (name: Name) => `$${first + all.indexOf(name)}::${columns[name].type}[]`;
    const unnest = (names: readonly Name[]) => `unnest(${names.map(parameter).join(", ")})`;
    return {
      array: parameter,
      as: (alias, names = all) => `${unnest(names)} as ${alias}(${names.join(", ")})`,
      numbered: (alias) => `${unnest(all)} with ordinality as ${alias}(${all.join(", ")}, n)`,
    };
  }
  // In the order of `parameterValues`.
  return {
    pages: rows(pages),
    facts: rows(conversations),
    messages: rows(messages),
    attachments: hasAttachments ? rows(attachments) : null,
    receiptMids: hasReceiptMids ? rows(receiptMids) : null,
    watermarks: hasWatermarks ? rows(watermarks) : null,
    log: logged.length > 0 ? rows(Object.fromEntries(logged.map((name) => [name, { type: "text" }]))) : null,
  };
}

/** The values in the order of their numbers, and which variant they are for. */
export function parameterValues(
  batch: InboundBatch,
  isHistory: boolean,
): { variant: Variant; values: string[] } {
  const attached = batch.messages.flatMap((message) =>
    message.attachments.map((attachment, position) => ({ message, attachment, position })),
  );
  const variant = {
    hasAttachments: attached.length > 0,
    hasReceiptMids: batch.receiptMids.length > 0,
    hasWatermarks: batch.watermarks.length > 0,
    isHistory,
  };
  return {
    variant,
    values: [
      ...arrays(pages, batch.pages),
      ...arrays(conversations, batch.conversations),
      ...arrays(messages, batch.messages),
      ...(variant.hasAttachments ? arrays(attachments, attached) : []),
      ...(variant.hasReceiptMids ? arrays(receiptMids, batch.receiptMids) : []),
      ...(variant.hasWatermarks ? arrays(watermarks, batch.watermarks) : []),
    ],
  };
}

const arrays = <Row>(columns: Columns<Row>, rows: readonly Row[]): string[] =>
  Object.values(columns).map((column) => column.array(rows));

/** The preview of a message without text in the list of conversations. */
function summarize(type: string | undefined): string | null {
  return type === undefined ? null : (summaries[type] ?? "Attachment");
}

const summaries: Readonly<Record<string, string>> = {
  image: "Photo",
  video: "Video",
  audio: "Voice message",
  file: "File",
  sticker: "Sticker",
  reel: "Reel",
  ig_reel: "Reel",
  post: "Shared post",
  ig_post: "Shared post",
  fallback: "Shared link",
  location: "Location",
  appointment_booking: "Appointment",
  template: "Card",
};
