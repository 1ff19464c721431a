import { afterEach, beforeEach, expect, test } from "vitest";
import { type JobRunner, startJobs } from "#db";
import { mailHandlers } from "#mail";
import { parseKeyring } from "#std";
import { openOutbox, type Outbox } from "../../../apps/simulator/outbox.ts";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { notificationHandlers } from "./mail_job.ts";
import { changeSettings, endMailByLink, readSettings } from "./notification_settings.ts";
import { countUnread, listNotifications, markRead } from "./notification_store.ts";
import { notify } from "./notify.ts";
import type { NotificationChoice, SettingsBody } from "./schema.ts";
import { unsubscribeToken } from "./unsubscribe.ts";

let stage: CampaignStage;
let outbox: Outbox;
let jobs: JobRunner | null = null;
let benId: string;
const keyring = parseKeyring("0123456789abcdef".repeat(4));
beforeEach(async () => {
  stage = await openCampaignStage();
  outbox = openOutbox(0, () => undefined);
  const [ben] = await stage.sql`
    insert into auth.users (email, name, password_hash) values ('ben@example.com', 'Ben', 'x') returning id`;
  benId = ben?.id;
  await stage.sql`insert into auth.memberships (workspace_id, user_id, role)
    values (${stage.workspaceId}, ${benId}, 'operator'), (${stage.workspaceId}, ${stage.userId}, 'manager')`;
});
afterEach(async () => {
  await jobs?.stop();
  jobs = null;
  outbox.stop();
  await stage.close();
});

const on = () => ({
  sql: stage.sql,
  keyring,
  config: {
    appUrl: "https://chat.example.com",
    mailServer: {
      host: "127.0.0.1",
      port: outbox.port,
      security: "none" as const,
      login: null,
      from: { name: "Luna", address: "team@luna.example" },
      authority: null,
    },
  },
});
const reader = () => ({ workspaceId: stage.workspaceId, userId: benId });
const work = (handlers = notificationHandlers(on())) =>
  (jobs = startJobs(stage, { ...handlers, ...mailHandlers(on()) }, { pollMs: 20 }));

const choice = (topic: NotificationChoice["topic"], inBell: boolean, byMail: boolean) => ({
  topic,
  inBell,
  byMail,
});
const choose = (choices: NotificationChoice[], more: Partial<SettingsBody> = {}) =>
  changeSettings(on(), benId, { rhythm: "at-once", quiet: null, timeZone: null, ...more, choices });

const tell = (kind: "page-trouble" | "page-mended") =>
  stage.sql.begin((tx) =>
    notify(tx, {
      workspaceId: stage.workspaceId,
      pageId: stage.pageIds[0] ?? "",
      kind,
      userIds: [benId],
      isRead: kind === "page-mended",
    }),
  );

/** As if `time` had passed since all was told. */
const pass = async (time: string) => {
  await stage.sql`update messaging.notifications set created_at = created_at - ${time}::interval`;
  await stage.sql`update jobs.jobs set run_at = now() where leased_until is null`;
};
const waiting = async () =>
  (await stage.sql`select from messaging.notifications where user_id = ${benId} and mail_waits`).length;
const jobsLeft = async () =>
  (await stage.sql`select from jobs.jobs where leased_until is not null or run_at <= now()`).length;
const settled = () => expect.poll(jobsLeft, { timeout: 10_000 }).toBe(0);

test.each([
  { chosen: null, inBell: 1, mails: 0 },
  { chosen: [true, true], inBell: 1, mails: 1 },
  { chosen: [true, false], inBell: 1, mails: 0 },
  { chosen: [false, true], inBell: 0, mails: 1 },
  { chosen: [false, false], inBell: 0, mails: 0 },
])("notify() follows the choice of its topic: $chosen", async ({ chosen, inBell, mails }) => {
  // The choice of another topic does not matter.
  await choose([choice("mention", false, true)]);
  if (chosen) await choose([choice("page", chosen[0] === true, chosen[1] === true)]);

  const told = await tell("page-trouble");
  await pass("2 minutes");
  work();
  await settled();

  expect(told).toEqual(inBell + mails > 0 ? [benId] : []);
  expect(await countUnread(stage, reader())).toBe(inBell);
  expect((await listNotifications(stage, reader(), {})).items).toHaveLength(inBell);
  expect(outbox.mails.map(({ to, subject }) => [to, subject])).toEqual(
    mails === 0 ? [] : [[["ben@example.com"], "The page “Page 1” needs attention"]],
  );
});

test("a mail gathers what waits, without what was read in the bell meanwhile, in its person's language", async () => {
  await choose([choice("page", true, true)]);
  await stage.sql`update auth.users set language = 'es' where id = ${benId}`;
  await tell("page-trouble");
  await markRead(stage, reader());
  for (let n = 0; n < 3; n++) await tell("page-trouble");
  // Told for the record only: nobody has to act.
  await tell("page-mended");
  await pass("2 minutes");
  work();
  await settled();

  expect(outbox.mails.map(({ subject }) => subject)).toEqual(["Notificaciones: 3"]);
  expect(outbox.mails[0]?.text.match(/requiere atención/g)).toHaveLength(3);
  expect(await waiting()).toBe(0);
});

test("a mail to a person who left the workspace, or was deactivated, is not sent", async () => {
  await choose([choice("page", true, true)]);
  await tell("page-trouble");
  await stage.sql`delete from auth.memberships where user_id = ${benId}`;
  await pass("2 minutes");
  work();
  await settled();
  await stage.sql`insert into auth.memberships (workspace_id, user_id, role) values (${stage.workspaceId}, ${benId}, 'viewer')`;
  await tell("page-trouble");
  // The job has read its time, so that moving that time is not undone by it.
  await settled();
  await stage.sql`update auth.users set deactivated_at = now() where id = ${benId}`;
  await pass("2 minutes");
  await settled();

  expect(outbox.mails).toEqual([]);
  expect(await waiting()).toBe(0);
});

test("a digest waits for its time, and is sent once though processes die and many work", async () => {
  await choose([choice("page", true, true)], { rhythm: "daily", timeZone: "Asia/Tokyo" });
  for (let n = 0; n < 3; n++) await tell("page-trouble");
  work();
  await settled();
  expect(outbox.mails).toEqual([]);
  expect(await waiting()).toBe(3);
  await jobs?.stop();

  await pass("24 hours");
  // The process ends between taking what waits and the commit.
  const broken = notificationHandlers({ ...on(), keyring: { keys: [] } })["notifications.mail"];
  await expect(broken?.run({}, benId)).rejects.toThrow("keyring is empty");
  expect(await waiting()).toBe(3);
  const handler = notificationHandlers(on())["notifications.mail"];
  await Promise.all(Array.from({ length: 5 }, () => handler?.run({}, benId)));
  await stage.sql`update jobs.jobs set run_at = now()`;
  work();
  await settled();

  expect(outbox.mails.map(({ subject }) => subject)).toEqual(["Notifications: 3"]);
});

test("quiet hours hold mail back, also across midnight, until they are over or switched off", async () => {
  const now = new Date();
  const minute = now.getUTCHours() * 60 + now.getUTCMinutes();
  const quiet = { from: (minute + 1_440 - 120) % 1_440, to: (minute + 120) % 1_440 };
  await choose([choice("page", true, true)], { quiet });
  await tell("page-trouble");
  await pass("2 minutes");
  work();
  await settled();
  expect(outbox.mails).toEqual([]);

  await choose([], { quiet: null });
  await expect.poll(() => outbox.mails.length, { timeout: 10_000 }).toBe(1);
});

test("notifications leave half of an address's mails to others, and what did not fit comes together later", async () => {
  await choose([choice("page", true, true)]);
  const handler = notificationHandlers(on())["notifications.mail"];
  for (let n = 0; n < 5; n++) {
    await tell("page-trouble");
    await pass("2 minutes");
    await handler?.run({}, benId);
  }
  await tell("page-trouble");
  await tell("page-trouble");
  await pass("2 minutes");
  await expect(handler?.run({}, benId)).rejects.toMatchObject({ afterSeconds: 900 });
  expect(await waiting()).toBe(2);

  await stage.sql`update mail.mails set created_at = created_at - interval '1 hour'`;
  await handler?.run({}, benId);
  expect(await waiting()).toBe(0);
});

test("the link of a mail ends mail without a login, and only a link of ours does", async () => {
  await choose([choice("page", false, true), choice("mention", true, true)]);
  await tell("page-trouble");
  await pass("2 minutes");
  work();
  await settled();
  const [mail] = outbox.mails;
  const url = /<(https:[^>]+)>/.exec(mail?.headers["list-unsubscribe"] ?? "")?.[1] ?? "";
  const token = new URL(url).searchParams.get("token") ?? "";
  expect(mail?.headers["list-unsubscribe-post"]).toBe("List-Unsubscribe=One-Click");
  expect(mail?.text).toContain(`https://chat.example.com/unsubscribe#token=${token}`);
  await tell("page-trouble");

  for (const wrong of ["", "x", `${token}x`, unsubscribeToken(parseKeyring("ab".repeat(32)), benId)])
    await expect(endMailByLink(on(), wrong)).rejects.toMatchObject({ code: "unsubscribe-link-broken" });
  await endMailByLink(on(), token);
  await tell("page-trouble");

  expect(await waiting()).toBe(0);
  expect((await readSettings(on(), benId)).choices).toEqual([
    choice("assigned", true, false),
    choice("mention", true, false),
    choice("campaign", true, false),
    choice("approval", true, false),
    choice("page", false, false),
  ]);
});

test("changeSettings() refuses a time zone that does not exist", async () => {
  await expect(choose([], { timeZone: "Mars/Olympus" })).rejects.toMatchObject({ code: "timezone-unknown" });
});
