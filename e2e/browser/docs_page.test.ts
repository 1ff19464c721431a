import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser, openWindow } from "../support/browser.ts";
import { type Product, startProduct } from "../support/product.ts";

let product: Product;
let browser: Browser;
beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

test("the description of the API can be read, with nothing from elsewhere and no script inline", async () => {
  const { page, context, troubles } = await openWindow(browser);

  const answer = await page.goto(`${product.url}/api/docs`);
  await page.getByRole("heading", { name: /MessageSender API/ }).waitFor({ timeout: 20_000 });
  await context.close();

  expect(answer?.headers()["content-security-policy"]).toContain("script-src 'self';");
  expect(troubles).toEqual([]);
});
