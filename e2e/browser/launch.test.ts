import { afterAll, beforeAll, expect, test } from "vitest";
import { look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { waitFor } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
  await stage.addWriters(3);
  await stage.sql`update messaging.contacts set subscribed = false
    where id = (select min(id::text)::uuid from messaging.contacts)`;
});
afterAll(() => stage.close());

const status = async (id: string) =>
  (await stage.api.get<{ campaign: { status: string } }>(`/campaigns/${id}`)).campaign.status;

async function openReview(campaign: object) {
  const id = await stage.draft(campaign);
  const watched = await stage.visit(`campaigns/${id}/edit`);
  await watched.page.getByRole("button", { name: "Review" }).click();
  return { id, ...watched };
}

test(
  "a launch asks with people, pages, time and first lines; its undo sends nothing; without it the campaign goes out",
  { timeout: 180_000 },
  async () => {
    const variants = [
      { content: { text: "Way A is short" }, weight: 50 },
      { content: { text: "Way B is long" }, weight: 50 },
    ];
    const { id, page, troubles } = await openReview({ name: "Winter beans", variants });

    await page.getByRole("button", { name: /^Launch for 2 contacts/ }).click();
    const dialog = page.getByRole("alertdialog", { name: "Send to 2 contacts?" });
    await dialog.getByText("2 contacts (All contacts of all pages)").waitFor();
    for (const fact of [
      /^Luna/,
      "Now",
      /opted out: 1 contact$/,
      "Not needed",
      "Way A is short",
      "Way B is long",
    ])
      await dialog.getByText(fact).first().waitFor();
    await dialog.getByText(/undo/).waitFor();
    await look(page, "launch-dialog");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await status(id)).toBe("draft");

    await page.getByRole("button", { name: /^Launch for 2 contacts/ }).click();
    await dialog.getByRole("button", { name: "Send now" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText(/Sending starts in \d s/).waitFor();
    // A loaded machine may take longer than the seconds to look at it.
    await stage.sql`update messaging.campaigns set due_at = now() + interval '1 minute' where id = ${id}`;
    await look(page, "launch-undo");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Launch undone. The campaign is a draft again").waitFor();
    await page.waitForURL(/\/edit#review$/);
    expect(await status(id)).toBe("draft");

    await page.getByRole("button", { name: /^Launch for 2 contacts/ }).click();
    await dialog.getByRole("button", { name: "Send now" }).click();
    await page.getByText(/Sending starts in \d s/).waitFor();
    expect(await stage.sent()).toEqual([]);
    await page.close();
    await waitFor(async () => (await stage.sent()).length === 2, 20_000, "two messages at Meta");
    expect(troubles).toEqual([]);
  },
);

test("a scheduled campaign becomes a draft again", { timeout: 90_000 }, async () => {
  const at = new Date(Date.now() + 5 * 86_400_000).toISOString();
  const { id, page, troubles } = await openReview({
    name: "Later",
    content: { text: "Soon" },
    schedule: { at },
  });

  await page.getByRole("button", { name: /^Schedule/ }).click();
  const dialog = page.getByRole("alertdialog", { name: "Schedule for 2 contacts?" });
  await dialog.getByRole("button", { name: "Schedule" }).click();
  await page.getByText(/^Starts on /).waitFor();
  await look(page, "launch-scheduled");
  await page.getByRole("button", { name: "Move back to draft" }).click();
  await page.waitForURL(/\/edit#review$/);

  expect(await status(id)).toBe("draft");
  expect(troubles).toEqual([]);
});

test(
  "the review speaks of quiet hours and a frequency cap only where they are set",
  { timeout: 60_000 },
  async () => {
    const { page } = await openReview({ name: "Rules", content: { text: "Hi" } });

    await page.getByText("No quiet hours are set").waitFor();
    await page.getByText("No frequency cap is set").waitFor();

    expect(await page.getByText(/(apply|applies)/).count()).toBe(0);
  },
);
