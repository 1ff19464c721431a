/** What the bell tells a member. */
export { pruneNotifications } from "./notification_store.ts";
export { notify, publishNotified } from "./notify.ts";
export { notificationsRoutes } from "./routes_notifications.ts";
