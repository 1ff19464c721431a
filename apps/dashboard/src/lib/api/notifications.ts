import { answer, type Answer, inWorkspace, LIST_LIMIT } from "./client.ts";

export const notifications = {
  list: (workspaceId: string, page: { cursor?: string }) =>
    answer(inWorkspace(workspaceId).notifications.get({ query: { limit: LIST_LIMIT, ...page } })),
  unread: (workspaceId: string) => answer(inWorkspace(workspaceId).notifications.unread.get()),
  read: (workspaceId: string, ids?: string[]) =>
    answer(inWorkspace(workspaceId).notifications.read.post(ids ? { ids } : {})),
};

export type Notification = Answer<typeof notifications.list>["items"][number];
export type NotificationKind = Notification["kind"];
