import { answer, type Answer, api } from "./client.ts";

const settings = api.account.notifications;

export const notificationSettings = {
  read: () => answer(settings.get()),
  write: (body: Parameters<typeof settings.put>[0]) => answer(settings.put(body)),
  /** By the link of a mail, before any login. */
  unsubscribe: (token: string) => answer(api.notifications.unsubscribe.post({}, { query: { token } })),
};

export type NotificationSettings = Answer<typeof notificationSettings.read>;
export type NotificationTopic = NotificationSettings["choices"][number]["topic"];
