import { afterAll, beforeAll, expect, test } from "vitest";
import { askCampaign, draftCampaign } from "../support/app_campaigns.ts";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
beforeAll(async () => {
  on = await openAppWithMeta();
});
afterAll(() => on.close());

const limitsOf = async (pageId: string) =>
  Object((await on.here("GET", `/pages/${pageId}`)).body.page).health.limits;
const setPace = (pageId: string, pacePerSecond: unknown) =>
  on.here("PATCH", `/pages/${pageId}`, { pacePerSecond });

test("a page starts below the pace that freezes Meta's inbox, and accepts a pace up to Meta's limit", async () => {
  const { pageId } = await on.connectNewPage();
  expect(await limitsOf(pageId)).toMatchObject({ pacePerSecond: 30, ratePerSecond: 30 });

  for (const wrong of [0, 301, 30.5, null, "40"])
    expect([wrong, (await setPace(pageId, wrong)).status]).toEqual([wrong, 422]);
  const path = `/workspaces/${on.workspaceId}/pages/${pageId}`;
  expect((await on.call(on.otherToken, "PATCH", path, { pacePerSecond: 300 })).status).toBe(404);
  expect(await limitsOf(pageId)).toMatchObject({ pacePerSecond: 30 });
  for (const perSecond of [0.5, 301])
    await expect(
      on.database.sql`update messaging.paces set limit_per_second = ${perSecond}::float4
        where page_id = ${pageId} and kind = 'text'`,
    ).rejects.toThrow(/paces_limit/);

  expect((await setPace(pageId, 300)).status).toBe(200);
  expect(await limitsOf(pageId)).toMatchObject({ pacePerSecond: 300, ratePerSecond: 300 });
  const media = await on.database.sql`select limit_per_second::float8 as most from messaging.paces
    where page_id = ${pageId} and kind = 'media'`;
  expect(media).toEqual([{ most: 10 }]);

  // Reconnecting keeps the chosen pace.
  await on.here("POST", `/pages/${pageId}/check`);
  expect(await limitsOf(pageId)).toMatchObject({ pacePerSecond: 300 });
});

test("a running campaign follows a new pace without a restart, and so does its estimate", async () => {
  const { pageId } = await on.pageWithContacts(120);
  await setPace(pageId, 2);
  // Only this page's people have it.
  const audience = {
    conditions: { match: "all", conditions: [{ field: "page", op: "any", pageIds: [pageId] }] },
  };
  const preview = await on.here("POST", "/audience/preview", { kind: "window", audience });
  expect(preview.body).toMatchObject({ lastsSeconds: Math.ceil(120 / (2 * 0.8)) });
  const draft = await draftCampaign(on, { audience });
  await askCampaign(on, "POST", `/${draft.id}/launch`);
  const sent = async () =>
    (await on.database.sql`select from messaging.deliveries where page_id = ${pageId} and state = 'sent'`)
      .length;
  await until("the first", async () => (await sent()) > 1);

  const before = await sent();
  const raisedAt = performance.now();
  await setPace(pageId, 300);
  await until("the rest", async () => (await sent()) === 120);

  // At two a second the rest would take most of a minute.
  expect(before).toBeLessThan(40);
  expect(performance.now() - raisedAt).toBeLessThan(15_000);
}, 90_000);
