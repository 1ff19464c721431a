import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type AuthDeps, guard, isStillSignedIn, type Principal } from "#auth";
import { type LiveBus, type LiveEvent, log, Problem, rawAnswer, Uuid } from "#std";
import { workspaceChannel } from "./deps.ts";

export interface LiveDeps extends Pick<AuthDeps, "db" | "clock" | "config"> {
  live: LiveBus;
  /** Aborted when the server stops: streams end, so that it need not wait for them. */
  stopping: AbortSignal;
}

export interface LiveOptions {
  heartbeatMs?: number;
  /** Events that may wait for one slow reader before it is cut off. */
  queueLimit?: number;
}

const retryMs = 2_000;

/** Server-sent events of a workspace; members only. A reader that was away resumes by Last-Event-ID. */
export function liveRoutes(on: LiveDeps, { heartbeatMs = 15_000, queueLimit = 500 }: LiveOptions = {}) {
  return new Elysia({ name: "messaging.live" }).use(guard(on)).get(
    "/workspaces/:workspaceId/live",
    async function streamLive({ params, request, principal }) {
      if (on.stopping.aborted)
        throw new Problem("stopping", 503, "The server is stopping: connect again in a moment", {
          retryAfterSeconds: 2,
        });
      const stream = openStream(on, {
        channel: workspaceChannel(params.workspaceId),
        lastEventId: request.headers.get("last-event-id"),
        principal,
        heartbeatMs,
        queueLimit,
        gone: request.signal,
      });
      return new Response(stream, {
        headers: {
          "content-type": "text/event-stream; charset=utf-8",
          "cache-control": "no-cache, no-transform",
          // nginx would otherwise collect events before it passes them on.
          "x-accel-buffering": "no",
        },
      });
    },
    {
      can: "workspace:read",
      params: Type.Object({ workspaceId: Uuid }),
      response: rawAnswer("text/event-stream", "A stream of server-sent events"),
      detail: {
        operationId: "streamLive",
        summary: "Live events of a workspace",
        description:
          "Server-sent events: hello, refetch, workspace, message, conversation, note, typing, page, contact, transfer, campaign, notification. They carry ids and small facts; read the rest from the API. Resumes by Last-Event-ID; `refetch` says that too much was missed.",
        tags: ["live"],
      },
    },
  );
}

interface Reader {
  channel: string;
  lastEventId: string | null;
  principal: Principal;
  heartbeatMs: number;
  queueLimit: number;
  /** Aborted when the client is gone. */
  gone: AbortSignal;
}

/** One reader's stream: a bounded queue between the bus and the socket, which takes only what the client reads. */
function openStream(
  on: Pick<LiveDeps, "db" | "live" | "stopping">,
  { channel, lastEventId, principal, heartbeatMs, queueLimit, gone }: Reader,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let queue: string[] = [];
  let isEnded = false;
  let isCut = false;
  let wake: () => void = () => undefined;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  // Events that come while the missed ones are being read wait here, so that the order holds.
  let held: LiveEvent[] | null = [];
  let heartbeat: ReturnType<typeof setTimeout> | undefined;

  function end(): void {
    if (isEnded) return;
    isEnded = true;
    clearTimeout(heartbeat);
    unsubscribe();
    on.stopping.removeEventListener("abort", end);
    gone.removeEventListener("abort", end);
    wake();
  }

  function push(text: string): void {
    if (isEnded) return;
    if (queue.length >= queueLimit) {
      log.info("Live reader cut off: it does not keep up", { waiting: queue.length });
      queue = [];
      isCut = true;
      end();
      // An error and not an orderly end: that closes the connection at once, with what still waits in it.
      return controller?.error(new Error("The reader does not keep up"));
    }
    queue.push(text);
    wake();
  }

  const unsubscribe = on.live.subscribe(channel, (event) => {
    if (held) held.push(event);
    else push(format(event));
  });
  on.stopping.addEventListener("abort", end);
  gone.addEventListener("abort", end);

  async function begin(): Promise<void> {
    push(`retry: ${retryMs}\nevent: hello\ndata: {}\n\n`);
    const missed = lastEventId ? await on.live.since(channel, lastEventId) : [];
    if (missed === null) push("event: refetch\ndata: {}\n\n");
    const seen = new Set<string>();
    for (const event of missed ?? []) {
      seen.add(event.id);
      push(format(event));
    }
    const meanwhile = held ?? [];
    held = null;
    for (const event of meanwhile) if (!seen.has(event.id)) push(format(event));
  }

  async function beat(): Promise<void> {
    try {
      if (!(await isStillSignedIn(on, principal))) return end();
    } catch (error) {
      // No database for a moment is no reason to send everybody away; the next heartbeat asks again.
      log.warn("Cannot check the session of a live reader", { error });
    }
    push(": alive\n\n");
    if (!isEnded) heartbeat = setTimeout(beat, heartbeatMs);
  }

  return new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
        heartbeat = setTimeout(beat, heartbeatMs);
        begin().catch((error) => {
          log.warn("Cannot begin a live stream", { error });
          end();
        });
      },
      async pull(given) {
        if (queue.length === 0 && !isEnded) await new Promise<void>((done) => (wake = done));
        const text = queue.join("");
        queue = [];
        if (isCut) return;
        if (text !== "") given.enqueue(encoder.encode(text));
        if (isEnded) given.close();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

function format({ id, name, data }: LiveEvent): string {
  const idLine = id ? `id: ${id}\n` : "";
  return `${idLine}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
