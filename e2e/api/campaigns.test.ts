import { afterEach, beforeEach, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { askCampaign, type Campaign, draftCampaign, endOfCampaign } from "../support/app_campaigns.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
beforeEach(async () => {
  on = await openAppWithMeta();
});
afterEach(() => on.close());

/** As if Meta allowed the pages so many messages a second. */
const slowDown = (perSecond: number) =>
  on.database.sql`update messaging.paces set limit_per_second = ${perSecond} where kind = 'text'`;

const draft = (changes?: object) => draftCampaign(on, changes);
const read = (id: string) => askCampaign(on, "GET", `/${id}`);
const changeState = (id: string, what: string, body?: unknown) =>
  askCampaign(on, "POST", `/${id}/${what}`, body);
const ended = (id: string) => endOfCampaign(on, id);

/** Every planned row ended in one way, and the ledger, the counts and Meta agree. */
async function expectSums({ id, counts }: Campaign): Promise<void> {
  const { planned = 0, sent = 0, failed = 0, skipped = 0, cancelled = 0 } = counts;
  const rows = await on.database.sql<{ state: string; count: number }[]>`
    select state, count(*)::int4 as count from messaging.deliveries where campaign_id = ${id} group by 1`;
  const ledger = Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  expect({ sent, failed, skipped, cancelled }).toEqual({
    sent: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
    ...ledger,
  });
  expect(planned).toBe(sent + failed + skipped + cancelled);
}

test("launchCampaign reaches every allowed contact once, and gives reasons for the others", async () => {
  const one = await on.pageWithContacts(30);
  const two = await on.pageWithContacts(20);
  await on.database.sql`update messaging.contacts set last_inbound_at = now() - interval '3 days'
    where psid = any(${one.psids.slice(0, 5)}::text[])`;

  const { id } = await draft();
  const launched = await changeState(id, "launch");
  const again = await on.here("POST", `/campaigns/${id}/launch`);
  const campaign = await ended(id);

  expect(["planning", "running"]).toContain(launched.status);
  expect(again).toMatchObject({ status: 409, body: { remedy: expect.stringContaining("Duplicate") } });
  expect(campaign.counts).toMatchObject({ planned: 50, sent: 45, skipped: 5, queued: 0 });
  await expectSums(campaign);
  const sent = await on.sent();
  expect(sent.map(({ psid }) => psid).toSorted()).toEqual([...one.psids.slice(5), ...two.psids].toSorted());
});

test("pauseCampaign stops sending within a second; after resumeCampaign nobody gets it twice", async () => {
  await on.pageWithContacts(60);
  await slowDown(30);
  const { id } = await draft();
  await changeState(id, "launch");
  await until("the first ones", async () => (await on.sent()).length > 5);

  await changeState(id, "pause");
  await Bun.sleep(1_000);
  const before = (await on.sent()).length;
  await Bun.sleep(700);
  const after = (await on.sent()).length;
  const resumes = await Promise.all([
    on.here("POST", `/campaigns/${id}/resume`),
    on.here("POST", `/campaigns/${id}/resume`),
  ]);
  const campaign = await ended(id);

  expect(before).toBeLessThan(60);
  expect(after).toBe(before);
  expect(resumes.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  expect(campaign.counts).toMatchObject({ planned: 60, sent: 60 });
  expect(new Set((await on.sent()).map(({ psid }) => psid)).size).toBe(60);
  expect(await on.sent()).toHaveLength(60);
});

test("cancelCampaign cancels queued messages and counts those in flight as sent", async () => {
  await on.pageWithContacts(80);
  await slowDown(30);
  const { id } = await draft();
  await changeState(id, "launch");
  await until("the first ones", async () => (await on.sent()).length > 5);

  await changeState(id, "cancel");
  const campaign = await until("all rows to end", async () => {
    const found = await read(id);
    const { queued = 1, sending = 1, unknown = 1 } = found.counts;
    return queued + sending + unknown === 0 ? found : null;
  });

  expect(campaign).toMatchObject({
    status: "cancelled",
    statusReason: expect.stringContaining("Canceled by"),
  });
  expect(campaign.counts.cancelled).toBeGreaterThan(20);
  await expectSums(campaign);
  expect(await on.sent()).toHaveLength(campaign.counts.sent ?? -1);
});

test("a contact who opts out during a campaign gets no more messages, and the ledger has the reason", async () => {
  await on.pageWithContacts(40);
  await slowDown(10);
  const { id } = await draft();
  await changeState(id, "launch");
  await until("the first ones", async () => (await on.sent()).length > 3);
  await changeState(id, "pause");
  const leaving = await until("what is on its way", async () => {
    const rows = await on.database.sql<{ state: string; psid: string }[]>`
      select state, psid from messaging.deliveries where campaign_id = ${id} and state <> 'sent'`;
    return rows.every(({ state }) => state === "queued") && rows.at(-1)?.psid;
  });
  await on.control("POST", `/persons/${leaving}/write`, { text: "STOP" });
  await until("the opt-out", async () => {
    const [row] = await on.database.sql`select subscribed from messaging.contacts where psid = ${leaving}`;
    return row?.subscribed === false;
  });
  await changeState(id, "resume");
  const campaign = await ended(id);

  expect((await on.sent()).map(({ psid }) => psid)).not.toContain(leaving);
  const [row] = await on.database.sql`select state, reason from messaging.deliveries
    where campaign_id = ${id} and psid = ${leaving}`;
  expect(row).toEqual({ state: "skipped", reason: "unsubscribed" });
  expect(campaign.counts).toMatchObject({ planned: 40, sent: 39, skipped: 1 });
  await expectSums(campaign);
});

test("delivered, read and replied counts come from receipts, per contact and page", async () => {
  const { psids, pageId } = await on.pageWithContacts(6);
  const [reader = "", answerer = "", gone = ""] = psids;
  await on.control("PATCH", `/persons/${gone}`, { hasBlocked: true });
  const { id } = await draft();
  await changeState(id, "launch");
  await ended(id);

  await on.control("POST", `/persons/${reader}/read`);
  await on.control("POST", `/persons/${answerer}/write`, { text: "Two, please" });
  const campaign = await until("the counts", async () => {
    const found = await read(id);
    return found.counts.replied === 1 && (found.counts.read ?? 0) > 0 ? found : null;
  });

  expect(campaign.counts).toMatchObject({ planned: 6, sent: 5, failed: 1 });
  const { body: results } = await on.here("GET", `/campaigns/${id}/results`);
  expect(results).toMatchObject({
    byReason: [{ state: "failed", reason: "unreachable", title: "This person isn't available", count: 1 }],
    byPage: [{ pageId, planned: 6, sent: 5, replied: 1, failed: 1 }],
    byVariant: [{ variant: 0, weight: 100, sent: 5, replied: { count: 1, rate: 0.2 } }],
    funnel: expect.arrayContaining([{ step: "replied", count: 1 }]),
  });
  const read1 = await on.here("GET", `/campaigns/${id}/recipients?limit=4`);
  const read2 = await on.here("GET", `/campaigns/${id}/recipients?cursor=${String(read1.body.nextCursor)}`);
  const people = [read1, read2].flatMap(({ body }) => (Array.isArray(body.items) ? body.items : []));
  expect(people).toHaveLength(6);
  expect(people.filter((one) => one.readAt !== null).length).toBe(campaign.counts.read);
  const failed = await on.here("GET", `/campaigns/${id}/recipients?state=failed`);
  expect(failed.body.items).toMatchObject([
    { state: "failed", reason: "unreachable", remedy: expect.stringContaining("again"), sentAt: null },
  ]);
});

test("a private reply campaign answers each commenter of a post once, at their newest comment", async () => {
  const { pageId, psids } = await on.pageWithContacts(3);
  const [ann = "", ben = "", cid = ""] = psids;
  const comment = async (psid: string, postId?: string) =>
    await on.control("POST", `/persons/${psid}/comment`, {
      text: "How much?",
      ...(postId ? { postId } : {}),
    });
  const { postId } = await comment(ann);
  await comment(ann, String(postId));
  await comment(ben, String(postId));
  await comment(cid, "another_post");
  await until("the comments", async () => {
    const [row] = await on.database.sql`select count(*)::int4 as count from messaging.comments`;
    return row?.count === 4;
  });
  const audience = { commentsOn: { pageId, postId: String(postId) } };
  const question = { kind: "private_reply", audience };

  const { body: preview } = await on.here("POST", "/audience/preview", question);
  const { id } = await draft(question);
  await changeState(id, "launch");
  const campaign = await ended(id);
  // Meta allows one private reply per comment, so a second campaign finds only Ann's older comment.
  const second = await draft(question);
  await changeState(second.id, "launch");
  const again = await ended(second.id);

  expect(preview).toMatchObject({ count: 2 });
  expect(campaign.counts).toMatchObject({ planned: 2, sent: 2 });
  expect(again.counts).toMatchObject({ planned: 2, sent: 1, skipped: 1 });
  await expectSums(campaign);
  expect(await on.sent()).toHaveLength(3);
});

test("a top-level comment on a photo post gets a private reply, although its parent is the album", async () => {
  const { pageId, psids, facebookId } = await on.pageWithContacts(2);
  const [ann = "", ben = ""] = psids;
  const postId = `${facebookId}_555000111`;
  for (const [psid, albumId] of [
    [ann, "777"],
    [ben, undefined],
  ] as const)
    await on.control("POST", `/persons/${psid}/comment`, { text: "How much?", postId, albumId });
  const stored = await until("the comments", async () => {
    const rows = await on.database
      .sql`select post_id = parent_id as same from messaging.comments where page_id = ${pageId}`;
    return rows.length === 2 ? rows : undefined;
  });
  const question = { kind: "private_reply", audience: { commentsOn: { pageId, postId } } };

  const { body: preview } = await on.here("POST", "/audience/preview", question);
  const { id } = await draft(question);
  await changeState(id, "launch");
  const campaign = await ended(id);

  // Without the difference the test would prove nothing.
  expect(stored.map(({ same }) => same).toSorted()).toEqual([false, true]);
  expect(preview).toMatchObject({ count: 2 });
  expect(campaign.counts).toMatchObject({ planned: 2, sent: 2 });
  expect((await on.sent()).map(({ psid }) => psid).toSorted()).toEqual([ann, ben].toSorted());
});

test("a private reply to a comment without an author goes to the comment, and its author becomes a contact", async () => {
  const { pageId, facebookId } = await on.pageWithContacts(1);
  const stranger = async (name: string) =>
    String((await on.control("POST", "/persons", { pageId: facebookId, name })).psid);
  const comment = async (psid: string) =>
    await on.control("POST", `/persons/${psid}/comment`, {
      text: "How much?",
      albumId: "777",
      isAnonymous: true,
    });
  const dora = await stranger("Dora");
  await comment(dora);
  const eve = await stranger("Eve");
  const { commentId } = await comment(eve);
  await until("the comments", async () => {
    const [row] = await on.database
      .sql`select count(*)::int4 as count from messaging.comments where from_id is null`;
    return row?.count === 2;
  });
  const audience = { commentsOn: { pageId, includeUnknownAuthors: true } };
  const question = { kind: "private_reply", audience };
  // First a member replies to Eve in Meta's own inbox.
  await on.control("POST", `/persons/${eve}/answer_comment`, { commentId });

  const { body: preview } = await on.here("POST", "/audience/preview", question);
  const { id } = await draft(question);
  await changeState(id, "launch");
  const campaign = await ended(id);
  const { body: again } = await on.here("POST", "/audience/preview", question);

  expect(preview).toMatchObject({ count: 2, unknownAuthors: { comments: 2 } });
  expect(campaign.counts).toMatchObject({ planned: 2, sent: 1, failed: 1 });
  expect(await on.sent()).toMatchObject([{ psid: dora }]);
  // Meta's response has the author, and may come after the echo settled the message.
  await until("the contact", async () => {
    const [linked] = await on.database.sql`
      select c.psid, c.source from messaging.deliveries d join messaging.contacts c on c.id = d.contact_id
      where d.campaign_id = ${id}`;
    return linked?.psid === dora;
  });
  const failed = await on.here("GET", `/campaigns/${id}/recipients?state=failed`);
  expect(failed.body.items).toMatchObject([{ title: "This comment already has its one private reply" }]);
  expect(again).toMatchObject({ count: 0, reasons: [{ reason: "comment-answered", count: 2 }] });
});

test("sendTest sends a filled test to one contact and does not change the campaign", async () => {
  const { psids } = await on.pageWithContacts(2);
  const [ann = "", ben = ""] = psids;
  const idOf = async (psid: string) => {
    const [row] = await on.database.sql<
      { id: string }[]
    >`select id from messaging.contacts where psid = ${psid}`;
    return row?.id ?? "";
  };
  await on.database
    .sql`update messaging.contacts set last_inbound_at = now() - interval '2 days' where psid = ${ben}`;
  const { id } = await draft({ content: { text: "Hello from {{page_name}}" } });

  const sent = await on.here("POST", `/campaigns/${id}/test`, { contactId: await idOf(ann) });
  const refused = await on.here("POST", `/campaigns/${id}/test`, { contactId: await idOf(ben) });
  await until("the test at Meta", async () => (await on.sent()).length === 1);

  expect(sent.status).toBe(200);
  expect(await on.sent()).toMatchObject([{ psid: ann, text: "Hello from Luna", messagingType: "UPDATE" }]);
  expect(refused).toMatchObject({ status: 409, body: { remedy: expect.stringContaining("writes again") } });
  expect(await read(id)).toMatchObject({ status: "draft", counts: { planned: 0, sent: 0 } });
  const { body: conversation } = await on.here("GET", `/conversations/${await idOf(ann)}/messages`);
  expect(conversation.items).toMatchObject([
    { text: "Hello from Luna", direction: "out" },
    { text: "Hello" },
  ]);
});

test("a split test sends its winner to held-back contacts, and each contact gets one message", async () => {
  await on.pageWithContacts(40);
  const { id } = await draft({
    content: undefined,
    variants: [
      { content: { text: "A" }, weight: 50 },
      { content: { text: "B" }, weight: 50 },
    ],
    split: { holdoutPercent: 50, winnerBy: "replied", afterMinutes: 60 },
  });
  await changeState(id, "launch");
  const held = await until("the test group", async () => {
    const { counts } = await read(id);
    return counts.planned === 40 && (counts.sent ?? 0) > 0 && counts.sent === 40 - (counts.queued ?? 0)
      ? counts
      : null;
  });

  await changeState(id, "choose-winner", { variant: 1 });
  const campaign = await ended(id);

  expect(held.queued).toBeGreaterThan(0);
  expect(campaign).toMatchObject({ counts: { planned: 40, sent: 40 }, split: { winner: 1 } });
  const sent = await on.sent();
  expect(new Set(sent.map(({ psid }) => psid)).size).toBe(40);
  expect(sent.filter(({ text }) => text === "B").length).toBeGreaterThan(held.queued ?? 0);
});
