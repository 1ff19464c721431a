import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type AuthDeps, guard, type Principal } from "#auth";
import { type LiveBus, log, type Numbered, rawAnswer, type Refetch, Uuid } from "#std";
import { workspaceChannel } from "../deps.ts";
import type { LiveEvent } from "../live_event.ts";
import {
  createStreamSessions,
  type StreamLimits,
  streamLimits,
  type StreamSessions,
} from "./stream_sessions.ts";
import { seenEvents } from "./seen_events.ts";
import { problem } from "./problems.ts";

export interface LiveDeps extends Pick<AuthDeps, "sql" | "clock" | "config"> {
  live: LiveBus<LiveEvent>;
  /** Aborted when the server stops: streams end, so that it need not wait for them. */
  stopping: AbortSignal;
}

/** Messages to a reader. */
type Heard = Numbered<LiveEvent> | Refetch;

export interface LiveOptions {
  heartbeatMs?: number;
  /** Events that may wait for one slow reader before it is cut off. */
  queueLimit?: number;
  limits?: StreamLimits;
}

const retryMs = 2_000;
/** When the database did not tell whether a reader is still signed in. */
const askAgainMs = 1_000;

/** Server-sent events of a workspace; members only. A reader that was away resumes by Last-Event-ID. */
export function liveRoutes(
  on: LiveDeps,
  { heartbeatMs = 15_000, queueLimit = 500, limits = streamLimits }: LiveOptions = {},
) {
  const sessions = createStreamSessions(on, limits);
  return new Elysia({ name: "messaging.live" }).use(guard(on)).get(
    "/workspaces/:workspaceId/live",
    async function streamLive({ params, query, request, principal }) {
      if (on.stopping.aborted) throw problem("stopping", {}, { retryAfterSeconds: 2 });
      const stream = openStream(on, {
        workspaceId: params.workspaceId,
        channel: workspaceChannel(params.workspaceId),
        lastEventId: request.headers.get("last-event-id") ?? query.lastEventId ?? null,
        principal,
        heartbeatMs,
        queueLimit,
        sessions,
        gone: request.signal,
      });
      return new Response(stream, {
        headers: {
          "content-type": "text/event-stream; charset=utf-8",
          "cache-control": "no-store, no-transform",
          // nginx would otherwise collect events before it passes them on.
          "x-accel-buffering": "no",
        },
      });
    },
    {
      can: "workspace:read",
      params: Type.Object({ workspaceId: Uuid }),
      query: Type.Object({
        lastEventId: Type.Optional(
          Type.String({
            maxLength: 200,
            description: "Resumes after this event; for clients that cannot send the header Last-Event-ID",
          }),
        ),
      }),
      response: rawAnswer("text/event-stream", "A stream of server-sent events"),
      detail: {
        operationId: "streamLive",
        summary: "Stream live events of a workspace",
        description:
          "Server-sent events: hello, refetch, workspace, message, conversation, note, typing, page, contact, transfer, campaign, notification, access. Members who see a part of a workspace get the events of that part. They have ids and few details; get the rest from the API. Resumes after Last-Event-ID; `refetch` means that too many events were missed. A stream ends with its session. Limit: 20 streams per user and process.",
        tags: ["live"],
      },
    },
  );
}

interface Reader {
  workspaceId: string;
  channel: string;
  lastEventId: string | null;
  principal: Principal;
  heartbeatMs: number;
  queueLimit: number;
  sessions: StreamSessions;
  /** Aborted when the client is gone. */
  gone: AbortSignal;
}

/**
 * One reader's stream: a bounded queue between the bus and the socket, which accepts only as much as the client reads.
 */
function openStream(
  on: Pick<LiveDeps, "sql" | "live" | "stopping">,
  { workspaceId, channel, lastEventId, principal, heartbeatMs, queueLimit, sessions, gone }: Reader,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let queue: string[] = [];
  let isEnded = false;
  let isCut = false;
  let wake: () => void = () => undefined;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  // Events that come while the missed ones are being read wait here, so that the order holds.
  let held: Heard[] | null = [];
  /** Events that wait until it is known that the reader is still signed in. */
  let unconfirmed: Heard[] = [];
  let isConfirming = false;
  let heartbeat: ReturnType<typeof setTimeout> | undefined;

  function end(): void {
    if (isEnded) return;
    isEnded = true;
    clearTimeout(heartbeat);
    unsubscribe();
    sessions.close(stream);
    on.stopping.removeEventListener("abort", end);
    gone.removeEventListener("abort", end);
    wake();
  }

  function push(text: string): void {
    if (isEnded) return;
    if (queue.length >= queueLimit) return cut();
    queue.push(text);
    wake();
  }

  function cut(): void {
    log.info("Live reader cut off: it does not keep up", { waiting: queue.length });
    queue = [];
    isCut = true;
    end();
    // An error and not an orderly end: that closes the connection at once, with what still waits in it.
    controller?.error(new Error("The reader does not keep up"));
  }

  function pushConfirmed(event: Heard): void {
    if (unconfirmed.length >= queueLimit) return cut();
    unconfirmed.push(event);
    if (!isConfirming) void confirm();
  }

  /** Asked after each event came, so that nothing reaches somebody whose session ended before it. */
  async function confirm(): Promise<void> {
    isConfirming = true;
    while (unconfirmed.length > 0 && !isEnded) {
      const events = unconfirmed;
      unconfirmed = [];
      const seen = await look(events);
      if (seen === "ended") return end();
      if (seen === "unknown") {
        // No database for a moment is no reason to send everybody away.
        unconfirmed = [...events, ...unconfirmed];
        await Bun.sleep(askAgainMs);
      } else for (const event of seen) push(format(event));
    }
    isConfirming = false;
  }

  /** What the reader sees of these events now. */
  async function look(events: readonly Heard[]): Promise<readonly Heard[] | "ended" | "unknown"> {
    const access = await sessions.currentAccess(principal);
    if (access.kind === "ended") return "ended";
    if (access.kind === "unknown") return "unknown";
    if (access.kind === "all") return events;
    return await seenEvents(on.sql, { ...principal, access, workspaceId }, events).catch((error: unknown) => {
      log.warn("Cannot tell which live events a member sees", { error });
      return "unknown" as const;
    });
  }

  // Before anything that would have to be taken back.
  const stream = { principal, end };
  sessions.open(stream);
  const unsubscribe = on.live.subscribe(channel, (event) => {
    if (held) held.push(event);
    else pushConfirmed(event);
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
      pushConfirmed(event);
    }
    const meanwhile = held ?? [];
    held = null;
    for (const event of meanwhile) if (!seen.has(event.id)) pushConfirmed(event);
  }

  function beat(): void {
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

function format({ id, name, data }: Heard): string {
  const idLine = id ? `id: ${id}\n` : "";
  return `${idLine}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
