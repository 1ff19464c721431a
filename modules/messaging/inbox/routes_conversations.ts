import { Elysia } from "elysia";
import { guard } from "#auth";
import { notFound, InWorkspace, OkResponse } from "#std";
import { workspaceChannel } from "../deps.ts";
import { publishNotified } from "../notifications/mod.ts";
import { changeConversations, markRead, markUnread } from "./conversation_change.ts";
import { countConversations } from "./conversation_counts.ts";
import {
  countOtherMatches,
  listConversations,
  readConversation,
  readConversations,
} from "./conversations.ts";
import type { InboxDeps } from "./deps.ts";
import {
  ChangedConversations,
  ControlBody,
  ConversationChange,
  ConversationChanges,
  ConversationList,
  ConversationResponse,
  ConversationsQuery,
  CountsQuery,
  CountsResponse,
  MatchCounts,
  MatchesQuery,
  OfConversation,
} from "./schema.ts";
import { changeControl } from "./thread_control.ts";
import { showTyping } from "./typing.ts";

const tags = ["conversations"];

/** Conversations of a workspace: list, counts, one, and changes. */
export function conversationsRoutes(on: InboxDeps) {
  async function changed(workspaceId: string, conversationId: string) {
    await on.live.publish(workspaceChannel(workspaceId), [
      { name: "conversation", data: { conversationId } },
    ]);
    return { conversation: await readConversation(on, workspaceId, conversationId) };
  }

  return new Elysia({ name: "messaging.conversations", prefix: "/workspaces/:workspaceId/conversations" })
    .use(guard(on))
    .get(
      "",
      async function getConversations({ params, query, principal }) {
        return await listConversations(on, params.workspaceId, {
          ...query,
          me: principal.userId,
          viewer: principal,
        });
      },
      {
        can: "conversations:read",
        params: InWorkspace,
        query: ConversationsQuery,
        response: ConversationList,
        detail: {
          operationId: "listConversations",
          summary: "List conversations",
          description:
            "Newest message first; `sort=oldest` reverses the order, except in a search. Open ones by default; `status` selects others. Spam appears only with `status=spam`, not with `all`. `search` matches a contact's name or a message that has all words; each may be the beginning of a word, and accents are ignored. A single number may be a whole PSID. A page of search results may have fewer than `limit` items, even none: the list ends when `nextCursor` is null. Each has a `match`: what the words match, with an excerpt.",
          tags,
        },
      },
    )
    .get(
      "/counts",
      async function getCounts({ params, query, principal }) {
        const { status = "open" } = query;
        return await countConversations(on.sql, params.workspaceId, {
          status,
          userId: principal.userId,
          viewer: principal,
        });
      },
      {
        can: "conversations:read",
        params: InWorkspace,
        query: CountsQuery,
        response: CountsResponse,
        detail: {
          operationId: "countConversations",
          summary: "Count conversations",
          description: "Assigned to you, unassigned, all and unread. Each count stops at 1,000.",
          tags,
        },
      },
    )
    .get(
      "/matches",
      async function getMatches({ params, query, principal }) {
        const asker = { me: principal.userId, viewer: principal };
        return { items: await countOtherMatches(on, params.workspaceId, { ...query, ...asker }) };
      },
      {
        can: "conversations:read",
        params: InWorkspace,
        query: MatchesQuery,
        response: MatchCounts,
        detail: {
          operationId: "countMatches",
          summary: "Count search matches in other statuses",
          description:
            "Takes the query of a search and counts the matches in each status besides `status` and spam. With frequent words it searches only the newest conversations of each status; `isMore` then says that older ones may match.",
          tags,
        },
      },
    )
    .get(
      "/:conversationId",
      async function getConversation({ params }) {
        return { conversation: await readConversation(on, params.workspaceId, params.conversationId) };
      },
      {
        can: "conversations:read",
        params: OfConversation,
        response: ConversationResponse,
        detail: { operationId: "readConversation", summary: "Get a conversation", tags },
      },
    )
    .patch(
      "/:conversationId",
      async function patchConversation({ params, body, principal }) {
        const { workspaceId, conversationId } = params;
        const { ids, notified } = await changeConversations(on, workspaceId, {
          ids: [conversationId],
          change: body,
          by: principal.userId,
          viewer: principal,
        });
        if (ids.length === 0) throw notFound("conversation");
        await publishNotified(on, workspaceId, notified);
        return await changed(workspaceId, conversationId);
      },
      {
        can: "conversations:work",
        params: OfConversation,
        body: ConversationChange,
        response: ConversationResponse,
        detail: {
          operationId: "changeConversation",
          summary: "Change a conversation",
          description:
            "Sets status and assignee (null: unassigned). Status `snoozed` requires `snoozedUntil`. Status `spam` also moves the conversation to spam on Facebook within seconds. Here it stays spam, without unread counts, until another status is set; on Facebook only a person can move it back.",
          tags,
        },
      },
    )
    .post(
      "/changes",
      async function patchConversations({ params, body, principal }) {
        const { workspaceId } = params;
        const { ids, notified } = await changeConversations(on, workspaceId, {
          ...body,
          by: principal.userId,
          viewer: principal,
        });
        await publishNotified(on, workspaceId, notified);
        await on.live.publish(
          workspaceChannel(workspaceId),
          ids.map((conversationId) => ({ name: "conversation", data: { conversationId } })),
        );
        return { items: await readConversations(on, workspaceId, ids) };
      },
      {
        can: "conversations:work",
        params: InWorkspace,
        body: ConversationChanges,
        response: ChangedConversations,
        detail: {
          operationId: "changeConversations",
          summary: "Change several conversations",
          description:
            "The same change for up to 200 conversations, all or none. Unknown ones are missing from the response.",
          tags,
        },
      },
    )
    .post(
      "/:conversationId/read",
      async function readAll({ params }) {
        await markRead(on.sql, params.workspaceId, params.conversationId);
        return await changed(params.workspaceId, params.conversationId);
      },
      {
        can: "conversations:work",
        params: OfConversation,
        response: ConversationResponse,
        detail: {
          operationId: "markConversationRead",
          summary: "Mark a conversation as read",
          description: 'Sets the unread count to 0 and shows "Seen" to the contact.',
          tags,
        },
      },
    )
    .post(
      "/:conversationId/unread",
      async function unread({ params }) {
        await markUnread(on.sql, params.workspaceId, params.conversationId);
        return await changed(params.workspaceId, params.conversationId);
      },
      {
        can: "conversations:work",
        params: OfConversation,
        response: ConversationResponse,
        detail: { operationId: "markConversationUnread", summary: "Mark a conversation as unread", tags },
      },
    )
    .post(
      "/:conversationId/thread-control",
      async function postControl({ params, body, principal }) {
        const { workspaceId, conversationId } = params;
        await changeControl(on, { ...params, ...body, by: principal });
        return await changed(workspaceId, conversationId);
      },
      {
        can: "conversations:reply",
        params: OfConversation,
        body: ControlBody,
        response: ConversationResponse,
        detail: {
          operationId: "changeThreadControl",
          summary: "Take, request or release thread control",
          description:
            "Uses Meta's Conversation Routing: `take` while routing is on for the page, `request` while it is off. The conversation's `control.actions` lists the allowed actions. After a request, `control.state` is `requested` until the other app hands over. 409 with `remedy` when Meta refuses.",
          tags,
        },
      },
    )
    .post(
      "/:conversationId/typing",
      async function typing({ params, principal }) {
        await showTyping(on, params.workspaceId, { conversationId: params.conversationId, by: principal });
        return { ok: true };
      },
      {
        can: "conversations:reply",
        params: OfConversation,
        response: OkResponse,
        detail: {
          operationId: "showTyping",
          summary: "Send typing indicator",
          description:
            "Shown to other members and, inside the messaging window, to the contact. Repeated calls within 5 seconds do nothing.",
          tags,
        },
      },
    );
}
