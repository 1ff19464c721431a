import { recordActivity } from "#auth";
import { type Keyring, decodeCursor, notFound, pageOf, parse, timePart, Uuid, wrongCursor } from "#std";
import type { Database } from "#db";
import { type CallersLog, openOptInTokens, publishTouched, recordInbound } from "#messaging/inbound";
import { isDataError } from "./database_errors.ts";
import type { IngestDeps } from "./ingest.ts";
import type { WebhookEvent } from "./item.ts";
import { readOwnWords } from "./own_words.ts";
import { readPayload } from "./payload.ts";

export type RawEventState = "stored" | "kept" | "unrouted" | "failed";

export interface RawEvent {
  id: string;
  receivedAt: Date;
  pageId: string;
  kind: string;
  state: RawEventState;
  error: string | null;
  body: string;
  replayedAt: Date | null;
}

interface Row extends Omit<RawEvent, "receivedAt" | "replayedAt"> {
  receivedAt: string;
  replayedAt: string | null;
}

type On = Pick<Database, "sql">;

const columns = `id, received_at::text as "receivedAt", page_facebook_id as "pageId", kind, state, error, body,
  replayed_at::text as "replayedAt"`;

/** A search covers this many of the newest events, because their bodies have no index. */
const searched = 100_000;

export interface RawEventQuery {
  state?: RawEventState | undefined;
  /** Part of the body, the kind or the page's id. */
  search?: string | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** Lists webhook events, newest first. */
export async function listRawEvents(
  { sql }: On,
  { state, search, limit = 50, cursor }: RawEventQuery,
): Promise<{ items: RawEvent[]; nextCursor: string | null }> {
  const [before, beforeId] = cursor === undefined ? [null, null] : readCursor(cursor);
  const pattern = search ? `%${search.replace(/[\\%_]/g, "\\$&")}%` : null;
  const rows = await sql.unsafe<Row[]>(
    `select ${columns} from (
       select * from webhooks.raw_events
       where ($1::text is null or state = $1) and ($2::timestamptz is null or (received_at, id) < ($2, $3::uuid))
       order by received_at desc, id desc limit $6
     ) as newest
     where $4::text is null or body ilike $4 or kind ilike $4 or page_facebook_id ilike $4
     order by newest.received_at desc, newest.id desc limit $5::int`,
    [state ?? null, before, beforeId, pattern, limit + 1, pattern === null ? limit + 1 : searched],
  );
  const page = pageOf(rows, limit, (row) => [row.receivedAt, row.id]);
  return { ...page, items: page.items.map(toEvent) };
}

function readCursor(cursor: string): [receivedAt: string, id: string] {
  const [at, id] = decodeCursor(cursor, 2);
  const parsed = parse(Uuid, id);
  if (!parsed.ok) throw wrongCursor();
  return [timePart(at), parsed.value];
}

function toEvent(row: Row): RawEvent {
  return {
    ...row,
    receivedAt: new Date(row.receivedAt),
    replayedAt: row.replayedAt === null ? null : new Date(row.replayedAt),
  };
}

async function findRow({ sql }: On, id: string): Promise<Row> {
  // The id contains its time, so the read covers one partition and one range of its key.
  const [row] = await sql.unsafe<Row[]>(
    `select ${columns} from webhooks.raw_events
     where received_at between uuid_extract_timestamp($1::uuid) - interval '5 minutes'
       and uuid_extract_timestamp($1::uuid) + interval '5 minutes' and id = $1::uuid`,
    [id],
  );
  if (!row) throw notFound("webhook-event");
  return row;
}

/**
 * Processes an event again, as if Meta had just sent it: after its page was connected or a bug was fixed. Stored rows
 * stay as they are. Throws a 404 Problem for an unknown event.
 */
export async function replayRawEvent(
  on: Pick<IngestDeps, "sql" | "live" | "config" | "clock"> & { keyring: Keyring },
  id: string,
): Promise<RawEvent> {
  const row = await findRow(on, id);
  // Before: the replay is a statement of its own, which a kill must not separate from its row.
  await recordActivity(on.sql, { action: "webhook-event.replayed", subject: { id } });
  // In its original form, so that its events get the same keys.
  const body = openOptInTokens(on.keyring, row.pageId, row.body);
  const ownWords = await readOwnWords(on);
  const events = readPayload(body, { keyring: on.keyring, now: on.clock(), ownWords });
  const inbound = events.flatMap((event) => event.inbound);
  const key = { id, receivedAt: row.receivedAt };
  try {
    const log = replayedLog(key, events[0]);
    publishTouched(on, await recordInbound(on.sql, inbound, { log, ownAppId: on.config.appId }));
  } catch (error) {
    if (!isDataError(error)) throw error;
    const reason = error instanceof Error ? error.message.slice(0, 500) : String(error);
    await recordInbound(on.sql, [], { log: replayedLog(key, { state: "failed", error: reason }) });
  }
  return toEvent(await findRow(on, id));
}

const writeReplayed = `
  update webhooks.raw_events as r
  set replayed_at = now(), error = logged.error,
    state = case when logged.state = 'stored' and not exists (select from page) then 'unrouted' else logged.state end
  from logged
  where r.received_at = logged.received_at::timestamptz and r.id = logged.id::uuid`;

/** Updates the row of a replayed event with its result. */
function replayedLog(
  key: { id: string; receivedAt: string },
  outcome: Pick<WebhookEvent, "state" | "error"> | undefined,
): CallersLog {
  return {
    write: writeReplayed,
    columns: {
      received_at: [key.receivedAt],
      id: [key.id],
      state: [outcome?.state ?? "kept"],
      error: [outcome?.error ?? null],
    },
  };
}

export interface RawEventCounts {
  failed: number;
  unrouted: number;
  lastReceivedAt: Date | null;
}

/** For the health page: unprocessed events, and the time of Meta's last event. */
export async function countRawEvents({ sql }: On): Promise<RawEventCounts> {
  const [row] = await sql.unsafe<{ failed: number; unrouted: number; last: string | null }[]>(
    `select (select count(*) from webhooks.raw_events where state = 'failed')::int4 as failed,
       (select count(*) from webhooks.raw_events where state = 'unrouted')::int4 as unrouted,
       (select received_at::text from webhooks.raw_events order by received_at desc limit 1) as last`,
  );
  return {
    failed: row?.failed ?? 0,
    unrouted: row?.unrouted ?? 0,
    lastReceivedAt: row?.last ? new Date(row.last) : null,
  };
}
