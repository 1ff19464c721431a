import { stat } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, launchBrowser, logIn, openWindow } from "../support/browser.ts";
import { type Connected, connectPage, type Product, startProduct } from "../support/product.ts";

let product: Product;
let browser: Browser;
let connected: Connected;
beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchBrowser()]);
  connected = await connectPage(product);
});
afterAll(async () => {
  await browser.close();
  await product.stop();
});

test("the owner makes a backup under System, sees it in the list, and downloads it", async () => {
  const { page, troubles } = await openWindow(browser);
  await logIn(page, product);
  await page.goto(`${product.url}/w/${connected.workspaceId}/system`);
  await page.getByRole("tab", { name: "Backups" }).click();
  await page.getByText("No backup yet").waitFor();

  await page.getByRole("button", { name: "Make a backup" }).click();
  const link = page.getByRole("link", { name: /^Download the backup of/ });
  await link.waitFor();
  await expectAccessible(page, "backups");
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);

  const { items } = await connected.api.get<{ items: { name: string; bytes: number }[] }>("/system/backups");
  expect(download.suggestedFilename()).toBe(items[0]?.name);
  expect((await stat(await download.path())).size).toBe(items[0]?.bytes);
  expect(troubles).toEqual([]);
});
