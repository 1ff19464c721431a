/** Notifications of members. */
export { pruneNotifications } from "./notification_store.ts";
export { notify, publishNotified } from "./notify.ts";
export { notificationsRoutes } from "./routes_notifications.ts";
