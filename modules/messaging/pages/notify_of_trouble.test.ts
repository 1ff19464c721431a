import { afterEach, beforeEach, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { countUnread, listNotifications } from "../notifications/notification_store.ts";
import { storeDisconnected } from "./page_store.ts";
import { notifyOfTrouble } from "./notify_of_trouble.ts";

let stage: CampaignStage;
let pageId: string;
beforeEach(async () => {
  stage = await openCampaignStage();
  pageId = stage.pageIds[0] ?? "";
  await stage.sql`
    with u as (insert into auth.users (email, name, password_hash) values ('ben', 'Ben', 'x') returning id)
    insert into auth.memberships (workspace_id, user_id, role)
    select ${stage.workspaceId}::uuid, u.id, 'operator' from u
    union all select ${stage.workspaceId}::uuid, ${stage.userId}::uuid, 'manager'`;
  await stage.sql`update messaging.pages set checked_at = now(), subscribed_fields = '{messages,feed}',
    scopes = '{pages_messaging,pages_manage_metadata}'`;
  await notifyAll();
});
afterEach(() => stage.close());

/** As if many processes looked at once, until nothing is left. */
async function notifyAll(): Promise<void> {
  const looks = await Promise.all(Array.from({ length: 4 }, () => notifyOfTrouble(stage)));
  if (looks.some(Boolean)) await notifyAll();
}

const status = (name: string, reason: string | null = null) => stage.sql`
  update messaging.pages set status = ${name}, status_reason = ${reason} where id = ${pageId}`;

/** Notifications of Ann, a manager, oldest first. */
async function told(): Promise<string[]> {
  const reader = { workspaceId: stage.workspaceId, userId: stage.userId };
  const { items } = await listNotifications(stage, reader, {});
  return items
    .map(({ kind, page, detail, isRead }) => `${isRead ? "read" : "new"} ${kind} ${page?.name}: ${detail}`)
    .toReversed();
}

test("notifyOfTrouble() notifies managers once, and removes the notice when the page works again", async () => {
  const heard: unknown[] = [];
  stage.live.subscribe(`workspace:${stage.workspaceId}`, ({ name, data }) => {
    if (name === "notification") heard.push(data.userId);
  });
  const atFirst = await told();

  await status("token_dead", "The password was changed");
  await notifyAll();
  await notifyAll();
  await status("token_dead", "Facebook no longer accepts it");
  await notifyAll();
  const inTrouble = await told();
  const unread = await countUnread(stage, { workspaceId: stage.workspaceId, userId: stage.userId });
  await status("connected");
  await notifyAll();

  expect(atFirst).toEqual([]);
  expect(inTrouble).toEqual([
    "new page-trouble Page 1: The password was changed. Reconnect it: until then nothing goes out",
  ]);
  expect(unread).toBe(1);
  expect((await told()).map((line) => line.split(":")[0])).toEqual([
    "read page-trouble Page 1",
    "read page-mended Page 1",
  ]);
  expect(heard).toEqual([stage.userId, stage.userId]);
  // Ben, an operator, mends no pages.
  expect(await stage.sql`select 1 from messaging.notifications where user_id <> ${stage.userId}`).toEqual([]);
});

test("notifyOfTrouble() notifies again of another problem, and recognizes each", async () => {
  const page = stage.sql`messaging.pages`;
  const set = [
    stage.sql`update ${page} set status = 'restricted', status_reason = 'Meta restricts it'`,
    stage.sql`update ${page} set status = 'connected', status_reason = null, subscribed_fields = '{feed}'`,
    stage.sql`update ${page} set subscribed_fields = '{messages}', scopes = '{pages_messaging}'`,
    stage.sql`update ${page} set scopes = '{pages_messaging,pages_manage_metadata}',
      token_expires_at = '2026-01-09T12:00:00Z'`,
  ];
  for (const change of set) {
    await change;
    await notifyAll();
  }
  await stage.sql.begin((tx) => storeDisconnected(tx, pageId, "Its access was taken away"));
  await notifyAll();

  expect(await told()).toEqual([
    "read page-trouble Page 1: Meta restricts it. Nothing goes out meanwhile; sending is tried again by itself",
    "read page-trouble Page 1: Its messages do not arrive: repair it",
    "read page-trouble Page 1: A permission is missing that messages need: reconnect it and grant everything",
    "read page-trouble Page 1: Its access expires on 9 Jan 2026: reconnect it before",
    "new page-trouble Page 1: Its access was taken away",
  ]);
});

test("a disconnection by a member is no trouble, and ends one without a fix", async () => {
  await status("restricted", "Meta restricts it");
  await notifyAll();
  await stage.sql.begin((tx) => storeDisconnected(tx, pageId));
  await notifyAll();

  expect((await told()).map((line) => line.split(":")[0])).toEqual(["read page-trouble Page 1"]);
});
