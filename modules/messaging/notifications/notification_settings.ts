import { readUser, recordActivity } from "#auth";
import { isZone, unknownZone } from "#std";
import type { NotificationDeps } from "./mail_job.ts";
import { problem } from "./problems.ts";
import type { NotificationSettings, SettingsBody } from "./schema.ts";
import { endMail, readChoices, readSchedule, writeSettings } from "./settings_store.ts";
import { readUnsubscribeToken } from "./unsubscribe.ts";

export async function readSettings(on: NotificationDeps, userId: string): Promise<NotificationSettings> {
  const [schedule, choices] = await Promise.all([readSchedule(on.sql, userId), readChoices(on.sql, userId)]);
  return { ...schedule, choices, canMail: on.config.mailServer !== null };
}

/** Throws 422 for an unknown time zone. */
export async function changeSettings(
  on: NotificationDeps,
  userId: string,
  asked: SettingsBody,
): Promise<NotificationSettings> {
  if (asked.timeZone !== null && !isZone(asked.timeZone)) throw unknownZone(asked.timeZone);
  // From a time to the same time: no hours are quiet.
  const quiet = asked.quiet?.from === asked.quiet?.to ? null : asked.quiet;
  await on.sql.begin(async (tx) => {
    await writeSettings(tx, userId, { ...asked, quiet });
    const name = (await readUser(tx, userId))?.name ?? null;
    await recordActivity(tx, { action: "user.changed", subject: { id: userId, name } });
  });
  return await readSettings(on, userId);
}

/** Throws 410 for a link that names nobody. */
export async function endMailByLink(on: NotificationDeps, token: string): Promise<void> {
  const userId = readUnsubscribeToken(on.keyring, token);
  if (userId === null) throw problem("unsubscribe-link-broken");
  await endMail(on.sql, userId);
}
