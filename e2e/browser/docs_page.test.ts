import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test("the description of the API can be read, with nothing from elsewhere and no script inline", async () => {
  const { page, troubles } = await stage.open();

  const answer = await page.goto("/api/docs");
  await page.getByRole("heading", { name: /MessageSender API/ }).waitFor({ timeout: 20_000 });

  expect(answer?.headers()["content-security-policy"]).toContain("script-src 'self';");
  expect(troubles).toEqual([]);
});
