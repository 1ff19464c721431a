import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { look, lookOnce } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { choose } from "../support/controls.ts";
import { addMember } from "../support/product.ts";

let stage: BrowserStage;
let campaignId: string;
beforeAll(async () => {
  stage = await openBrowserStage();
  campaignId = await stage.draft({ name: "May offer", content: { text: "Fresh beans" } });
  await stage.api.raw("PATCH", `/campaigns/${campaignId}`, { name: "June offer" });
  await stage.api.post("/tags", { name: "VIP" });
});
afterAll(() => stage.close());

const sentences = async (page: Page) =>
  (await page.getByRole("list", { name: "Activity" }).getByRole("listitem").allInnerTexts()).map((text) =>
    text.split("\n").slice(1, 3).join(": "),
  );

test(
  "the activity log tells the story newest first, opens changes, and filters by address",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit("settings");
    await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Activity" }).click();
    await page.getByRole("list", { name: "Activity" }).waitFor();

    const all = await sentences(page);
    expect(all.slice(1, 4)).toEqual([
      "Owner: Created the tag “VIP”",
      "Owner: Changed the campaign “June offer”",
      "Owner: Created the campaign “May offer”",
    ]);
    const changed = page.getByRole("listitem").filter({ hasText: "Changed the campaign" });
    await changed.getByRole("button", { name: "Show details" }).click();
    await expect
      .poll(() => changed.getByRole("row").allInnerTexts())
      .toEqual(["Field\tBefore\tAfter", "Name\tMay offer\tJune offer"]);
    await look(page, "activity");

    await choose(page.getByLabel("Actions on"), "Tags");
    await expect.poll(() => sentences(page)).toEqual(["Owner: Created the tag “VIP”"]);
    expect(page.url()).toContain("kind=tag");
    await choose(page.getByLabel("Person"), "Command line");
    await page.getByText("Nothing matches these filters.").waitFor();
    await page.getByRole("button", { name: "Clear filters" }).click();
    await expect.poll(async () => (await sentences(page)).length).toBeGreaterThan(3);
    expect(troubles).toEqual([]);
  },
);

test("History of a campaign shows its actions only, and leads back to it", { timeout: 60_000 }, async () => {
  await stage.api.post(`/campaigns/${campaignId}/launch`, { delaySeconds: 60 });
  const { page, troubles } = await stage.visit(`campaigns/${campaignId}`);
  await page.getByRole("link", { name: "History" }).click();
  await expect
    .poll(() => sentences(page))
    .toEqual([
      "Owner: Launched the campaign “June offer”",
      "Owner: Changed the campaign “June offer”",
      "Owner: Created the campaign “May offer”",
    ]);
  await page.getByText("Showing the history of one item only.").waitFor();

  await page.getByRole("link", { name: "Changed the campaign “June offer”" }).click();
  await page.waitForURL(`**/campaigns/${campaignId}`);
  expect(troubles).toEqual([]);
});

test(
  "the log exports as it is filtered, fits a phone and Arabic, and is shown to the owner only",
  { timeout: 90_000 },
  async () => {
    const { page } = await stage.visit("settings/activity?kind=tag");
    await page.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "CSV (spreadsheet)" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("activity.csv");

    const phone = await stage.visit("settings/activity", { width: 390, theme: "dark" });
    await phone.page.getByRole("list", { name: "Activity" }).waitFor();
    await phone.page.getByRole("button", { name: "Show details" }).first().click();
    await lookOnce(phone.page, "activity-phone");
    const arabic = await stage.visit("settings/activity", { language: "ar", width: 1024 });
    await arabic.page.getByRole("list").last().waitFor();
    await lookOnce(arabic.page, "activity-arabic");

    const viewer = addMember(stage.product, { name: "Vera Viewer", role: "viewer" });
    const other = await stage.visit("settings/activity", { as: viewer });
    await other.page.getByText("owner", { exact: false }).first().waitFor();
    expect(await other.page.getByRole("list", { name: "Activity" }).count()).toBe(0);
    expect(await other.page.getByRole("link", { name: "Activity" }).count()).toBe(0);
  },
);

test("a log that cannot be loaded says so and tries again", { timeout: 60_000 }, async () => {
  const watched = await stage.visit("settings");
  await watched.page.route("**/api/v1/activity?**", (route) => route.abort());
  await watched.page.getByRole("link", { name: "Activity" }).click();
  await watched.page.getByText("Cannot load the activity log").waitFor();
  await watched.page.unroute("**/api/v1/activity?**");
  await watched.page.getByRole("button", { name: "Try again" }).click();
  await watched.page.getByRole("list", { name: "Activity" }).waitFor();
});
