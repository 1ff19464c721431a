import { Elysia } from "elysia";
import { guard } from "#auth";
import { OkResponse } from "#std";
import type { NotificationDeps } from "./mail_job.ts";
import { changeSettings, endMailByLink, readSettings } from "./notification_settings.ts";
import { NotificationSettings, SettingsBody, UnsubscribeQuery } from "./schema.ts";

const tags = ["account"];

type RouteDeps = NotificationDeps & Parameters<typeof guard>[0];

/** How the caller is told of things, in all workspaces; and the link at the end of a mail. */
export function notificationSettingsRoutes(on: RouteDeps) {
  return new Elysia({ name: "messaging.notification_settings" })
    .use(guard(on))
    .get(
      "/account/notifications",
      async function getNotificationSettings({ principal: { userId } }) {
        return await readSettings(on, userId);
      },
      {
        signedIn: true,
        response: NotificationSettings,
        detail: {
          operationId: "readNotificationSettings",
          summary: "Get how you are notified",
          description: "In all your workspaces.",
          tags,
        },
      },
    )
    .put(
      "/account/notifications",
      async function putNotificationSettings({ principal: { userId }, body }) {
        return await changeSettings(on, userId, body);
      },
      {
        signedIn: true,
        body: SettingsBody,
        response: NotificationSettings,
        detail: {
          operationId: "changeNotificationSettings",
          summary: "Change how you are notified",
          description: "In all your workspaces. Waiting mail follows the new rhythm.",
          tags,
        },
      },
    )
    .get(
      "/notifications/unsubscribe",
      function openUnsubscribe({ query: { token }, redirect }) {
        return redirect(`${on.config.appUrl}/unsubscribe#token=${encodeURIComponent(token)}`, 303);
      },
      {
        public: true,
        query: UnsubscribeQuery,
        detail: {
          // A page for people, which changes nothing: mail programs may open it by themselves.
          operationId: "openUnsubscribe",
          summary: "Open the page that ends notification mail",
          hide: true,
        },
      },
    )
    .post(
      "/notifications/unsubscribe",
      async function unsubscribe({ query: { token } }) {
        await endMailByLink(on, token);
        return { ok: true as const };
      },
      {
        public: true,
        query: UnsubscribeQuery,
        detail: {
          operationId: "unsubscribe",
          summary: "End notification mail by the link of a mail",
          description: "Also for the button of mail programs (RFC 8058). 410 `unsubscribe-link-broken`.",
          tags,
        },
        response: OkResponse,
      },
    );
}
