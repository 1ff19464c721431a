import { readUser } from "#auth";
import { JobDelayed, type JobHandler } from "#db";
import { type MailDeps, queueMail } from "#mail";
import { languages, Problem } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { mailJob } from "./deliver_notifications.ts";
import { mailTime } from "./mail_time.ts";
import { mostListed, notificationMail } from "./notification_mail.ts";
import { readSchedule } from "./settings_store.ts";
import { unsubscribeToken } from "./unsubscribe.ts";
import { readWaiting, takeWaiting } from "./waiting_mail.ts";

/** The dependencies of notifications by mail. */
export type NotificationDeps = Pick<MessagingDeps, "sql" | "keyring"> & {
  config: Pick<MessagingDeps["config"], "appUrl"> & MailDeps["config"];
};

/** Of the mails that an address gets in an hour; invitations and resets have the others. */
const mostPerHour = 5;
const busySeconds = 15 * 60;

/** Sends one mail about all that waits for this person, when their rhythm and quiet hours allow. */
async function mailWaiting(on: NotificationDeps, userId: string): Promise<void> {
  const waiting = await readWaiting(on.sql, userId);
  const user = await readUser(on.sql, userId);
  if (waiting === null || user === null) return;
  const schedule = await readSchedule(on.sql, userId);
  const timeZone = user.timeZone ?? schedule.timeZone ?? "UTC";
  const at = mailTime(waiting.since, { now: waiting.now, schedule: { ...schedule, timeZone } });
  if (at > waiting.now)
    throw new JobDelayed(Math.ceil((at - waiting.now) / 1_000), "Waits for the time of the mail");
  try {
    await on.sql.begin(async (tx) => {
      const { items, total } = await takeWaiting(tx, userId, mostListed);
      if (items.length === 0 || on.config.mailServer === null) return;
      const content = notificationMail({
        language: languages.find((one) => one === user.language) ?? "en",
        appUrl: on.config.appUrl,
        items,
        total,
        unsubscribeToken: unsubscribeToken(on.keyring, userId),
      });
      const mail = { kind: "notifications", to: user.email, content, most: mostPerHour };
      await queueMail({ ...on, sql: tx }, mail);
    });
  } catch (error) {
    if (!(error instanceof Problem && error.code === "mail-limit")) throw error;
    throw new JobDelayed(busySeconds, "This address got many mails in this hour");
  }
}

export function notificationHandlers(on: NotificationDeps): Record<string, JobHandler> {
  return { [mailJob]: { run: (_, userId) => mailWaiting(on, userId) } };
}
