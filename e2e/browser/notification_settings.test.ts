import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { addMember } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test("a person chooses mail about mentions, and quiet hours", { timeout: 60_000 }, async () => {
  const mia = addMember(stage.product, { name: "Mia", role: "operator" });
  const { page, troubles } = await stage.visit("account", { as: mia });
  const panel = page.getByRole("region", { name: "Notifications" });

  await panel.getByRole("checkbox", { name: "Mentions: by email" }).check();
  await panel.getByRole("switch", { name: "Quiet hours" }).click();
  await panel.getByRole("combobox", { name: "Until" }).waitFor();
  await panel.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").first().waitFor();
  await expectAccessible(page, "notification_settings");
  await look(page, "notification_settings");
  await page.reload();

  await expect.poll(() => panel.getByRole("checkbox", { name: "Mentions: by email" }).isChecked()).toBe(true);
  expect(await panel.getByRole("checkbox", { name: "Mentions: in the app" }).isChecked()).toBe(true);
  expect(await panel.getByRole("switch", { name: "Quiet hours" }).isChecked()).toBe(true);
  expect(troubles).toEqual([]);
});

test("the page of an unsubscribe link changes nothing before its button, and refuses a broken link", async () => {
  const { page } = await stage.open();
  await page.goto(`${stage.product.url}/api/v1/notifications/unsubscribe?token=broken`);
  await page.getByRole("heading", { name: "Stop notification emails?" }).waitFor();

  await page.getByRole("button", { name: "Stop emails" }).click();

  await page.getByRole("alert").filter({ hasText: "the link is incomplete or too old" }).waitFor();
});
