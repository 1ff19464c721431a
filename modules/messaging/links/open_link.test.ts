import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { until } from "../../std/testing.ts";
import { inhabit, type Inhabited } from "../../../apps/server/testing/inhabited.ts";
import { addressesOf } from "../templates/fill_message.ts";
import { readLinkCode } from "./open_link.ts";

let world: Inhabited;
let campaignId: string;
let deliveryId: string;
beforeAll(async () => {
  world = await inhabit();
});
afterAll(() => world.close());

beforeEach(async () => {
  const { sql } = world.system;
  const { workspaceId, ids } = world.here;
  await sql`truncate messaging.campaign_deltas`;
  const links = [
    "https://shop.example.com/a",
    "https://shop.example.com/b?c={{custom.code|none}}&d={{first_name|x}}",
  ];
  const [row] = await sql<{ campaign_id: string; id: string }[]>`
    with campaign as (
      insert into messaging.campaigns (workspace_id, name, kind, audience, draft)
      values (${workspaceId}, 'Offer', 'window', '{}', '{}') returning id),
    content as (
      insert into messaging.contents (workspace_id, message, links) values (${workspaceId}, '{}', ${links}::text[]) returning id)
    insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, state, fills)
    select ${workspaceId}, ${ids.pageId ?? ""}, ${ids.contactId ?? ""}, '7001', 'campaign', content.id, campaign.id, 'sent',
      '{"custom.code": "a b&x=1"}'
    from campaign, content returning id, campaign_id`;
  campaignId = row?.campaign_id ?? "";
  deliveryId = row?.id ?? "";
});

const phone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/MessengerForiOS;FBAV/487.0]";

async function open(link: number | string, headers: Record<string, string> = {}, method = "GET") {
  const address =
    typeof link === "string" ? link : `${addressesOf("http://localhost", deliveryId).links}.${link}`;
  const response = await world.app.handle(
    new Request(address, { method, headers: { "user-agent": phone, ...headers } }),
  );
  return { status: response.status, to: response.headers.get("location"), text: await response.text() };
}
const clicks = async () => [
  ...(await world.system
    .sql`select link, times from messaging.clicks where delivery_id = ${deliveryId} order by link`),
];
const deltas = async () => [
  ...(await world.system.sql`select campaign_id, counts from messaging.campaign_deltas`),
];

test("openLink() redirects to a URL with letters of any language in a form for every browser", async () => {
  await world.system.sql`update messaging.contents set links = '{"https://mũ.example.com/khuyến-mãi?q=ü😀"}'
    where id = (select content_id from messaging.deliveries where id = ${deliveryId})`;

  expect(await open(0)).toMatchObject({
    status: 302,
    to: "https://xn--m-mna.example.com/khuy%E1%BA%BFn-m%C3%A3i?q=%C3%BC%F0%9F%98%80",
  });
});

test("openLink() redirects to the content's URL, filled for this contact", async () => {
  const plain = await open(0);
  const filled = await open(1);

  expect(plain).toMatchObject({ status: 302, to: "https://shop.example.com/a" });
  expect(filled).toMatchObject({ status: 302, to: "https://shop.example.com/b?c=a%20b%26x%3D1&d=x" });
});

test("openLink() counts clicks per link, and per campaign the first of each delivery, also concurrent ones", async () => {
  await Promise.all(Array.from({ length: 8 }, (_, n) => open(n % 2)));
  await open(0);

  expect(await clicks()).toEqual([
    { link: 0, times: 5 },
    { link: 1, times: 4 },
  ]);
  expect(await deltas()).toEqual([{ campaign_id: campaignId, counts: { clicked: 1 } }]);
});

test("openLink() does not count a click as first while the first one is being written", async () => {
  const { sql } = world.system;
  let opening: Promise<unknown> = Promise.resolve();

  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended('click ' || ${deliveryId}::text, 0))`;
    await tx`insert into messaging.clicks (delivery_id, link) values (${deliveryId}, 1)`;
    opening = open(0);
    await until("the other click to wait", async () => {
      const waiting =
        await sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      return waiting.length > 0;
    });
  });
  await opening;

  expect(await clicks()).toHaveLength(2);
  expect(await deltas()).toEqual([]);
});

test("openLink() does not wait for locks of the delivery's row by sending and echoes", async () => {
  const { sql } = world.system;

  const opened = await sql.begin(async (tx) => {
    await tx`update messaging.deliveries set settled_at = now() where id = ${deliveryId}`;
    return await open(0);
  });

  expect(opened.status).toBe(302);
  expect(await clicks()).toEqual([{ link: 0, times: 1 }]);
});

test("openLink() redirects previews, bots and prefetches without counting; a phone called Cubot counts", async () => {
  const answers = [
    await open(0, {
      "user-agent": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    }),
    await open(0, {
      "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    }),
    await open(0, { "user-agent": "" }),
    await open(0, { "sec-purpose": "prefetch;prerender" }),
    await open(0, {}, "HEAD"),
  ];

  expect(answers.map(({ status }) => status)).toEqual([302, 302, 302, 302, 302]);
  expect(await clicks()).toEqual([]);
  await open(0, {
    "user-agent": "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/120 Mobile",
  });
  expect(await clicks()).toEqual([{ link: 0, times: 1 }]);
});

test("openLink() shows a page for everything except a delivery's link", async () => {
  const own = addressesOf("http://localhost", deliveryId).links ?? "";

  for (const address of [
    `${own}.2`,
    `${own}.99`,
    `${own}`,
    `${own}.0.0`,
    `${own}.-1`,
    `${addressesOf("http://localhost", crypto.randomUUID()).links}.0`,
    "http://localhost/l/https:%2F%2Fevil.example",
    "http://localhost/l/x",
    `http://localhost/l/${"A".repeat(22)}.0?to=https://evil.example`,
  ]) {
    const answer = await open(address);
    expect([answer.status, answer.to], address).toEqual([404, null]);
    expect(answer.text, address).toContain("Link not found");
  }
  expect(await clicks()).toEqual([]);
});

test("readLinkCode() reads codes of addressesOf()", () => {
  const id = "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10";
  const code = addressesOf("", id).links?.replace("/l/", "") ?? "";

  expect(readLinkCode(`${code}.3`)).toEqual({ deliveryId: id, link: 3 });
});
