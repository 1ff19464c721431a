import type { Database } from "#db";
import { type Clock, createCounter, createHistogram, currentTraceId, type LiveBus, log } from "#std";
import { type LiveEvent } from "#messaging";
import {
  type CallersLog,
  learnTableSizes,
  markPagesHeard,
  publishTouched,
  recordInbound,
  type TouchedConversation,
} from "#messaging/inbound";
import { isDataError, isWorthRepeating } from "./database_errors.ts";
import type { WebhookEvent } from "./item.ts";

export interface IngestDeps extends Pick<Database, "sql"> {
  live: LiveBus<LiveEvent>;
  clock: Clock;
  /** Our app at Meta: a conversation that it controls is controlled by no other app. */
  config: { appId: string };
}

export interface IngestOptions {
  /** A batch accepts no more requests at this number of events; 400 by default. */
  batchEvents?: number;
  /** Concurrent batches; 2 by default, so one is filled while another commits. */
  lanes?: number;
  /** The limit of waiting events before requests are refused; 20,000 events and 64 MB by default. */
  queueEvents?: number;
  queueBytes?: number;
}

/** Thrown when events cannot be stored now: the sender must come again. */
export class IngestUnavailable extends Error {}

export interface Ingest {
  /** Resolves after the commit of all the events. Rejects with IngestUnavailable when any of them is not stored. */
  store(events: WebhookEvent[], bytes: number): Promise<void>;
  /** Whether another request would be accepted now. */
  hasRoom(): boolean;
  /** Waits for accepted events and accepts no more. */
  stop(): Promise<void>;
}

const lag = createHistogram(
  "messagesender_ingest_lag_seconds",
  "From the arrival of a webhook request to the commit of all its events",
  [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
);
const arrived = createCounter(
  "messagesender_webhook_events_total",
  "Webhook events by what became of them: stored, or refused so that Meta sends them again",
  [{ result: "stored" }, { result: "refused" }],
);

const markEveryMs = 2_000;
/**
 * While one batch is written, another starts at this number of events, or when its first event has waited this long:
 * a batch by itself costs Postgres as much as nine events.
 */
const worthwhileEvents = 24;
const longestWaitMs = 20;
/**
 * Senders that got their responses together return together: above this number, the next batch waits this long for
 * them.
 */
const manyRequests = 8;
const returnMs = 1;
/** After this many events of a process, the tables may have outgrown Postgres's statistics. */
const growths = [200, 2_000, 20_000];

interface Waiting {
  events: WebhookEvent[];
  /** PSIDs of the contacts whose rows it writes. */
  contacts: string[];
  bytes: number;
  done(): void;
  fail(error: Error): void;
}

const sizeOf = (batch: readonly Waiting[]) => batch.reduce((sum, { events }) => sum + events.length, 0);

function contactsIn(events: readonly WebhookEvent[]): string[] {
  return events.flatMap(({ inbound }) =>
    inbound.flatMap((one) => ("psid" in one && one.psid !== null ? [one.psid] : [])),
  );
}

/**
 * Group commit: events join the open batch. It closes at once if no other batch is being written, so an idle server
 * does not wait, and a busy one shares each commit. Two batches never write rows of the same person at the same time:
 * the second would wait in Postgres, with all its events, for the first.
 */
export function createIngest(on: IngestDeps, options: IngestOptions = {}): Ingest {
  const { batchEvents = 400, lanes = 2, queueEvents = 20_000, queueBytes = 64 * 1024 * 1024 } = options;
  let queue: Waiting[] = [];
  const busy = new Set<Promise<void>>();
  /** Of batches that are being written. */
  const writing = new Set<string>();
  let events = 0;
  let bytes = 0;
  let isStopped = false;
  let isScheduled = false;
  let late: ReturnType<typeof setTimeout> | undefined;
  const asides = new Set<Promise<void>>();
  const heard = new Set<string>();
  let marking: ReturnType<typeof setTimeout> | undefined;

  let stored = 0;
  const toLearn = [...growths];

  /** Work that no response waits for, but the shutdown does. */
  function aside(work: Promise<void>, failure: string): void {
    const task = work.catch((error) => log.warn(failure, { error })).finally(() => asides.delete(task));
    asides.add(task);
  }

  function count(fresh: number): void {
    stored += fresh;
    if (stored < (toLearn[0] ?? Number.POSITIVE_INFINITY)) return;
    toLearn.shift();
    aside(learnTableSizes(on), "Cannot let Postgres count its tables");
  }

  /** Pages show the time of the last event; if every batch changed that row, every batch would wait for it. */
  function mark(): void {
    marking = undefined;
    const pages = [...heard];
    heard.clear();
    aside(markPagesHeard(on, pages), "Cannot note when pages were heard");
  }

  /** Takes the next batch: the events that waited longest, of people without a write in progress. */
  function choose(): Waiting[] {
    const batch: Waiting[] = [];
    const passed = new Set<string>();
    let count = 0;
    for (const one of queue.slice(0, 2 * batchEvents)) {
      if (batch.length > 0 && count >= batchEvents) break;
      // Skip all events of a person or none, so that order is kept and nobody waits forever.
      if (one.contacts.some((id) => writing.has(id) || passed.has(id)))
        for (const id of one.contacts) passed.add(id);
      else {
        batch.push(one);
        count += one.events.length;
      }
    }
    return batch;
  }

  function take(batch: readonly Waiting[]): void {
    clearTimeout(late);
    late = undefined;
    const taken = new Set(batch);
    queue = queue.filter((one) => !taken.has(one));
    for (const { contacts } of batch) for (const id of contacts) writing.add(id);
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    const size = sizeOf(batch);
    try {
      const touched = await storeEvents(
        on,
        batch.flatMap((waiting) => waiting.events),
      );
      for (const waiting of batch) waiting.done();
      arrived.add({ result: "stored" }, size);
      publishTouched(on, touched);
      for (const { events } of batch) for (const event of events) heard.add(event.pageFacebookId);
      count(size);
      marking ??= setTimeout(mark, markEveryMs);
    } catch (error) {
      log.warn("Cannot store webhook events: Meta is asked to send them again", { error });
      const refusal = new IngestUnavailable("Cannot store webhook events", { cause: error });
      for (const waiting of batch) waiting.fail(refusal);
      arrived.add({ result: "refused" }, size);
    } finally {
      for (const waiting of batch) {
        events -= waiting.events.length;
        bytes -= waiting.bytes;
        for (const id of waiting.contacts) writing.delete(id);
      }
    }
  }

  function pump(isLate = false): void {
    isScheduled = false;
    if (isLate) late = undefined;
    const worthwhile = isLate ? 1 : worthwhileEvents;
    while (queue.length > 0 && busy.size < lanes) {
      const batch = choose();
      if (busy.size > 0 && sizeOf(batch) < worthwhile) break;
      take(batch);
      const work: Promise<void> = write(batch).finally(() => {
        busy.delete(work);
        schedule(batch.length >= manyRequests);
      });
      busy.add(work);
    }
    if (queue.length > 0 && busy.size < lanes) late ??= setTimeout(pump, longestWaitMs, true);
  }

  function schedule(isAfterMany = false): void {
    if (isScheduled) return;
    isScheduled = true;
    if (isAfterMany) setTimeout(pump, returnMs);
    // After the requests that have come in this turn of the loop have joined.
    else setImmediate(pump);
  }

  return {
    async store(fresh, size) {
      if (isStopped) throw new IngestUnavailable("Cannot store webhook events: the server stops");
      if ((events > 0 && events + fresh.length > queueEvents) || bytes + size > queueBytes) {
        arrived.add({ result: "refused" }, fresh.length);
        throw new IngestUnavailable("Cannot store webhook events: too many wait");
      }
      events += fresh.length;
      bytes += size;
      const arrivedAt = performance.now();
      const traceId = currentTraceId();
      for (const event of fresh) for (const inbound of event.inbound) inbound.traceId = traceId;
      await new Promise<void>((done, fail) => {
        queue.push({ events: fresh, contacts: contactsIn(fresh), bytes: size, done, fail });
        if (busy.size < lanes) schedule();
      });
      lag.observe((performance.now() - arrivedAt) / 1_000);
    },
    hasRoom: () => !isStopped && events < queueEvents && bytes < queueBytes,
    async stop() {
      isStopped = true;
      while (queue.length > 0 || busy.size > 0) {
        await Promise.all(busy);
        pump();
      }
      if (marking !== undefined) {
        clearTimeout(marking);
        mark();
      }
      await Promise.all(asides);
    },
  };
}

/** Writes events whole or not at all; keeps one that Postgres refuses as failed and stores its neighbours. */
async function storeEvents(
  on: Pick<IngestDeps, "sql" | "config">,
  events: readonly WebhookEvent[],
): Promise<TouchedConversation[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const inbound = events.flatMap((event) => event.inbound);
      return await recordInbound(on.sql, inbound, { log: rawLog(events), ownAppId: on.config.appId });
    } catch (error) {
      if (isWorthRepeating(error) && attempt < 5) continue;
      if (!isDataError(error)) throw error;
      const [only, ...others] = events;
      if (only && others.length === 0) return await storeFailed(on, only, error);
      const middle = Math.ceil(events.length / 2);
      return [
        ...(await storeEvents(on, events.slice(0, middle))),
        ...(await storeEvents(on, events.slice(middle))),
      ];
    }
  }
}

async function storeFailed(
  on: Pick<IngestDeps, "sql" | "config">,
  event: WebhookEvent,
  cause: unknown,
): Promise<TouchedConversation[]> {
  const reason = cause instanceof Error ? cause.message : String(cause);
  log.error("Cannot store a webhook event: it is kept for replay", { kind: event.kind, error: cause });
  const failed: WebhookEvent = { ...event, inbound: [], state: "failed", error: reason.slice(0, 500) };
  return await recordInbound(on.sql, [], { log: rawLog([failed]) });
}

// Only the statement that writes the events knows whether a page is connected.
const writeRaw = `
  insert into webhooks.raw_events (page_facebook_id, kind, state, body, error)
  select logged.page, logged.kind, case when page.id is null and logged.state = 'stored'
    then 'unrouted' else logged.state end, logged.body, logged.error
  from logged
  left join page on page.facebook_id = logged.page`;

/** The raw log of a batch, written by the statement that writes the events' meaning. */
function rawLog(events: readonly WebhookEvent[]): CallersLog {
  return {
    write: writeRaw,
    columns: {
      page: events.map((event) => event.pageFacebookId),
      kind: events.map((event) => event.kind),
      state: events.map((event) => event.state),
      body: events.map((event) => event.body),
      error: events.map((event) => event.error),
    },
  };
}
