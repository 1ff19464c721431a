import { Elysia } from "elysia";
import { type Static, Type } from "@sinclair/typebox";
import { type AuthDeps, guard } from "#auth";
import { hideOptInTokens } from "#messaging/inbound";
import { IsoTime, type Keyring, listOf, named, Nullable, PageQuery, rawAnswer, Uuid } from "#std";
import type { IngestDeps } from "./ingest.ts";
import { cacheOwnWords } from "./own_words.ts";
import { listRawEvents, type RawEvent, replayRawEvent } from "./raw_events.ts";
import { type ReceiveDeps, receiveWebhook } from "./receive.ts";
import { answerHandshake } from "./verify.ts";

type GuardDeps = Pick<AuthDeps, "sql" | "clock"> & { config: AuthDeps["config"] };

export interface WebhookRoutesDeps extends ReceiveDeps, Pick<IngestDeps, "sql">, Omit<GuardDeps, "config"> {
  /** `verifyToken` is the token entered at Meta with the callback URL. */
  config: ReceiveDeps["config"] & GuardDeps["config"] & { verifyToken: string };
}

const tags = ["webhooks"];
const Text = { "content-type": "text/plain; charset=utf-8" };

const HandshakeQuery = Type.Object({
  "hub.mode": Type.Optional(Type.String({ maxLength: 100 })),
  "hub.verify_token": Type.Optional(Type.String({ maxLength: 1_000 })),
  "hub.challenge": Type.Optional(Type.String({ maxLength: 1_000 })),
});

/** Meta's calls: the handshake when the callback URL is saved, and the events. */
export function webhookRoutes(on: WebhookRoutesDeps) {
  const receiving = { ...on, ownWords: cacheOwnWords(on) };
  return new Elysia({ name: "webhooks.facebook", prefix: "/webhooks" })
    .use(guard(on))
    .get(
      "/facebook",
      function verifyWebhook({ query }) {
        return new Response(answerHandshake(on.config.verifyToken, query), { headers: Text });
      },
      {
        public: true,
        query: HandshakeQuery,
        response: rawAnswer("text/plain", "hub.challenge"),
        detail: {
          operationId: "verifyWebhook",
          summary: "Verify the webhook for Meta",
          description:
            "Returns hub.challenge as plain text when hub.verify_token equals the configured token.",
          tags,
        },
      },
    )
    .post(
      "/facebook",
      async function receiveEvents({ request }) {
        return await receiveWebhook(receiving, request);
      },
      {
        public: true,
        parse: "none",
        response: rawAnswer("text/plain", "The events are stored"),
        detail: {
          operationId: "receiveWebhook",
          summary: "Receive webhook events from Meta",
          description:
            "Signed with X-Hub-Signature-256. 200 after the events are stored; 503 asks Meta to send them again.",
          tags,
        },
      },
    );
}

const RawEventView = named("WebhookEvent", {
  id: Uuid,
  receivedAt: IsoTime,
  pageId: Type.String(),
  kind: Type.String(),
  state: Type.Union([
    Type.Literal("stored"),
    Type.Literal("kept"),
    Type.Literal("unrouted"),
    Type.Literal("failed"),
  ]),
  error: Nullable(Type.String()),
  body: Type.String(),
  replayedAt: Nullable(IsoTime),
});

const RawEventsQuery = Type.Composite([
  PageQuery,
  Type.Object({
    state: Type.Optional(RawEventView.properties.state),
    search: Type.Optional(Type.String({ maxLength: 200 })),
  }),
]);

function view(event: RawEvent): Static<typeof RawEventView> {
  return {
    ...event,
    body: hideOptInTokens(event.body),
    receivedAt: event.receivedAt.toISOString(),
    replayedAt: event.replayedAt?.toISOString() ?? null,
  };
}

export interface RawEventRoutesDeps extends Omit<IngestDeps, "config" | "clock">, Omit<GuardDeps, "config"> {
  keyring: Keyring;
  config: IngestDeps["config"] & GuardDeps["config"];
}

/** For the owner: raw events of Meta, and their replay. */
export function rawEventRoutes(on: RawEventRoutesDeps) {
  return new Elysia({ name: "webhooks.raw_events", prefix: "/system/webhook-events" })
    .use(guard(on))
    .get(
      "",
      async function getRawEvents({ query }) {
        const { items, nextCursor } = await listRawEvents(on, query);
        return { items: items.map(view), nextCursor };
      },
      {
        can: "system:read",
        query: RawEventsQuery,
        response: listOf(RawEventView),
        detail: {
          operationId: "listWebhookEvents",
          summary: "List webhook events",
          description: "From the raw log, newest first. A search covers the newest 100,000.",
          tags,
        },
      },
    )
    .post(
      "/:id/replay",
      async function replayEvent({ params }) {
        return { event: view(await replayRawEvent(on, params.id)) };
      },
      {
        can: "system:manage",
        params: Type.Object({ id: Uuid }),
        response: Type.Object({ event: RawEventView }),
        detail: {
          operationId: "replayWebhookEvent",
          summary: "Replay a webhook event",
          description: "Processes the event again, as if Meta had just sent it.",
          tags,
        },
      },
    );
}
