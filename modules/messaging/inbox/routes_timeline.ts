import { Elysia, t } from "elysia";
import { guard } from "#auth";
import { PageQuery } from "#std";
import { retryReply, sendReply } from "../delivery/mod.ts";
import { workspaceChannel } from "../deps.ts";
import { publishNotified } from "../notifications/mod.ts";
import { addLibraryFile, LibraryFileResponse } from "../templates/mod.ts";
import type { InboxDeps } from "./deps.ts";
import { addNote } from "./note_store.ts";
import { reactTo } from "./reaction.ts";
import {
  MessageList,
  MessageResponse,
  NoteBody,
  NoteResponse,
  OfConversation,
  OfMessage,
  ReactionBody,
  ReplyBody,
  ReplyHeaders,
  TimelineItemList,
} from "./schema.ts";
import { listMessages, readMessage, readTimeline } from "./timeline.ts";

const tags = ["conversations"];
const readsTimeline = {
  can: "conversations:read",
  params: OfConversation,
  query: PageQuery,
  response: TimelineItemList,
} as const;

/** Messages, timeline and notes of a conversation. */
export function timelineRoutes(on: Omit<InboxDeps, "rateLimiter">) {
  return (
    new Elysia({
      name: "messaging.timeline",
      prefix: "/workspaces/:workspaceId/conversations/:conversationId",
    })
      .use(guard(on))
      .get(
        "/messages",
        async function getMessages({ params, query }) {
          return await listMessages(on, params.workspaceId, {
            ...query,
            conversationId: params.conversationId,
          });
        },
        {
          can: "conversations:read",
          params: OfConversation,
          query: PageQuery,
          response: MessageList,
          detail: {
            operationId: "listMessages",
            summary: "List messages",
            description: "Of one conversation, newest first.",
            tags,
          },
        },
      )
      .post(
        "/messages",
        async function postReply({ params, headers, body, principal, set }) {
          const { messageId } = await sendReply(on, {
            ...params,
            ...body,
            by: principal,
            idempotencyKey: headers["idempotency-key"],
          });
          set.status = 202;
          return { message: await readMessage(on, params.workspaceId, { ...params, messageId }) };
        },
        {
          can: "conversations:reply",
          params: OfConversation,
          headers: ReplyHeaders,
          body: ReplyBody,
          response: { 202: MessageResponse },
          detail: {
            operationId: "sendReply",
            summary: "Send a reply",
            description:
              "Pass one of `text`, `templateId` and `content`; the reply is sent at once. Repeating the same `Idempotency-Key` and reply returns the same message and sends nothing. 409 with `remedy` when Meta's rules or the contact's consent forbid it.",
            tags,
          },
        },
      )
      .post(
        "/messages/:messageId/retry",
        async function postRetry({ params, principal, set }) {
          await retryReply(on, { ...params, by: principal });
          set.status = 202;
          return { message: await readMessage(on, params.workspaceId, params) };
        },
        {
          can: "conversations:reply",
          params: OfMessage,
          response: { 202: MessageResponse },
          detail: { operationId: "retryReply", summary: "Retry a failed message", tags },
        },
      )
      .post(
        "/messages/:messageId/reaction",
        async function postReaction({ params, body }) {
          await reactTo(on, params.workspaceId, { ...params, ...body });
          return { message: await readMessage(on, params.workspaceId, params) };
        },
        {
          can: "conversations:reply",
          params: OfMessage,
          body: ReactionBody,
          response: MessageResponse,
          detail: {
            operationId: "reactToMessage",
            summary: "React to a contact's message",
            description: "Shown in Messenger; null removes the reaction. Only while a reply is allowed.",
            tags,
          },
        },
      )
      .post(
        "/files",
        async function postFile({ params, body, principal, set }) {
          const { workspaceId, conversationId } = params;
          set.status = 201;
          return {
            file: await addLibraryFile(on, workspaceId, { file: body.file, by: principal, conversationId }),
          };
        },
        {
          can: "conversations:reply",
          params: OfConversation,
          body: t.Object({ file: t.File() }, { contentMediaType: "multipart/form-data" }),
          response: { 201: LibraryFileResponse },
          detail: {
            operationId: "addReplyFile",
            summary: "Upload a file for a reply",
            description:
              "Send it with `content.mediaFileId` of a reply in this conversation only; it is not in the media library. The type is detected from the bytes: images up to 8 MB; video, audio and other files up to 25 MB. Deleted after a day without a reply.",
            tags,
          },
        },
      )
      .get(
        "/timeline",
        async function getTimeline({ params, query }) {
          return await readTimeline(on, params.workspaceId, {
            ...query,
            conversationId: params.conversationId,
          });
        },
        {
          ...readsTimeline,
          detail: {
            operationId: "readTimeline",
            summary: "Get a timeline",
            description: "Messages, notes and events of a conversation in one order, newest first.",
            tags,
          },
        },
      )
      // The path of 0.2.0.
      .get(
        "/thread",
        async function getThread({ params, query }) {
          return await readTimeline(on, params.workspaceId, {
            ...query,
            conversationId: params.conversationId,
          });
        },
        {
          ...readsTimeline,
          detail: { operationId: "readThread", summary: "Get a timeline", hide: true },
        },
      )
      .post(
        "/notes",
        async function postNote({ params, body, principal, set }) {
          const { workspaceId, conversationId } = params;
          const { note, notified } = await addNote(on, workspaceId, {
            ...body,
            conversationId,
            authorId: principal.userId,
          });
          await on.live.publish(workspaceChannel(workspaceId), [
            { name: "note", data: { conversationId, noteId: note.id } },
          ]);
          await publishNotified(on, workspaceId, notified);
          set.status = 201;
          return { note };
        },
        {
          can: "notes:write",
          params: OfConversation,
          body: NoteBody,
          response: { 201: NoteResponse },
          detail: {
            operationId: "addNote",
            summary: "Add a note",
            description: "Visible to members only. Notifies the members in `mentions`.",
            tags,
          },
        },
      )
  );
}
