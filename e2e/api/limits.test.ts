import { afterEach, beforeEach, expect, test } from "vitest";
import { type DeliveryStage, openDeliveryStage } from "../../modules/messaging/testing/delivery_stage.ts";
import type { StageContact, StagePage } from "../../modules/messaging/testing/pages.ts";
import { until } from "../../modules/std/testing.ts";

let stage: DeliveryStage;
let page: StagePage;
let people: StageContact[];
/** When each message was offered to Meta. */
let offers: number[];
/** Until it opens, nothing reaches Meta. */
let gate: Promise<void> | undefined;

beforeEach(async () => {
  offers = [];
  gate = undefined;
  stage = await openDeliveryStage({
    async fetch(url, init) {
      if (url.includes("/messages")) offers.push(performance.now());
      await gate;
      return await fetch(url, init);
    },
  });
  page = await stage.connectPage();
  people = await stage.addPeople(page, 3);
});
afterEach(() => stage.close());

const lanes = async () => {
  const rows = await stage.database.sql`
    select class, held_reason as reason, holds::int4, extract(epoch from held_until - now())::float8 as seconds
    from messaging.lanes where page_id = ${page.pageId}`;
  return new Map(rows.map((row) => [String(row.class), row]));
};
const appHold = async () => {
  const [row] = await stage.database
    .sql`select extract(epoch from held_until - now())::float8 as seconds from messaging.app_holds`;
  return row;
};
const sharePercent = async () => {
  const [row] = await stage.database.sql`select round(share * 100)::int4 as percent from messaging.paces
    where page_id = ${page.pageId} and kind = 'text'`;
  return row?.percent;
};
const sentTexts = async () => (await stage.sent()).map(({ text }) => text);

/** The same text for all contacts, as in a campaign. */
async function blast(text: string): Promise<void> {
  await stage.database.sql`
    with content as (insert into messaging.contents (workspace_id, message)
      values (${page.workspaceId}, ${JSON.stringify({ text })}::jsonb) returning id)
    insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, state)
    select c.workspace_id, c.page_id, c.id, c.psid, 'campaign', content.id, 'queued'
    from messaging.contacts c, content where c.page_id = ${page.pageId}`;
  await stage.database.sql`update messaging.lanes set next_eligible_at = greatest(now(), held_until)
    where page_id = ${page.pageId} and class = 'campaign'`;
}

test("near the page's limit, campaigns wait as long as Meta says, and replies continue more slowly", async () => {
  const [ann] = people;
  if (!ann) throw new Error("no contact");
  await stage.control("PATCH", "/switches", { usage: { percent: 98, minutes: 5 } });
  stage.startWorker({ pollMs: 50, throttleSeconds: 1 });

  await stage.reply(page, ann, "First");
  await until("the campaign's lane to be held", async () => (await lanes()).get("campaign")?.reason);
  await blast("Campaign");
  await stage.reply(page, ann, "Second");
  await until("the second reply", async () => (await sentTexts()).includes("Second"));

  const held = await lanes();
  expect(held.get("campaign")).toMatchObject({ reason: "Nearly all of Meta's limit is used" });
  expect(held.get("campaign")?.seconds).toBeGreaterThan(5 * 60 - 10);
  expect(held.get("campaign")?.seconds).toBeLessThanOrEqual(5.5 * 60);
  expect(held.get("reply")).toMatchObject({ reason: null, seconds: null });
  expect(await sharePercent()).toBeLessThanOrEqual(50);
  expect(await sentTexts()).not.toContain("Campaign");
});

test("four fifths of a limit only halve the page's rate", async () => {
  await stage.control("PATCH", "/switches", { usage: { percent: 80, minutes: 0 } });
  stage.startWorker({ pollMs: 50 });

  await blast("Campaign");
  await until("all three", async () => (await sentTexts()).length === 3);
  await until("the rate to be halved", async () => (await sharePercent()) === 50);

  expect([...(await lanes()).values()].map(({ reason }) => reason)).toEqual(Array(5).fill(null));
});

test("near the app's limit without a given time, campaigns pause and resume by themselves", async () => {
  await stage.control("PATCH", "/switches", { usage: { percent: 97, minutes: 0, isOfApp: true } });
  // One at a time, so the first response is known before the second call.
  await stage.database.sql`update messaging.paces set limit_per_second = 4 where kind = 'text'`;
  stage.startWorker({ pollMs: 50, throttleSeconds: 2 });

  await blast("Campaign");
  const pause = await until("the hold", async () => (await appHold())?.seconds);
  await stage.control("PATCH", "/switches", { usage: null });
  await until("all three", async () => (await sentTexts()).length === 3);

  expect(pause).toBeGreaterThan(1);
  expect(pause).toBeLessThanOrEqual(2);
  expect((offers.at(-1) ?? 0) - (offers[0] ?? 0)).toBeGreaterThan(1_500);
  await until("the hold to be forgotten", async () => (await appHold()) === undefined);
});

test("80006 holds all lanes for the hour in its header, and uses no attempt", async () => {
  const [ann] = people;
  if (!ann) throw new Error("no contact");
  await stage.control("PATCH", "/switches", { limits: { callsPerEngagedPerson: 0.1 } });
  stage.startWorker({ pollMs: 50, throttleSeconds: 1 });

  const messageId = await stage.reply(page, ann, "Too much");
  await until("the hold", async () => (await lanes()).get("reply")?.reason);

  const [row] = await stage.database.sql`select attempts::int4 from messaging.deliveries`;
  for (const lane of (await lanes()).values()) {
    expect(lane.reason).toBe("Meta's rate limit is reached");
    expect(lane.seconds).toBeGreaterThan(3_590);
    expect(lane.seconds).toBeLessThanOrEqual(3_960);
  }
  expect((await stage.status(page, messageId))?.state).toBe("queued");
  expect(row).toEqual({ attempts: 0 });
  expect(await sharePercent()).toBe(50);
});

test("a restricted page sends one probe after pauses that double up to eightfold, until one succeeds", async () => {
  const firstSeconds = 0.2;
  for (const person of people) await stage.reply(page, person, `To ${person.psid}`);
  await stage.control("PATCH", `/pages/${page.facebookId}`, { isRestricted: true });
  stage.startWorker({ pollMs: 50, restrictedSeconds: firstSeconds });

  // The three that were on their way when the page was restricted, and then one at a time.
  const probes = await until("six probes", async () => offers.length >= 9 && offers.slice(2, 9));
  const [marked] = await stage.database
    .sql`select status, status_reason as reason from messaging.pages where id = ${page.pageId}`;
  const reply = (await lanes()).get("reply");
  await stage.control("PATCH", `/pages/${page.facebookId}`, { isRestricted: false });
  await until("all three", async () => (await sentTexts()).length === 3);
  const [healed] = await until("the mark to go", async () => {
    const rows = await stage.database
      .sql`select status, status_reason as reason from messaging.pages where id = ${page.pageId}`;
    return rows[0]?.status === "connected" ? rows : null;
  });

  const pauses = probes.slice(1).map((at, index) => (at - (probes[index] ?? at)) / 1_000 / firstSeconds);
  expect(marked).toEqual({
    status: "restricted",
    reason: "Meta restricts this page from sending for now",
  });
  expect(reply).toMatchObject({ reason: marked?.reason });
  for (const [index, factor] of [1, 2, 4, 8, 8, 8].entries()) {
    expect(pauses[index], `pause ${index}`).toBeGreaterThanOrEqual(factor * 0.88);
    // A busy machine may check late, and checks often.
    expect(pauses[index], `pause ${index}`).toBeLessThan(factor * 1.1 + 5);
  }
  expect(healed).toEqual({ status: "connected", reason: null });
  expect((await lanes()).get("reply")).toMatchObject({ holds: 0, reason: null });
  expect(new Set(await sentTexts()).size).toBe(3);
});

test("during a restricted page's probe nothing else is sent, even if the lane is woken", async () => {
  for (const person of people) await stage.reply(page, person, `To ${person.psid}`);
  await stage.control("PATCH", `/pages/${page.facebookId}`, { isRestricted: true });
  stage.startWorker({ pollMs: 50, restrictedSeconds: 0.2 });
  await until("the three", async () => offers.length >= 3);
  let open: () => void = () => undefined;
  gate = new Promise((resolve) => (open = resolve));
  await until("the probe", async () => offers.length >= 4);
  await stage.database.sql`update messaging.lanes set next_eligible_at = clock_timestamp()
    where page_id = ${page.pageId}`;
  await Bun.sleep(400);

  expect(offers).toHaveLength(4);
  await stage.control("PATCH", `/pages/${page.facebookId}`, { isRestricted: false });
  open();
  await until("all three", async () => (await sentTexts()).length === 3);
});
