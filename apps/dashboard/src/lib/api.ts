import { treaty } from "@elysiajs/eden";
import type { App } from "../../../server/app.ts";
import type { Accent } from "./accents.ts";
import type { ConversationFilter } from "./inbox/conversation_filter.ts";
import type { Content } from "./templates/templates_api.ts";
import { ApiError, fetchSignedIn, readProblem } from "./request.ts";

export const LIST_LIMIT = 50;

// Chat text may look like a date and must stay text, so nothing is turned into a Date.
const fetcher: typeof fetch = Object.assign(fetchSignedIn, { preconnect: () => {} });
const api = treaty<App>(location.origin, { parseDate: false, fetcher }).api.v1;

/** All items of a list that comes in pages; for lists that the server keeps short, such as segments. */
export async function allItems<Item>(
  load: (page: { limit: number; cursor?: string }) => Promise<{ items: Item[]; nextCursor: string | null }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: Item[]; nextCursor: string | null } = await load({
      limit: 100,
      ...(cursor === null ? {} : { cursor }),
    });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}

export function inWorkspace(workspaceId: string) {
  return api.workspaces({ workspaceId });
}

function conversation(workspaceId: string, conversationId: string) {
  return inWorkspace(workspaceId).conversations({ conversationId });
}

interface Reply<Data> {
  data: Data | null;
  error: { value: unknown } | null;
  response: Response | undefined;
  status: number;
}

/** What the server answered, or its problem thrown as an ApiError. */
export async function answer<Data>(call: Promise<Reply<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response, status } = await call;
  if (data !== null && data !== undefined && response?.ok) return data;
  const retryAfter = Number(response?.headers.get("retry-after"));
  throw new ApiError(status, readProblem(error?.value, status), retryAfter > 0 ? retryAfter : null);
}

export const auth = {
  setup: () => answer(api.auth.setup.get()),
  signup: (body: { email: string; password: string; name: string; setupToken: string }) =>
    answer(api.auth.signup.post(body)),
  login: (body: { email: string; password: string; remember: boolean }) => answer(api.auth.login.post(body)),
  logout: () => answer(api.auth.logout.post()),
  me: () => answer(api.auth.me.get()),
};

export const workspaces = {
  create: (body: { name: string; accent?: Accent }) => answer(api.workspaces.post(body)),
  edit: (id: string, body: { name?: string; accent?: Accent }) => answer(inWorkspace(id).patch(body)),
  get: (id: string) => answer(inWorkspace(id).get()),
  readSwitch: (id: string) => answer(inWorkspace(id).switch.get()),
  disable: (id: string) => answer(inWorkspace(id).disable.post()),
  enable: (id: string) => answer(inWorkspace(id).enable.post()),
  members: (id: string) => answer(inWorkspace(id).members.get()),
  onboarding: (id: string) => answer(inWorkspace(id).onboarding.get()),
  liveUrl: (id: string) => `/api/v1/workspaces/${id}/live`,
};

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

export const conversations = {
  list: (workspaceId: string, query: ConversationQuery, signal?: AbortSignal) =>
    answer(
      inWorkspace(workspaceId).conversations.get({
        query: { limit: LIST_LIMIT, ...query },
        ...(signal ? { fetch: { signal } } : {}),
      }),
    ),
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
  thread: (workspaceId: string, id: string, page: { cursor?: string } = {}) =>
    answer(conversation(workspaceId, id).thread.get({ query: { limit: LIST_LIMIT, ...page } })),
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
  save: (workspaceId: string, body: { name: string; filter: ConversationFilter }) =>
    answer(inWorkspace(workspaceId).views.post(body)),
  remove: (workspaceId: string, viewId: string) =>
    answer(inWorkspace(workspaceId).views({ viewId }).delete()),
};

/** What a list of contacts is narrowed by, as it stands in an address. */
export interface ContactFilterQuery {
  search?: string;
  pageId?: string;
  tagId?: string;
  segmentId?: string;
  engagement?: "new" | "hot" | "warm" | "cold" | "inactive";
  window?: "open" | "human" | "closed";
  subscribed?: "true" | "false";
  source?: string;
  conditions?: string;
}

export interface ContactQuery extends ContactFilterQuery {
  sort?: "newest" | "oldest" | "name" | "lastInteraction";
  limit?: number;
  cursor?: string;
}

export const contacts = {
  list: (workspaceId: string, query: ContactQuery) =>
    answer(inWorkspace(workspaceId).contacts.get({ query: { limit: LIST_LIMIT, ...query } })),
  count: (workspaceId: string, query: ContactFilterQuery) =>
    answer(inWorkspace(workspaceId).contacts.count.get({ query })),
  get: (workspaceId: string, contactId: string) =>
    answer(inWorkspace(workspaceId).contacts({ contactId }).get()),
  events: (workspaceId: string, contactId: string, page: { cursor?: string }) =>
    answer(
      inWorkspace(workspaceId)
        .contacts({ contactId })
        .events.get({ query: { limit: LIST_LIMIT, ...page } }),
    ),
  notes: (workspaceId: string, contactId: string, page: { cursor?: string }) =>
    answer(
      inWorkspace(workspaceId)
        .contacts({ contactId })
        .notes.get({ query: { limit: LIST_LIMIT, ...page } }),
    ),
  campaigns: (workspaceId: string, contactId: string, page: { cursor?: string }) =>
    answer(
      inWorkspace(workspaceId)
        .contacts({ contactId })
        .campaigns.get({ query: { limit: 10, ...page } }),
    ),
};

export type PageFeature = "utility_templates" | "comment_authors";

/** What a login asks Facebook for, beside or instead of the usual. */
export interface LoginWishes {
  without?: string[];
  features?: PageFeature[];
}

export const pages = {
  list: (workspaceId: string) => answer(inWorkspace(workspaceId).pages.get()),
  connect: (workspaceId: string, body: { pageId: string; accessToken: string }) =>
    answer(inWorkspace(workspaceId).pages.post(body)),
  disconnect: (workspaceId: string, pageId: string) =>
    answer(inWorkspace(workspaceId).pages({ pageId }).delete()),
  change: (workspaceId: string, pageId: string, body: { pacePerSecond: number }) =>
    answer(inWorkspace(workspaceId).pages({ pageId }).patch(body)),
  check: (workspaceId: string, pageId: string) =>
    answer(inWorkspace(workspaceId).pages({ pageId }).check.post()),
  repair: (workspaceId: string, pageId: string) =>
    answer(inWorkspace(workspaceId).pages({ pageId }).repair.post()),
  startLogin: (workspaceId: string, wishes: LoginWishes = {}) =>
    answer(inWorkspace(workspaceId).pages.login.post(wishes)),
  permissions: (workspaceId: string) => answer(inWorkspace(workspaceId).pages.permissions.get()),
  appSettings: (workspaceId: string) => answer(inWorkspace(workspaceId).pages["app-settings"].get()),
  fixAppSettings: (workspaceId: string, replaces: string | null) =>
    answer(inWorkspace(workspaceId).pages["app-settings"].post({ replaces })),
  finishLogin: (workspaceId: string, body: { code: string; state: string }) =>
    answer(inWorkspace(workspaceId).pages.login.finish.post(body)),
  connectFromLogin: (workspaceId: string, loginId: string, pageIds: string[]) =>
    answer(inWorkspace(workspaceId).pages.login({ loginId }).connect.post({ pageIds })),
  doctor: (workspaceId: string) => answer(inWorkspace(workspaceId).pages.doctor.get()),
};

export interface WebhookEventQuery {
  state?: "failed" | "unrouted" | "stored" | "kept";
  search?: string;
  cursor?: string;
}

export const system = {
  health: () => answer(api.system.health.get()),
  failedJobs: (page: { cursor?: string }) =>
    answer(api.system.jobs.get({ query: { state: "failed", ...page } })),
  retryJob: (jobId: string) => answer(api.system.jobs({ jobId }).retry.post()),
  webhookEvents: (query: WebhookEventQuery) =>
    answer(api.system["webhook-events"].get({ query: { limit: LIST_LIMIT, ...query } })),
  replay: (id: string) => answer(api.system["webhook-events"]({ id }).replay.post()),
  backups: (page: { cursor?: string }) => answer(api.system.backups.get({ query: page })),
  backupState: () => answer(api.system.backups.state.get()),
  makeBackup: () => answer(api.system.backups.post()),
};

/** Where the encrypted file of a backup is; the browser brings its session along. */
export const backupFile = (name: string) => `/api/v1/system/backups/${name}/file`;
