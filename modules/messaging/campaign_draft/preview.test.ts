import { afterEach, expect, test } from "vitest";
import { createLocalLiveBus, systemClock } from "#std";
import {
  type CampaignStage,
  insertContacts,
  openCampaignStage,
  type StageOptions,
} from "../testing/campaign_stage.ts";
import { openLedger } from "../testing/ledger.ts";
import { playMeta } from "../testing/played_meta.ts";
import { previewAudience, previewContacts } from "./preview.ts";
import { planNews } from "../campaign_plan/testing.ts";
import type { LiveEvent } from "../live_event.ts";

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function open(options: StageOptions): Promise<CampaignStage> {
  const stage = await openCampaignStage(options);
  opened.push(stage);
  return stage;
}

test("previewAudience() predicts the plan, with a funnel from the audience to the recipients", async () => {
  const stage = await open({ pages: 2, contacts: 6 });
  const { sql, pageIds, workspaceId } = stage;
  const [first = "", second = ""] = pageIds;
  const ids = await insertContacts(stage, first, 5);
  await sql`update messaging.contacts set last_inbound_at = now() - interval '2 days' where id = any(${ids.slice(0, 2)}::uuid[])`;
  await sql`update messaging.contacts set subscribed = false where id = ${ids[2] ?? ""}`;
  await sql`update messaging.contacts set blocked_at = now() where id = ${ids[3] ?? ""}`;
  await sql`update messaging.pages set status = 'restricted' where id = ${second}`;
  const question = { kind: "window", audience: { all: true } } as const;

  const preview = await previewAudience(stage, workspaceId, question);
  const people = await previewContacts(stage, workspaceId, {
    ...question,
    reason: "window-closed",
    limit: 1,
  });
  const more = await previewContacts(stage, workspaceId, {
    ...question,
    reason: "window-closed",
    cursor: people.nextCursor ?? "",
  });

  expect(preview).toMatchObject({
    count: 7,
    reasons: [
      { reason: "page-restricted", count: 6 },
      { reason: "window-closed", count: 2 },
      { reason: expect.any(String), count: 1 },
      { reason: expect.any(String), count: 1 },
    ],
    funnel: [
      { step: "audience", count: 17 },
      { step: "page", count: 11 },
      { step: "reachable", count: 10 },
      { step: "consent", count: 9 },
      { step: "window", count: 7 },
      { step: "cap", count: 7 },
      { step: "person", count: 7 },
    ],
  });
  expect([...people.items, ...more.items].map(({ id }) => id)).toEqual(ids.slice(0, 2));
  expect(people.items[0]?.remedy).toContain("writes again");
  const campaignId = await planNews(stage, question);
  const rows = await sql`select reason, count(*)::int4 as count from messaging.deliveries
    where campaign_id = ${campaignId} and reason is not null group by 1 order by 2 desc, 1`;
  expect(rows).toEqual(
    preview.reasons
      .map(({ reason, count }) => ({ reason, count }))
      .toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
  );
});

test("previewAudience() counts each commenter once, without answered ones and the page itself", async () => {
  const stage = await open({ pages: 1 });
  const { sql, pageIds, workspaceId } = stage;
  const [pageId = ""] = pageIds;
  const comment = (from: string, text: string, ago: string) => sql`
    insert into messaging.comments (workspace_id, page_id, comment_id, post_id, from_id, text, changed_at, created_at)
    select workspace_id, id, ${text}, 'post', case ${from} when 'page' then facebook_id else ${from} end, ${text},
           now(), now() - ${ago}::interval from messaging.pages where id = ${pageId}`;
  await comment("ann", "one", "1 day");
  await comment("ann", "two", "2 days");
  await comment("ben", "three", "6 days 23 hours 59 minutes 30 seconds");
  await comment("page", "four", "1 day");

  const preview = await previewAudience(stage, workspaceId, {
    kind: "private_reply",
    audience: { commentsOn: { pageId } },
  });

  expect(preview.count).toBe(1);
  expect(preview.reasons).toMatchObject([{ reason: "comment-too-old", count: 1 }]);
});

test("previewAudience() reports comments without an author, and counts them only on request", async () => {
  const stage = await open({ pages: 1 });
  const { sql, pageIds, workspaceId } = stage;
  const [pageId = ""] = pageIds;
  await sql`
    insert into messaging.comments (workspace_id, page_id, comment_id, post_id, from_id, text, changed_at, removed_at, created_at)
    select ${workspaceId}, ${pageId}, '1_' || n, 'post', case when n = 1 then 'ann' end, 'Price?', now(),
           case when n = 5 then now() end, now() - case when n = 4 then interval '9 days' else '1 day' end
    from generate_series(1, 6) n`;
  const ask = (commentsOn: object) =>
    previewAudience(stage, workspaceId, {
      kind: "private_reply",
      audience: { commentsOn: { pageId, ...commentsOn } },
    });

  const without = await ask({});
  const withThem = await ask({ includeUnknownAuthors: true });
  const ofPost = await ask({ includeUnknownAuthors: true, postId: "post" });
  const window = await previewAudience(stage, workspaceId, { audience: { all: true } });

  const unknownAuthors = { comments: 3, grant: ["pages_read_user_content", "pages_manage_engagement"] };
  expect(without).toMatchObject({ count: 1, unknownAuthors });
  expect(withThem).toMatchObject({ count: 4, unknownAuthors });
  expect(ofPost).toMatchObject({ count: 4, reasons: [{ reason: "comment-too-old", count: 1 }] });
  expect(window.unknownAuthors).toBeNull();

  await sql`insert into messaging.contents (workspace_id, message) values (${workspaceId}, '{"text": "9 euros"}')`;
  await sql`
    insert into messaging.deliveries (workspace_id, page_id, psid, comment_id, class, content_id, state, reason, error_code)
    select workspace_id, page_id, 'x', id, 'private_reply', (select id from messaging.contents limit 1), 'failed', 'invalid', 10900
    from messaging.comments where comment_id = '1_2'`;
  expect(await ask({ includeUnknownAuthors: true })).toMatchObject({
    count: 3,
    reasons: [{ reason: "comment-answered", count: 1 }],
  });
});

test("previewAudience() counts a person with several contacts once, as the plan does", async () => {
  const ledger = await openLedger();
  opened.push(ledger);
  const { page, contacts } = await ledger.makePage(5);
  const second = await ledger.makePage(5, page);
  // Three people with a contact on each page; the first one of the third may not be written to.
  for (const [at, contact] of contacts.slice(0, 3).entries())
    await ledger.sql`update messaging.contacts set person_id = ${crypto.randomUUID()}
      where id = any(${[contact.id, second.contacts[at]?.id ?? ""]}::uuid[])`;
  await ledger.sql`update messaging.contacts set last_inbound_at = now() - interval '9 days' where id = ${contacts[2]?.id ?? ""}`;
  const question = { kind: "window", audience: { all: true } } as const;
  const on = {
    ...ledger.database,
    clock: systemClock,
    live: createLocalLiveBus<LiveEvent>(),
    wakeDelivery: () => undefined,
    workspaceId: page.workspaceId,
    ann: { userId: page.userId, name: "Ann", maySend: true },
  };

  const preview = await previewAudience(ledger, page.workspaceId, question);
  const again = await previewContacts(ledger, page.workspaceId, { ...question, reason: "duplicate-person" });
  const campaignId = await planNews(on, question);
  const worker = ledger.startWorker(playMeta());
  await ledger.ended(worker);

  expect(await ledger.ledgerOf(campaignId)).toEqual({
    sent: 7,
    "skipped duplicate-person": 2,
    "skipped window-closed": 1,
  });
  expect(preview).toMatchObject({
    count: 7,
    reasons: [
      { reason: "duplicate-person", count: 2 },
      { reason: "window-closed", count: 1 },
    ],
  });
  expect(preview.funnel.slice(-2)).toMatchObject([
    { step: "cap", count: 9 },
    { step: "person", count: 7 },
  ]);
  expect(again.items.map(({ id }) => id)).toEqual(second.contacts.slice(0, 2).map(({ id }) => id));
});
