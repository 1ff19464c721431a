import { eq, sql } from "drizzle-orm";
import { enqueueJobs, type Handle, orm } from "#db";
import { notificationChoices, notificationSchedules, notificationTopics } from "#db/messaging";
import { mailJob } from "./deliver_notifications.ts";
import type { NotificationChoice, NotificationSchedule, SettingsBody } from "./schema.ts";

const atFirst: NotificationSchedule = { rhythm: "at-once", quiet: null, timeZone: null };

/** A person's choice for each topic. */
export async function readChoices(db: Handle, userId: string): Promise<NotificationChoice[]> {
  const { topic, inBell, byMail } = notificationChoices;
  const rows = await orm(db)
    .select({ topic, inBell, byMail })
    .from(notificationChoices)
    .where(eq(notificationChoices.userId, userId));
  return notificationTopics.map(
    (one) => rows.find((row) => row.topic === one) ?? { topic: one, inBell: true, byMail: false },
  );
}

export async function readSchedule(db: Handle, userId: string): Promise<NotificationSchedule> {
  const [row] = await orm(db)
    .select()
    .from(notificationSchedules)
    .where(eq(notificationSchedules.userId, userId));
  if (!row) return atFirst;
  const { rhythm, quietFrom: from, quietTo: to, timeZone } = row;
  return { rhythm, quiet: from === null || to === null ? null : { from, to }, timeZone };
}

/** Needs an open transaction. Waiting mail follows the new rhythm. */
export async function writeSettings(
  tx: Handle,
  userId: string,
  { choices, rhythm, quiet, timeZone }: SettingsBody,
): Promise<void> {
  const schedule = { rhythm, quietFrom: quiet?.from ?? null, quietTo: quiet?.to ?? null, timeZone };
  await orm(tx)
    .insert(notificationSchedules)
    .values({ userId, ...schedule })
    .onConflictDoUpdate({ target: notificationSchedules.userId, set: schedule });
  const unique = [...new Map(choices.map((one) => [one.topic, one])).values()];
  if (unique.length > 0)
    await orm(tx)
      .insert(notificationChoices)
      .values(unique.map((one) => ({ userId, ...one })))
      .onConflictDoUpdate({
        target: [notificationChoices.userId, notificationChoices.topic],
        set: { inBell: sql`excluded.in_bell`, byMail: sql`excluded.by_mail` },
      });
  await enqueueJobs(tx, [{ kind: mailJob, key: userId }]);
}

/** Ends all mail of this kind to a person, also what waits. */
export async function endMail(db: Handle, userId: string): Promise<void> {
  await orm(db).execute(sql`
    with ended as (update messaging.notification_choices set by_mail = false
      where user_id = ${userId}::uuid and by_mail)
    update messaging.notifications set mail_waits = false where user_id = ${userId}::uuid and mail_waits`);
}
