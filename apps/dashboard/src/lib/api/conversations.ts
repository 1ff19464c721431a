import { answer, inWorkspace, LIST_LIMIT } from "./client.ts";
import type { Content } from "./templates.ts";

export type Reaction = "love" | "smile" | "wow" | "sad" | "angry" | "like" | "dislike";

export type ControlAction = "take" | "request" | "release";

export interface ConversationQuery {
  status?: "open" | "pending" | "snoozed" | "resolved" | "spam" | "all";
  assignee?: string;
  search?: string;
  pageId?: string;
  tagId?: string;
  unread?: "true";
  sort?: "newest" | "oldest";
  limit?: number;
  cursor?: string;
}

export interface ConversationChange {
  status?: "open" | "pending" | "snoozed" | "resolved" | "spam";
  assigneeId?: string | null;
  snoozedUntil?: string | null;
}

export type InboxTab = "mine" | "unassigned" | "all";

export interface ConversationFilter {
  tab: InboxTab;
  status: NonNullable<ConversationQuery["status"]>;
  search: string;
  pageId: string | null;
  tagId: string | null;
  unreadOnly: boolean;
  sort: "newest" | "oldest";
}

function conversation(workspaceId: string, conversationId: string) {
  return inWorkspace(workspaceId).conversations({ conversationId });
}

export const conversations = {
  list: (workspaceId: string, query: ConversationQuery, signal?: AbortSignal) =>
    answer(
      inWorkspace(workspaceId).conversations.get({
        query: { limit: LIST_LIMIT, ...query },
        ...(signal ? { fetch: { signal } } : {}),
      }),
    ),
  matches: (workspaceId: string, query: ConversationQuery & { search: string }, signal: AbortSignal) => {
    const { sort: _sort, limit: _limit, cursor: _cursor, ...asked } = query;
    return answer(inWorkspace(workspaceId).conversations.matches.get({ query: asked, fetch: { signal } }));
  },
  counts: (workspaceId: string, status: NonNullable<ConversationQuery["status"]>) =>
    answer(inWorkspace(workspaceId).conversations.counts.get({ query: { status } })),
  get: (workspaceId: string, id: string) => answer(conversation(workspaceId, id).get()),
  change: (workspaceId: string, id: string, body: ConversationChange) =>
    answer(conversation(workspaceId, id).patch(body)),
  changeAll: (workspaceId: string, body: { ids: string[]; change: ConversationChange }) =>
    answer(inWorkspace(workspaceId).conversations.changes.post(body)),
  markRead: (workspaceId: string, id: string) => answer(conversation(workspaceId, id).read.post()),
  markUnread: (workspaceId: string, id: string) => answer(conversation(workspaceId, id).unread.post()),
  changeControl: (workspaceId: string, id: string, action: ControlAction) =>
    answer(conversation(workspaceId, id)["thread-control"].post({ action })),
  typing: (workspaceId: string, id: string) => answer(conversation(workspaceId, id).typing.post()),
  timeline: (workspaceId: string, id: string, page: { cursor?: string } = {}) =>
    answer(conversation(workspaceId, id).timeline.get({ query: { limit: LIST_LIMIT, ...page } })),
  send: (
    workspaceId: string,
    id: string,
    reply: {
      text?: string;
      templateId?: string;
      content?: Content;
      replyToMid?: string;
      idempotencyKey: string;
    },
  ) => {
    const { idempotencyKey, ...body } = reply;
    const headers = { "idempotency-key": idempotencyKey };
    return answer(conversation(workspaceId, id).messages.post(body, { headers }));
  },
  retry: (workspaceId: string, id: string, messageId: string) =>
    answer(conversation(workspaceId, id).messages({ messageId }).retry.post()),
  react: (workspaceId: string, id: string, messageId: string, reaction: Reaction | null) =>
    answer(conversation(workspaceId, id).messages({ messageId }).reaction.post({ reaction })),
  addFile: (workspaceId: string, id: string, file: File) =>
    answer(conversation(workspaceId, id).files.post({ file })),
  note: (workspaceId: string, id: string, body: { text: string; mentions: string[] }) =>
    answer(conversation(workspaceId, id).notes.post(body)),
};

export const views = {
  list: (workspaceId: string) => answer(inWorkspace(workspaceId).views.get()),
  counts: (workspaceId: string) => answer(inWorkspace(workspaceId).views.counts.get()),
  save: (workspaceId: string, body: { name: string; filter: ConversationFilter }) =>
    answer(inWorkspace(workspaceId).views.post(body)),
  remove: (workspaceId: string, viewId: string) =>
    answer(inWorkspace(workspaceId).views({ viewId }).delete()),
};
