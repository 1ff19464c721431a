import type { JsonRecord } from "./json.ts";
import { signPayload } from "./signature.ts";
import type { State } from "./state.ts";
import type { Switches } from "./switches.ts";

/** The list of an entry that an event rides in. */
export type EntryList = "messaging" | "standby" | "changes";

/** How the queue of webhooks stands. */
export interface WebhookStatus {
  queued: number;
  inFlight: number;
  /** Failed deliveries that wait for their next attempt. */
  waiting: number;
  /** Events that wait for a random time because of disorder. */
  delayed: number;
  /** POSTs answered with 2xx. */
  delivered: number;
  /** Attempts that failed. */
  failed: number;
  /** Events given up: the queue was full, or the last attempt failed. */
  dropped: number;
  lastFailure: string | null;
}

/** The webhook sender of the simulated Meta. */
export interface Webhooks {
  /** Sends an event if the app and the page subscribed to its field. */
  publish(event: WebhookEvent): void;
  /** POSTs a payload as it is, signed, with the usual retries. */
  publishRaw(payload: unknown): void;
  /** Looks at the queue again, after a pause ended. */
  resume(): void;
  status(): WebhookStatus;
  /** Forgets everything that waits, and counts from nought. */
  clear(): void;
  stop(): void;
}

/** One event on its way to the app. */
export interface WebhookEvent {
  pageId: string;
  field: string;
  list: EntryList;
  item: JsonRecord;
  /** Fields of the entry besides the list. */
  entry?: JsonRecord;
}

/** Times of the webhook sender; tests shorten them. */
export interface WebhookTimes {
  /** Meta waits 5 s for the 200. */
  timeoutMs: number;
  /** Waits before the second, third … attempt; after the last the delivery is given up. */
  retryDelaysMs: number[];
  /** A page whose deliveries fail for so long loses its subscription. */
  unsubscribeAfterMs: number;
  /** Most events that wait at a time. */
  queueLimit: number;
}

/** Meta's times: a few attempts at once, then with decreasing frequency; unsubscribed after an hour. */
export const metaTimes: WebhookTimes = {
  timeoutMs: 5000,
  retryDelaysMs: [0, 0, 500, 2000, 10_000, 30_000, 60_000, 300_000, 900_000, 1_800_000],
  unsubscribeAfterMs: 3_600_000,
  queueLimit: 500_000,
};

interface Delivery {
  pageIds: string[];
  body: string;
  headers: Record<string, string>;
  attempts: number;
  events: number;
}

interface Entry {
  pageId: string;
  list: EntryList;
  item: JsonRecord;
  time: number;
  beside: JsonRecord;
}

/** With batches, events are collected for this long before a POST. */
const gatherMs = 15;

/** Makes the webhook sender. It holds everything in memory and stops with `stop()`. */
export function createWebhooks(state: State, switches: Switches, times: WebhookTimes): Webhooks {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const status: WebhookStatus = {
    queued: 0,
    inFlight: 0,
    waiting: 0,
    delayed: 0,
    delivered: 0,
    failed: 0,
    dropped: 0,
    lastFailure: null,
  };
  let entries: Entry[] = [];
  let head = 0;
  let again: Delivery[] = [];
  let isGathering = false;
  let isStopped = false;

  function later(run: () => void, ms: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
  }

  function enqueue(entry: Entry): void {
    if (entries.length - head >= times.queueLimit) {
      status.dropped += 1;
      return;
    }
    entries.push(entry);
    if (switches.webhooks.batchSize > 1) gather();
    else pump();
  }

  function gather(): void {
    if (isGathering) return;
    isGathering = true;
    later(() => {
      isGathering = false;
      pump();
    }, gatherMs);
  }

  function canSend(): boolean {
    return !isStopped && !switches.webhooks.isPaused && status.inFlight < switches.webhooks.concurrency;
  }

  function pump(): void {
    while (canSend()) {
      const delivery = again.shift() ?? nextDelivery();
      if (delivery === undefined) return;
      status.inFlight += 1;
      void attempt(delivery);
    }
  }

  function nextDelivery(): Delivery | undefined {
    if (head >= entries.length) return undefined;
    const taken = entries.slice(head, head + switches.webhooks.batchSize);
    head += taken.length;
    if (head > 4096 && head * 2 > entries.length) {
      entries = entries.slice(head);
      head = 0;
    }
    const payload = {
      object: "page",
      entry: taken.map((entry) => ({
        id: entry.pageId,
        // Meta counts the time of changes in seconds and of messaging in milliseconds.
        time: entry.list === "changes" ? Math.floor(entry.time / 1000) : entry.time,
        ...entry.beside,
        [entry.list]: [entry.item],
      })),
    };
    return makeDelivery(
      payload,
      taken.map((entry) => entry.pageId),
    );
  }

  function makeDelivery(payload: unknown, pageIds: string[]): Delivery {
    const { body, headers } = signPayload(payload, state.app.secret);
    return { pageIds, body, headers, attempts: 0, events: Math.max(1, pageIds.length) };
  }

  async function attempt(delivery: Delivery): Promise<void> {
    delivery.attempts += 1;
    const failure = await post(delivery);
    status.inFlight -= 1;
    if (isStopped) return;
    if (failure === null) {
      status.delivered += 1;
      for (const pageId of delivery.pageIds) clearFailure(pageId);
    } else {
      status.failed += 1;
      status.lastFailure = failure;
      for (const pageId of delivery.pageIds) noteFailure(pageId);
      retry(delivery);
    }
    pump();
  }

  async function post(delivery: Delivery): Promise<string | null> {
    try {
      const answer = await fetch(state.app.callbackUrl, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "User-Agent": "facebookexternalua",
          Accept: "*/*",
          ...delivery.headers,
        },
        body: delivery.body,
        redirect: "manual",
        signal: AbortSignal.timeout(times.timeoutMs),
      });
      await answer.arrayBuffer();
      return answer.ok ? null : `The callback answered ${answer.status}`;
    } catch (error) {
      return `The callback could not be reached: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  function retry(delivery: Delivery): void {
    const delay = times.retryDelaysMs[delivery.attempts - 1];
    if (delay === undefined) {
      status.dropped += delivery.events;
      return;
    }
    status.waiting += 1;
    later(() => {
      status.waiting -= 1;
      again.push(delivery);
      pump();
    }, delay);
  }

  function clearFailure(pageId: string): void {
    const page = state.pages.get(pageId);
    if (page !== undefined) page.failingSince = null;
  }

  function noteFailure(pageId: string): void {
    const page = state.pages.get(pageId);
    if (page === undefined) return;
    page.failingSince ??= Date.now();
    if (Date.now() - page.failingSince > times.unsubscribeAfterMs) {
      page.subscribedFields = null;
      page.failingSince = null;
    }
  }

  function isSubscribed(event: WebhookEvent): boolean {
    const page = state.pages.get(event.pageId);
    return state.app.fields.includes(event.field) && page?.subscribedFields?.includes(event.field) === true;
  }

  function clear(): void {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    entries = [];
    again = [];
    head = 0;
    isGathering = false;
    Object.assign(status, { waiting: 0, delayed: 0, delivered: 0, failed: 0, dropped: 0, lastFailure: null });
  }

  return {
    publish(event) {
      if (isStopped || !isSubscribed(event)) return;
      const { disorderMs, duplicates } = switches.webhooks;
      const copies = duplicates > 0 && Math.random() < duplicates ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        // A repeated delivery has its own entry time, and the same event inside.
        const entry: Entry = {
          pageId: event.pageId,
          list: event.list,
          item: event.item,
          time: Date.now() + copy,
          beside: event.entry ?? {},
        };
        if (disorderMs === 0) {
          enqueue(entry);
          continue;
        }
        status.delayed += 1;
        later(() => {
          status.delayed -= 1;
          enqueue(entry);
        }, Math.random() * disorderMs);
      }
    },
    publishRaw(payload) {
      again.push(makeDelivery(payload, []));
      pump();
    },
    resume: pump,
    status() {
      return { ...status, queued: entries.length - head + again.length };
    },
    clear,
    stop() {
      isStopped = true;
      clear();
    },
  };
}
