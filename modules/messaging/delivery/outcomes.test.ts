import { afterEach, beforeEach, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { countResults } from "../campaign_results/count_results.ts";
import { refreshReceipts } from "../campaign_results/receipts.ts";
import { listRecipients } from "../campaign_results/recipients.ts";
import { planNews } from "../campaign_plan/testing.ts";
import { listReceivedCampaigns } from "../contacts/received_campaigns.ts";
import { foldInbound } from "../inbound/inbound_batch.ts";
import { recordMessages } from "../inbound/record_messages.ts";
import { readTimeline } from "../inbox/timeline.ts";

let stage: CampaignStage;
beforeEach(async () => {
  stage = await openCampaignStage({ contacts: 1 });
  await stage.sql`update messaging.contacts set last_inbound_at = ${iso(-60)}`;
});
afterEach(() => stage.close());

const minute = 60_000;
const t0 = Date.now() - 600 * minute;
const iso = (minutes: number) => new Date(t0 + minutes * minute).toISOString();

/** A campaign with one message that left at this minute; Meta accepted it 40 ms later. */
async function sentAt(minutes: number): Promise<string> {
  const campaignId = await planNews(stage);
  await stage.sql`update messaging.deliveries set state = 'sent', attempt_id = uuidv7(), mid = 'm_' || id,
      attempt_at = ${iso(minutes)}, settled_at = ${iso(minutes)}::timestamptz + interval '40 ms'
    where campaign_id = ${campaignId}`;
  return campaignId;
}

interface Person {
  id: string;
  psid: string;
  page: string;
}

async function contact(): Promise<Person> {
  const [one] = await stage.sql<Person[]>`
    select c.id, c.psid, p.facebook_id as page from messaging.contacts c join messaging.pages p on p.id = c.page_id`;
  if (!one) throw new Error("Cannot test outcomes: nobody is there");
  return one;
}

async function hear(...receipts: { delivered?: number; read?: number }[]): Promise<void> {
  const { page, psid } = await contact();
  const ms = (minutes: number | undefined) => (minutes === undefined ? null : t0 + minutes * minute);
  await recordMessages(
    stage.sql,
    foldInbound(
      receipts.map(({ delivered, read }) => ({
        type: "receipt",
        pageFacebookId: page,
        psid,
        at: Date.now(),
        deliveredUntil: ms(delivered),
        readUntil: ms(read),
        mids: [],
      })),
    ),
  );
}

async function say(minutes: number): Promise<void> {
  const { page, psid } = await contact();
  await recordMessages(
    stage.sql,
    foldInbound([
      {
        type: "message",
        direction: "in",
        kind: "message",
        pageFacebookId: page,
        psid,
        at: t0 + minutes * minute,
        mid: `in_${minutes}`,
        text: "Yes",
        content: null,
        replyToMid: null,
        attachments: [],
        appId: null,
        attempt: null,
        isStandby: false,
      },
    ]),
  );
}

async function recipientOf(campaignId: string) {
  const { items } = await listRecipients(stage, stage.workspaceId, { campaignId });
  return items[0];
}

async function repliedOf(campaignId: string): Promise<number[]> {
  const { groups } = await countResults(stage.sql, {
    campaignId,
    goal: { on: "replied", withinDays: 5 },
    contacts: 1,
  });
  const { items } = await listRecipients(stage, stage.workspaceId, { campaignId, state: "replied" });
  return [groups[0]?.replied ?? 0, groups[0]?.reached ?? 0, items.length];
}

test("a message has the times of the first watermarks that reach it; later ones change nothing", async () => {
  const first = await sentAt(0);
  await hear({ delivered: 1 });
  await hear({ read: 5 });
  const second = await sentAt(10);
  await hear({ delivered: 13, read: 13 }, { delivered: 11 });
  // Late and out of order.
  await hear({ delivered: 12 });

  expect(await recipientOf(first)).toMatchObject({
    delivered: true,
    deliveredAt: iso(1),
    read: true,
    readAt: iso(5),
  });
  expect(await recipientOf(second)).toMatchObject({ deliveredAt: iso(11), readAt: iso(13) });
});

test("a time without an event is unknown, and the message still counts as delivered", async () => {
  const campaignId = await sentAt(0);
  const { id } = await contact();
  // As rows of an earlier version are: the watermark alone.
  await stage.sql`insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction, delivered_until)
    select id, workspace_id, page_id, now(), 'out', ${iso(30)} from messaging.contacts where id = ${id}
    on conflict (workspace_id, id, page_id) do update set delivered_until = excluded.delivered_until`;

  expect(await recipientOf(campaignId)).toMatchObject({
    delivered: true,
    deliveredAt: null,
    read: false,
    readAt: null,
  });
  const { items } = await listRecipients(stage, stage.workspaceId, { campaignId, state: "delivered" });
  expect(items).toHaveLength(1);
});

test("a watermark gives a time to a message in flight, but not to one that an earlier watermark had passed", async () => {
  const passed = await sentAt(0);
  const { id } = await contact();
  // As in an earlier version: only the watermark.
  await stage.sql`insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction, delivered_until)
    select id, workspace_id, page_id, now(), 'out', ${iso(1)} from messaging.contacts where id = ${id}
    on conflict (workspace_id, id, page_id) do update set delivered_until = excluded.delivered_until`;
  const onItsWay = await planNews(stage);
  await stage.sql`update messaging.deliveries set state = 'sending', attempt_id = uuidv7(), attempt_at = ${iso(10)}
    where campaign_id = ${onItsWay}`;
  await hear({ delivered: 11 });
  await stage.sql`update messaging.deliveries set state = 'sent', mid = 'm_' || id, settled_at = ${iso(11.5)}
    where campaign_id = ${onItsWay}`;
  await hear({ delivered: 12 });

  expect(await recipientOf(passed)).toMatchObject({ delivered: true, deliveredAt: null });
  // Meta's clock may be slightly behind ours: not before it was sent.
  expect(await recipientOf(onItsWay)).toMatchObject({ delivered: true, deliveredAt: iso(11.5) });

  await hear({ read: 20 });
  expect(await recipientOf(passed)).toMatchObject({ deliveredAt: null, readAt: iso(20) });
  expect(await recipientOf(onItsWay)).toMatchObject({ deliveredAt: iso(11.5), readAt: iso(20) });
});

test("a time from before a message left, of an earlier attempt, is not shown", async () => {
  const campaignId = await sentAt(10);
  await stage.sql`insert into messaging.receipts (delivery_id, delivered_at, read_at)
    select id, ${iso(5)}, ${iso(6)} from messaging.deliveries where campaign_id = ${campaignId}`;
  await hear({ read: 20 });

  expect(await recipientOf(campaignId)).toMatchObject({
    delivered: true,
    deliveredAt: null,
    read: true,
    readAt: null,
  });
});

test("a reply is credited to the newest message before it, within three days", async () => {
  const [early, middle, late] = [await sentAt(0), await sentAt(10), await sentAt(30)];
  await say(20);
  expect(await Promise.all([early, middle, late].map(repliedOf))).toEqual([
    [0, 0, 0],
    [1, 1, 1],
    [0, 0, 0],
  ]);

  await say(40);
  expect(await Promise.all([early, middle, late].map(repliedOf))).toEqual([
    [0, 0, 0],
    [1, 1, 1],
    [1, 1, 1],
  ]);
  const received = await listReceivedCampaigns(stage, {
    workspaceId: stage.workspaceId,
    contactId: (await contact()).id,
  });
  expect(Object.fromEntries(received.items.map(({ campaign, replied }) => [campaign.id, replied]))).toEqual({
    [early]: false,
    [middle]: true,
    [late]: true,
  });
});

test("figures of an earlier version are counted again, for campaigns of any age", async () => {
  const { sql } = stage;
  const campaignId = await sentAt(0);
  await sentAt(10);
  await say(20);
  await sql`update messaging.campaigns set status = 'completed', finished_at = now() - interval '30 days',
    receipts_due_at = now(), counts = counts || '{"replied": 1}', progress = progress || '{"isToRecount": true}'
    where id = ${campaignId}`;

  while (await refreshReceipts(stage));

  const [row] = await sql`select counts -> 'replied' as replied, progress ? 'isToRecount' as is_due
    from messaging.campaigns where id = ${campaignId}`;
  expect(row).toEqual({ replied: 0, is_due: false });
});

test("timeline, list and results agree that a message was delivered", async () => {
  const campaignId = await sentAt(0);
  // Between the attempt and Meta's answer, as Meta's clock has it.
  await hear({ delivered: 20 / minute });
  const { id } = await contact();

  const { items } = await readTimeline({ ...stage, graph: { appId: "1" } }, stage.workspaceId, {
    conversationId: id,
  });
  const { groups } = await countResults(stage.sql, { campaignId, goal: undefined, contacts: 1 });
  const [received] = (await listReceivedCampaigns(stage, { workspaceId: stage.workspaceId, contactId: id }))
    .items;

  expect(items).toMatchObject([{ message: { status: "delivered" } }]);
  expect(groups).toMatchObject([{ delivered: 1, read: 0 }]);
  expect(received).toMatchObject({ delivered: true, read: false });
  expect(await recipientOf(campaignId)).toMatchObject({ deliveredAt: iso(40 / minute), readAt: null });
});
