import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { insertCampaign } from "../testing/insert_campaign.ts";
import type { StagePage } from "../testing/pages.ts";
import { until } from "../../std/testing.ts";
import { type Ledger, openLedger } from "../testing/ledger.ts";
import { playMeta } from "../testing/played_meta.ts";
import { checkBreakers } from "./campaign_breakers.ts";
import { foldCounts } from "../campaign_state/counts.ts";

let on: Ledger;
beforeAll(async () => {
  on = await openLedger();
});
afterAll(() => on.close());
beforeEach(() => on.clear());

/** Sends until nothing is queued. */
async function sendAll(meta = playMeta()) {
  const worker = on.startWorker(meta);
  await on.ended(worker);
  return meta;
}

const setRules = (page: StagePage, rules: Record<string, unknown>) =>
  on.sql`insert into messaging.sending_rules ${on.sql({ workspace_id: page.workspaceId, ...rules })}`;

test("claim() keeps a campaign's own speed over all its pages, without delay for others", async () => {
  const { page } = await on.makePage(20);
  const { page: second } = await on.makePage(20, page);
  const slow = await insertCampaign(on, [page, second], { text: "slow", speedPerSecond: 10 });
  const quick = await insertCampaign(on, [page, second], { text: "quick" });
  const meta = playMeta();
  const worker = on.startWorker(meta);
  await until("the quick one", async () => (await on.ledgerOf(quick)).sent === 40);
  const slowMeanwhile = (await on.ledgerOf(slow)).sent ?? 0;
  await until("the slow one", async () => (await on.ledgerOf(slow)).sent === 40).finally(() => worker.stop());

  const times = meta.accepted.filter(({ text }) => text === "slow").map(({ at }) => at);
  const seconds = (Math.max(...times) - Math.min(...times)) / 1000;
  expect(slowMeanwhile).toBeLessThan(40);
  // 39 steps of a tenth of a second, minus the content of the first slice.
  expect(seconds).toBeGreaterThan(3.4);
  expect(seconds).toBeLessThan(6);
}, 30_000);

test("claim() sends the first 100 of a campaign to more than 1,000 slowly, and the rest after their results", async () => {
  const { page } = await on.makePage(1_001);
  const id = await insertCampaign(on, [page], { options: {} });
  const meta = playMeta();
  const worker = on.startWorker(meta);
  await until("a few", async () => meta.accepted.length >= 8);

  const times = meta.accepted.map(({ at }) => at).toSorted((a, b) => a - b);
  const perSecond = (times.length - 1) / (((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000);
  expect(perSecond).toBeLessThan(7);

  // 99 are sent, and one of them has no result yet.
  await worker.stop();
  await on.sql`update messaging.deliveries set state = 'sent', attempt_id = gen_random_uuid() where id = any (array(
    select id from messaging.deliveries where state = 'queued' order by id limit ${99 - meta.accepted.length}))`;
  const [odd] =
    await on.sql`update messaging.deliveries set state = 'sending', attempt_id = gen_random_uuid(), lane_epoch = 99
    where id = (select id from messaging.deliveries where state = 'queued' limit 1) returning id`;
  await on.sql`update messaging.campaigns set counts = '{"queued": 901, "sent": 99, "sending": 1}' where id = ${id}`;
  await on.sql`delete from messaging.campaign_deltas`;
  const before = meta.accepted.length;
  const waiting = on.startWorker(meta, { recoverMs: 60_000 });
  await Bun.sleep(700);
  expect(meta.accepted).toHaveLength(before);

  await on.sql`update messaging.deliveries set state = 'sent' where id = ${odd?.id}`;
  await on.sql`insert into messaging.campaign_deltas (campaign_id, counts) values (${id}, '{"sending": -1, "sent": 1}')`;
  await until("full speed", async () => meta.accepted.length > before + 100).finally(() => waiting.stop());
}, 40_000);

test("claim() applies the frequency cap over campaigns and the suppression list, and skips with the reason", async () => {
  const { page, contacts } = await on.makePage(3);
  await setRules(page, { cap_count: 1, cap_hours: 24 });
  await on.sql`insert into messaging.suppressions (workspace_id, page_id, psid, reason)
    values (${page.workspaceId}, ${page.pageId}, ${contacts[0]?.psid ?? ""}, 'manual')`;
  const first = await insertCampaign(on, [page], { text: "first" });
  await sendAll();
  const second = await insertCampaign(on, [page], { text: "second" });
  const urgent = await insertCampaign(on, [page], {
    text: "urgent",
    options: { canary: false, ignoreCap: true },
  });
  await sendAll();

  expect(await on.ledgerOf(first)).toEqual({ sent: 2, "skipped suppressed": 1 });
  expect(await on.ledgerOf(second)).toEqual({ "skipped capped": 2, "skipped suppressed": 1 });
  expect(await on.ledgerOf(urgent)).toEqual({ sent: 2, "skipped suppressed": 1 });
  expect(await on.countsOf(second)).toEqual({ skipped: 3 });
});

test("claim() sends no campaign into a conversation that became spam, and a reply by hand", async () => {
  const { page, contacts } = await on.makePage(2);
  const [spammer] = contacts;
  if (!spammer) throw new Error("no contacts");
  const id = await insertCampaign(on, [page], { text: "news" });
  await on.sql`update messaging.conversations set status = 'spam' where id = ${spammer.id}`;
  await on.reply(page, spammer, "Please stop");

  const meta = await sendAll();

  expect(await on.ledgerOf(id)).toEqual({ sent: 1, "skipped spam": 1 });
  expect(meta.accepted.flatMap(({ psid, text }) => (psid === spammer.psid ? [text] : []))).toEqual([
    "Please stop",
  ]);
});

test("claim() waits for a new contact's name while Meta is asked for it, and not longer", async () => {
  const { page, contacts } = await on.makePage(4);
  const [named, unnamed, withheld, silent] = contacts.map(({ id }) => id);
  await on.sql`update messaging.contacts set profile_state = 'wanted', last_inbound_at = now()
    where id = any(${[named ?? "", unnamed ?? ""]}::uuid[])`;
  await on.sql`update messaging.contacts set profile_state = 'withheld', last_inbound_at = now() where id = ${withheld ?? ""}`;
  await on.sql`update messaging.contacts set profile_state = 'wanted', last_inbound_at = now() - interval '1 h'
    where id = ${silent ?? ""}`;
  const psidOf = new Map(contacts.map(({ id, psid }) => [id, psid]));
  await insertCampaign(on, [page], { text: "Hello {{first_name|there}}" });
  const meta = playMeta();
  const worker = on.startWorker(meta);
  const saidTo = (id: string | undefined) =>
    meta.accepted.filter(({ psid }) => psid === psidOf.get(id ?? "")).map(({ text }) => text);

  await until("whose name is not on its way", async () => meta.accepted.length === 2);
  expect([saidTo(withheld), saidTo(silent)]).toEqual([["Hello there"], ["Hello there"]]);
  await on.sql`update messaging.contacts set first_name = 'Ada', name = 'Ada', profile_state = 'known'
    where id = ${named ?? ""}`;
  await until("the name", async () => meta.accepted.length === 3);
  expect(saidTo(named)).toEqual(["Hello Ada"]);
  await until("the end of the waiting", async () => meta.accepted.length === 4).finally(() => worker.stop());

  expect(saidTo(unnamed)).toEqual(["Hello there"]);
}, 30_000);

test("claim() applies quiet hours in the contact's zone: messages wait for their end, or are skipped if that is too late", async () => {
  const { page, contacts } = await on.makePage(3);
  const [night, day, unknown] = contacts;
  const now = new Date();
  const minute = now.getUTCHours() * 60 + now.getUTCMinutes();
  // Quiet from an hour ago until in two hours at UTC; five hours east it ended long ago.
  await setRules(page, { quiet_from: (minute + 1_380) % 1_440, quiet_until: (minute + 120) % 1_440 });
  await on.sql`update messaging.contacts set timezone = '0' where id = ${night?.id ?? ""}`;
  await on.sql`update messaging.contacts set timezone = '5' where id = ${day?.id ?? ""}`;
  await on.sql`update messaging.contacts set timezone = 'Asia/Tokyo' where id = ${unknown?.id ?? ""}`;
  const waits = await insertCampaign(on, [page], { text: "waits" });
  const ends = await insertCampaign(on, [page], {
    text: "ends",
    expiresAt: new Date(Date.now() + 3_600_000),
  });
  const worker = on.startWorker(playMeta());
  await until("both", async () => {
    const rows = await on.sql`select id from messaging.deliveries where state = 'queued' and due_at <= now()`;
    return rows.length === 0 && (await on.ledgerOf(ends)).sent === 2;
  }).finally(() => worker.stop());

  expect(await on.ledgerOf(waits)).toEqual({ queued: 1, sent: 2 });
  expect(await on.ledgerOf(ends)).toEqual({ sent: 2, "skipped quiet-hours-past-expiry": 1 });
  const [row] = await on.sql`select extract(epoch from due_at - now())::int4 as seconds, contact_id
    from messaging.deliveries where state = 'queued'`;
  expect(row?.contact_id).toBe(night?.id);
  expect(Math.abs(Number(row?.seconds) - 7_200)).toBeLessThan(90);
});

test("claim() leaves a second between two campaign messages to one person", async () => {
  const { page } = await on.makePage(1);
  for (const text of ["one", "two", "three"]) await insertCampaign(on, [page], { text });

  const { accepted } = await sendAll();

  const times = accepted.map(({ at }) => at);
  expect(times).toHaveLength(3);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(950);
  expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThan(950);
});

test("claim() fills and stores variables and tracked links per person, and skips a message that became too long", async () => {
  const { page, contacts } = await on.makePage(2);
  await on.sql`update messaging.contacts set first_name = 'Ann' where id = ${contacts[0]?.id ?? ""}`;
  await on.sql`update messaging.contacts set first_name = repeat('x', 700) where id = ${contacts[1]?.id ?? ""}`;
  const button = { type: "web_url", title: "Shop", url: "link:0 https://shop.test/" };
  const payload = { template_type: "button", text: "Hi {{first_name|there}}", buttons: [button] };
  const id = await insertCampaign(on, [page], { message: { attachment: { type: "template", payload } } });

  const { accepted } = await sendAll();

  expect(await on.ledgerOf(id)).toEqual({ sent: 1, "skipped content-invalid": 1 });
  const body = JSON.stringify(accepted[0]?.body);
  expect(body).toContain("Hi Ann");
  expect(body).toMatch(/https:\/\/host\.test\/l\/[\w-]{22}\.0/);
  const [row] = await on.sql`select fills from messaging.deliveries where state = 'sent'`;
  expect(row?.fills).toEqual({ first_name: "Ann" });
});

test("claim() waits until a page has the message's file, requests it once, and sends its id", async () => {
  const { page } = await on.makePage(3);
  const [file] =
    await on.sql`insert into messaging.media_files (workspace_id, name, type, mime_type, bytes, file_key)
    values (${page.workspaceId}, 'a.png', 'image', 'image/png', 1, 'k') returning id`;
  const mediaFileId = String(file?.id);
  const message = { attachment: { type: "image", payload: {} } };
  const id = await insertCampaign(on, [page], { message, mediaFileId });
  const meta = playMeta();
  const worker = on.startWorker(meta);
  const [job] = await until("the job", async () => {
    const jobs = await on.sql`select kind, key, payload from jobs.jobs`;
    return jobs.length > 0 ? jobs : null;
  });
  expect(await on.ledgerOf(id)).toEqual({ queued: 3 });

  await on.sql`insert into messaging.media_uploads (workspace_id, page_id, media_file_id, attachment_id, expires_at)
    values (${page.workspaceId}, ${page.pageId}, ${mediaFileId}, '77', now() + interval '1 day')`;
  await until("sent", async () => (await on.ledgerOf(id)).sent === 3).finally(() => worker.stop());

  expect(job).toEqual({
    kind: "media_upload",
    key: `${page.pageId} ${mediaFileId}`,
    payload: { workspaceId: page.workspaceId, pageId: page.pageId, mediaFileId },
  });
  for (const { body } of meta.accepted)
    expect(body.message).toMatchObject({ attachment: { type: "image", payload: { attachment_id: "77" } } });
});

test("a file that Meta refuses for a page pauses the campaign with a remedy", async () => {
  const { page } = await on.makePage(1);
  const { workspaceId, pageId } = page;
  const [file] =
    await on.sql`insert into messaging.media_files (workspace_id, name, type, mime_type, bytes, file_key)
    values (${workspaceId}, 'big.png', 'image', 'image/png', 1, 'k') returning id`;
  const id = await insertCampaign(on, [page], { mediaFileId: String(file?.id) });
  await on.sql`insert into messaging.campaign_variants (workspace_id, campaign_id, variant, weight, content_id)
    select workspace_id, campaign_id, 0, 100, content_id from messaging.deliveries`;
  await on.sql`insert into messaging.media_uploads (workspace_id, page_id, media_file_id, error, expires_at)
    values (${workspaceId}, ${pageId}, ${String(file?.id)}, 'It is too large', now() + interval '1 h')`;

  expect(await checkBreakers(on)).toMatchObject([{ campaignId: id, status: "paused" }]);
  expect(await checkBreakers(on)).toEqual([]);
  const [row] = await on.sql`select status_reason from messaging.campaigns`;
  expect(row?.status_reason).toBe(
    'Paused by itself: Meta does not take the file "big.png" for the page "Page": It is too large. Cancel it, and send a copy with another file',
  );
});

test("a private reply goes to the comment, and its author becomes a contact with a conversation", async () => {
  const { page } = await on.makePage(0);
  await on.sql`
    with comment as (
      insert into messaging.comments (workspace_id, page_id, comment_id, from_id, text, changed_at, created_at)
      select ${page.workspaceId}, ${page.pageId}, '1_' || n, n, 'How much?', now(), now() from generate_series(1, 60) n
      returning id, from_id),
    content as (insert into messaging.contents (workspace_id, message)
      values (${page.workspaceId}, '{"text": "9 euros"}') returning id)
    insert into messaging.deliveries (workspace_id, page_id, psid, comment_id, class, content_id, state)
    select ${page.workspaceId}, ${page.pageId}, from_id, comment.id, 'private_reply', content.id, 'queued'
    from comment, content`;
  await on.sql`update messaging.lanes set next_eligible_at = now() where class = 'private_reply'`;
  const meta = playMeta();
  const worker = on.startWorker(meta);
  await until("50 of them", async () => meta.accepted.length >= 50);
  await until("all that left to be settled", async () => {
    const [flying] = await on.sql`select id from messaging.deliveries where state = 'sending'`;
    return flying === undefined;
  }).finally(() => worker.stop());

  // The others wait, since Meta allows 750 an hour.
  const { accepted } = meta;
  const [lane] =
    await on.sql`select next_eligible_at > now() as waits, held_until = next_eligible_at as is_held
    from messaging.lanes where class = 'private_reply'`;
  expect(lane).toEqual({ waits: true, is_held: true });
  expect(accepted.length).toBeLessThan(55);
  expect(accepted[0]?.body).toMatchObject({
    recipient: { comment_id: expect.stringMatching(/^1_\d+$/) },
    message: { text: "9 euros" },
  });
  const [row] =
    await on.sql`select d.state, d.contact_id = c.id as is_linked, c.psid, v.id = c.id as has_conversation, c.last_inbound_at
    from messaging.contacts c left join messaging.conversations v on v.id = c.id
    join messaging.deliveries d on d.contact_id = c.id where c.psid = '91'`;
  expect(row).toEqual({
    state: "sent",
    is_linked: true,
    psid: "91",
    has_conversation: true,
    last_inbound_at: null,
  });
});

test("a page without remaining calls for the day sends no campaign but still sends replies", async () => {
  const { page } = await on.makePage(2);
  await on.sql`update messaging.paces set engaged = 1 where kind = 'text'`;
  await on.sql`insert into messaging.page_calls (workspace_id, page_id, hour, calls)
    values (${page.workspaceId}, ${page.pageId}, now() - interval '3 h', 170)`;
  const id = await insertCampaign(on, [page]);
  const worker = on.startWorker(playMeta());
  await until("the lane to wait", async () => {
    const [lane] = await on.sql`select next_eligible_at > now() + interval '30 s' as waits
      from messaging.lanes where class = 'campaign'`;
    return lane?.waits === true;
  });

  expect(await on.ledgerOf(id)).toEqual({ queued: 2 });
  await on.sql`update messaging.page_calls set hour = now() - interval '25 h'`;
  await on.sql`update messaging.lanes set next_eligible_at = now() where class = 'campaign'`;
  await until("sent", async () => (await on.ledgerOf(id)).sent === 2).finally(() => worker.stop());
});

test("errors of the campaign itself stop it after a few, and a resume repeats nothing", async () => {
  const { page } = await on.makePage(200);
  await on.sql`update messaging.paces set limit_per_second = 40 where kind = 'text'`;
  const id = await insertCampaign(on, [page]);
  const meta = playMeta(() => "reject");
  const worker = on.startWorker(meta);
  const paused = await until("the pause", async () => {
    await foldCounts(on);
    const [campaign] = await checkBreakers(on);
    return campaign;
  }).finally(() => worker.stop());

  expect(paused).toMatchObject({ campaignId: id, status: "paused" });
  const [row] = await on.sql`select status_reason, paused_from from messaging.campaigns`;
  expect(row).toMatchObject({ paused_from: "running" });
  expect(row?.status_reason).toMatch(
    /^Paused by itself: Meta refused \d+ messages for the same reason\. Meta does not accept this message/,
  );
  expect((await on.ledgerOf(id)).queued).toBeGreaterThan(150);
});

test("claim() alternates campaigns of a lane, and gives a workspace's only page its turn beside another's many", async () => {
  const { page } = await on.makePage(60);
  const { page: other } = await on.makePage(20);
  await on.sql`update messaging.paces set limit_per_second = 100 where kind = 'text'`;
  for (const text of ["a", "b", "c"]) await insertCampaign(on, [page], { text });
  await insertCampaign(on, [other], { text: "other" });

  const { accepted } = await sendAll();

  const first = accepted.slice(0, 40).map(({ text }) => text);
  for (const text of ["a", "b", "c", "other"])
    expect(first.filter((one) => one === text).length).toBeGreaterThan(4);
  expect(accepted).toHaveLength(200);
}, 30_000);

test("claim() sends a campaign once to a person with several contacts, and by the next contact after a failure", async () => {
  const { page, contacts } = await on.makePage(4);
  const second = await on.makePage(4, page);
  // Four people with a contact on each page; the last contact is not merged.
  for (const [at, contact] of contacts.slice(0, 3).entries())
    await on.sql`update messaging.contacts set person_id = ${crypto.randomUUID()}
      where id = any(${[contact.id, second.contacts[at]?.id ?? ""]}::uuid[])`;
  await on.sql`update messaging.contacts set last_inbound_at = now() - interval '9 days' where id = ${contacts[2]?.id ?? ""}`;
  const id = await insertCampaign(on, [page, second.page], { text: "news" });
  const workers = [on.startWorker(playMeta()), on.startWorker(playMeta())];
  await on.ended();
  for (const worker of workers) await worker.stop();

  const got =
    await on.sql`select coalesce(c.person_id::text, c.psid) as person, count(*) filter (where d.state = 'sent')::int4 as sent
    from messaging.deliveries as d join messaging.contacts as c on c.id = d.contact_id group by 1`;
  expect(got.map(({ sent }) => sent)).toEqual([1, 1, 1, 1, 1]);
  expect(await on.ledgerOf(id)).toEqual({
    sent: 5,
    "skipped duplicate-person": 2,
    "skipped window-closed": 1,
  });
});
