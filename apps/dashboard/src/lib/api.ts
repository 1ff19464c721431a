import type {
  ConnectedPage,
  Contact,
  Conversation,
  ConversationChange,
  ConversationCounts,
  ConversationQuery,
  DoctorCheck,
  FailedJob,
  List,
  Member,
  Message,
  Note,
  Onboarding,
  Page,
  PageLogin,
  SystemHealth,
  ThreadEvent,
  ThreadItem,
  User,
  WebhookEvent,
  Workspace,
} from "./api_types.ts";
import { request, requestSignedIn } from "./request.ts";

const LIST_LIMIT = 50;

interface SignedIn {
  user: User;
  accessToken: string;
}

function workspacePath(workspaceId: string, rest = ""): string {
  return `/workspaces/${workspaceId}${rest}`;
}

/** Every call that the dashboard makes, by the server's own words. */
export const auth = {
  setup: () => request<{ needsOwner: boolean }>("GET", "/auth/setup"),
  signup: (body: { email: string; password: string; name: string; setupToken: string }) =>
    request<SignedIn>("POST", "/auth/signup", { body }),
  login: (body: { email: string; password: string; remember: boolean }) =>
    request<SignedIn>("POST", "/auth/login", { body }),
  logout: () => request<{ ok: true }>("POST", "/auth/logout"),
  me: () => requestSignedIn<{ user: User; workspaces: Workspace[] }>("/auth/me"),
};

export const workspaces = {
  create: (body: { name: string; accent?: string }) =>
    request<{ workspace: Workspace }>("POST", "/workspaces", { body }),
  edit: (id: string, body: { name?: string; accent?: string }) =>
    request<{ workspace: Workspace }>("PATCH", workspacePath(id), { body }),
  members: (id: string) => request<List<Member>>("GET", workspacePath(id, "/members")),
  onboarding: (id: string) => request<Onboarding>("GET", workspacePath(id, "/onboarding")),
  liveUrl: (id: string) => `/api/v1${workspacePath(id, "/live")}`,
};

export const conversations = {
  list: (workspaceId: string, query: ConversationQuery, signal?: AbortSignal) =>
    request<List<Conversation>>("GET", workspacePath(workspaceId, "/conversations"), {
      query: { limit: LIST_LIMIT, ...query },
      signal,
    }),
  counts: (workspaceId: string, status: string) =>
    request<ConversationCounts>("GET", workspacePath(workspaceId, "/conversations/counts"), {
      query: { status },
    }),
  get: (workspaceId: string, id: string) =>
    request<{ conversation: Conversation }>("GET", workspacePath(workspaceId, `/conversations/${id}`)),
  change: (workspaceId: string, id: string, body: ConversationChange) =>
    request<{ conversation: Conversation }>("PATCH", workspacePath(workspaceId, `/conversations/${id}`), {
      body,
    }),
  markRead: (workspaceId: string, id: string) =>
    request<{ conversation: Conversation }>("POST", workspacePath(workspaceId, `/conversations/${id}/read`)),
  markUnread: (workspaceId: string, id: string) =>
    request<{ conversation: Conversation }>(
      "POST",
      workspacePath(workspaceId, `/conversations/${id}/unread`),
    ),
  typing: (workspaceId: string, id: string) =>
    request<{ ok: boolean }>("POST", workspacePath(workspaceId, `/conversations/${id}/typing`)),
  thread: (workspaceId: string, id: string, cursor?: string) =>
    request<List<ThreadItem>>("GET", workspacePath(workspaceId, `/conversations/${id}/thread`), {
      query: { limit: LIST_LIMIT, cursor },
    }),
  send: (
    workspaceId: string,
    id: string,
    reply: { text: string; replyToMid?: string },
    idempotencyKey: string,
  ) =>
    request<{ message: Message }>("POST", workspacePath(workspaceId, `/conversations/${id}/messages`), {
      body: reply,
      idempotencyKey,
    }),
  retry: (workspaceId: string, id: string, messageId: string) =>
    request<{ message: Message }>(
      "POST",
      workspacePath(workspaceId, `/conversations/${id}/messages/${messageId}/retry`),
    ),
  note: (workspaceId: string, id: string, text: string) =>
    request<{ note: Note }>("POST", workspacePath(workspaceId, `/conversations/${id}/notes`), {
      body: { text },
    }),
};

export const contacts = {
  list: (
    workspaceId: string,
    query: {
      search?: string | undefined;
      pageId?: string | undefined;
      cursor?: string | undefined;
      limit?: number;
    },
  ) =>
    request<List<Contact>>("GET", workspacePath(workspaceId, "/contacts"), {
      query: { limit: LIST_LIMIT, ...query },
    }),
  get: (workspaceId: string, id: string) =>
    request<{ contact: Contact }>("GET", workspacePath(workspaceId, `/contacts/${id}`)),
  events: (workspaceId: string, id: string, cursor?: string) =>
    request<List<ThreadEvent>>("GET", workspacePath(workspaceId, `/contacts/${id}/events`), {
      query: { limit: LIST_LIMIT, cursor },
    }),
};

export const pages = {
  list: (workspaceId: string) => request<List<Page>>("GET", workspacePath(workspaceId, "/pages")),
  get: (workspaceId: string, id: string) =>
    request<{ page: Page }>("GET", workspacePath(workspaceId, `/pages/${id}`)),
  connect: (workspaceId: string, body: { pageId: string; accessToken: string }) =>
    request<{ page: Page }>("POST", workspacePath(workspaceId, "/pages"), { body }),
  disconnect: (workspaceId: string, id: string) =>
    request<{ page: Page }>("DELETE", workspacePath(workspaceId, `/pages/${id}`)),
  check: (workspaceId: string, id: string) =>
    request<{ page: Page }>("POST", workspacePath(workspaceId, `/pages/${id}/check`)),
  repair: (workspaceId: string, id: string) =>
    request<{ page: Page }>("POST", workspacePath(workspaceId, `/pages/${id}/repair`)),
  startLogin: (workspaceId: string) =>
    request<{ url: string }>("POST", workspacePath(workspaceId, "/pages/login")),
  finishLogin: (workspaceId: string, body: { code: string; state: string }) =>
    request<PageLogin>("POST", workspacePath(workspaceId, "/pages/login/finish"), { body }),
  connectFromLogin: (workspaceId: string, loginId: string, pageIds: string[]) =>
    request<{ items: ConnectedPage[] }>(
      "POST",
      workspacePath(workspaceId, `/pages/login/${loginId}/connect`),
      {
        body: { pageIds },
      },
    ),
  doctor: (workspaceId: string) =>
    request<{ checks: DoctorCheck[] }>("GET", workspacePath(workspaceId, "/pages/doctor")),
};

export const system = {
  health: () => request<SystemHealth>("GET", "/system/health"),
  failedJobs: (cursor?: string) =>
    request<List<FailedJob>>("GET", "/system/jobs", { query: { state: "failed", cursor } }),
  retryJob: (id: string) => request<object>("POST", `/system/jobs/${id}/retry`),
  webhookEvents: (query: {
    state?: string | undefined;
    search?: string | undefined;
    cursor?: string | undefined;
  }) =>
    request<List<WebhookEvent>>("GET", "/system/webhook-events", { query: { limit: LIST_LIMIT, ...query } }),
  replay: (id: string) => request<{ event: WebhookEvent }>("POST", `/system/webhook-events/${id}/replay`),
};
