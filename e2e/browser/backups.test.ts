import { stat } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test("the owner makes a backup under System, sees it in the list, and downloads it", async () => {
  const { page, troubles } = await stage.visit("system");
  await page.getByRole("tab", { name: "Backups" }).click();
  await page.getByText("No backups yet").waitFor();

  await page.getByRole("button", { name: "Create backup" }).click();
  const link = page.getByRole("link", { name: /^Download the backup of/ });
  await link.waitFor();
  await expectAccessible(page, "backups");
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);

  const { items } = await stage.everywhere.get<{ items: { name: string; bytes: number }[] }>(
    "/system/backups",
  );
  expect(download.suggestedFilename()).toBe(items[0]?.name);
  expect((await stat(await download.path())).size).toBe(items[0]?.bytes);
  expect(troubles).toEqual([]);
});
