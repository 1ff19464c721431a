/** Notifications of members. */
export { pruneNotifications } from "./notification_store.ts";
export { deliverNotifications } from "./deliver_notifications.ts";
export { type NotificationDeps, notificationHandlers } from "./mail_job.ts";
export { notificationSettingsRoutes } from "./routes_notification_settings.ts";
export { notify, publishNotified } from "./notify.ts";
export { notificationsRoutes } from "./routes_notifications.ts";
