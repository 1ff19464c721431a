import { RedisClient } from "bun";
import type { LiveBus, LiveFact, LiveListener, Numbered } from "./live_bus.ts";
import { log } from "./log.ts";

const reconnectEveryMs = 1_000;
const kept = 1_000;
/** A Redis that is silent for this long counts as away. */
const longestAnswerMs = 2_000;
const askEveryMs = 5_000;

const awayText =
  "Cannot reach Redis; trying again. Until then each process goes on by itself: live events stay within it, rate limits are not shared";

export interface RedisOptions {
  /** After each connect. */
  onReady?: (client: RedisClient) => void;
  /** Logs when Redis goes away and when it returns; one line for several connections. */
  isLogged?: boolean;
}

/**
 * A Redis connection that reconnects without end. Commands fail at once while it is away, and after two seconds of
 * silence: Redis carries speed, never truth, and callers continue without it.
 */
export function openRedis(
  url: string,
  { onReady = () => undefined, isLogged = true }: RedisOptions = {},
): RedisClient {
  const client = new RedisClient(url, {
    enableOfflineQueue: false,
    autoReconnect: true,
    maxRetries: 1_000_000,
    connectionTimeout: 2_000,
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  let isAway = false;
  const away = (error?: unknown) => {
    clearTimeout(firstTry);
    if (isLogged && !isAway) log.warn(awayText, error === undefined ? {} : { error });
    isAway = true;
  };
  // Bun retries silently while there is no response.
  const firstTry = setTimeout(() => !client.connected && away(), 2 * longestAnswerMs);
  const close = client.close.bind(client);
  client.close = () => {
    isClosed = true;
    clearTimeout(firstTry);
    clearTimeout(timer);
    close();
  };
  const connect = () => {
    clearTimeout(timer);
    if (isClosed || client.connected) return;
    client.connect().catch((error: unknown) => {
      if (isClosed) return;
      away(error);
      timer = setTimeout(connect, reconnectEveryMs);
    });
  };
  client.onconnect = () => {
    clearTimeout(firstTry);
    clearTimeout(timer);
    if (isLogged && isAway) log.info("Redis is there: processes share live events and rate limits");
    isAway = false;
    onReady(client);
  };
  // Bun's own retries end some day; ours do not.
  client.onclose = (error) => {
    if (isClosed) return;
    away(error);
    clearTimeout(timer);
    timer = setTimeout(connect, reconnectEveryMs);
  };
  // A frozen or vanished server closes nothing: release waiting callers, and let the next ones not wait.
  const inTime = async <T>(answer: Promise<T>): Promise<T> => {
    let late: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<never>((_, fail) => {
      late = setTimeout(() => {
        fail(new Error(`Redis says nothing for ${longestAnswerMs} ms`));
        if (client.connected) close();
      }, longestAnswerMs);
    });
    return await Promise.race([answer, silence]).finally(() => clearTimeout(late));
  };
  const { send, publish } = client;
  client.send = (...args) => inTime(send.apply(client, args));
  client.publish = (...args) => inTime(publish.apply(client, args));
  connect();
  return client;
}

/**
 * Live events across processes: each channel is a capped stream (for resume) and a subscription (for now). Subscribe
 * again after every reconnect, because Bun's client loses subscriptions silently.
 */
export function createRedisLiveBus<Event extends LiveFact>(
  url: string,
  commands: RedisClient,
): LiveBus<Event> {
  const listeners = new Map<string, Set<LiveListener<Event>>>();
  const deliver = (message: string, channel: string) => {
    const event: Numbered<Event> = JSON.parse(message);
    for (const listener of listeners.get(channel) ?? []) listener(event);
  };
  let isFirst = true;
  const subscriber = openRedis(url, { isLogged: false, onReady });
  async function onReady(client: RedisClient): Promise<void> {
    const again = !isFirst;
    isFirst = false;
    for (const channel of listeners.keys()) {
      try {
        if (again) await client.unsubscribe(channel);
        await client.subscribe(channel, deliver);
      } catch (error) {
        log.warn("Cannot subscribe to live events; the next connection tries again", { error });
      }
    }
    // Events published during the outage are lost: screens reload.
    if (again) {
      for (const [channel, set] of listeners) {
        for (const listener of set) listener({ id: "", name: "refetch", data: { channel } });
      }
    }
  }

  // A listening connection must ask whether the server is still there.
  const asking = setInterval(() => {
    if (subscriber.connected) subscriber.send("PING", []).catch(() => undefined);
  }, askEveryMs);

  return {
    async publish(channel, events) {
      try {
        await Promise.all(
          events.map(async (event) => {
            const body = JSON.stringify({ name: event.name, data: event.data });
            const id: unknown = await commands.send("XADD", [
              `ms:live:${channel}`,
              "MAXLEN",
              "~",
              String(kept),
              "*",
              "e",
              body,
            ]);
            await commands.publish(channel, JSON.stringify({ ...event, id: String(id) }));
          }),
        );
      } catch (error) {
        // The outage was logged already.
        if (commands.connected)
          log.warn("Cannot publish live events: screens will be late until Redis is back", { error });
      }
    },
    subscribe(channel, listener) {
      let set = listeners.get(channel);
      if (!set) {
        set = new Set();
        listeners.set(channel, set);
        if (subscriber.connected) {
          subscriber
            .subscribe(channel, deliver)
            .catch((error) => log.warn("Cannot subscribe to live events", { error }));
        }
      }
      const own = set.add(listener);
      return () => {
        own.delete(listener);
        if (own.size > 0) return;
        listeners.delete(channel);
        if (subscriber.connected) subscriber.unsubscribe(channel).catch(() => undefined);
      };
    },
    async since(channel, id) {
      if (!/^\d+-\d+$/.test(id)) return null;
      try {
        const found: unknown = await commands.send("XRANGE", [
          `ms:live:${channel}`,
          id,
          "+",
          "COUNT",
          String(kept + 1),
        ]);
        if (!Array.isArray(found)) return null;
        const events = found.flatMap((entry): Numbered<Event>[] =>
          Array.isArray(entry) && Array.isArray(entry[1])
            ? [{ ...JSON.parse(String(entry[1][1])), id: String(entry[0]) }]
            : [],
        );
        // The stream still has the reader's last event, so nothing between was dropped. It may hold slightly more
        // than its limit: unread entries of that part would be missing at the end.
        return events[0]?.id === id && events.length <= kept ? events.slice(1) : null;
      } catch {
        return null;
      }
    },
    close() {
      listeners.clear();
      clearInterval(asking);
      subscriber.close();
    },
  };
}
