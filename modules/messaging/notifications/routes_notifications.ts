import { Elysia } from "elysia";
import { guard, type Principal } from "#auth";
import { InWorkspace } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { countUnread, listNotifications, markRead, type Reader } from "./notification_store.ts";
import { publishNotified } from "./notify.ts";
import { NotificationList, NotificationsQuery, ReadBody, UnreadResponse } from "./schema.ts";

const tags = ["notifications"];

type RouteDeps = Pick<MessagingDeps, "sql" | "live" | "clock" | "config">;

const readerOf = (workspaceId: string, { userId, access }: Principal): Reader => ({
  workspaceId,
  userId,
  access,
});

/** The caller's notifications in a workspace. */
export function notificationsRoutes(on: RouteDeps) {
  return new Elysia({ name: "messaging.notifications", prefix: "/workspaces/:workspaceId/notifications" })
    .use(guard(on))
    .get(
      "",
      async function getNotifications({ params: { workspaceId }, query, principal }) {
        return await listNotifications(on, readerOf(workspaceId, principal), query);
      },
      {
        can: "workspace:read",
        params: InWorkspace,
        query: NotificationsQuery,
        response: NotificationList,
        detail: {
          operationId: "listNotifications",
          summary: "List your notifications",
          description: "Newest first. Kept for 90 days. Unread ones only with `unread=true`.",
          tags,
        },
      },
    )
    .get(
      "/unread",
      async function getUnread({ params: { workspaceId }, principal }) {
        return { unread: await countUnread(on, readerOf(workspaceId, principal)) };
      },
      {
        can: "workspace:read",
        params: InWorkspace,
        response: UnreadResponse,
        detail: { operationId: "countUnreadNotifications", summary: "Count your unread notifications", tags },
      },
    )
    .post(
      "/read",
      async function readNotifications({ params: { workspaceId }, body, principal }) {
        const unread = await markRead(on, readerOf(workspaceId, principal), body.ids);
        // Other windows of the same person.
        await publishNotified(on, workspaceId, [principal.userId]);
        return { unread };
      },
      {
        can: "workspace:read",
        params: InWorkspace,
        body: ReadBody,
        response: UnreadResponse,
        detail: {
          operationId: "readNotifications",
          summary: "Mark notifications as read",
          description: "Those in `ids`, or all your notifications in this workspace.",
          tags,
        },
      },
    );
}
