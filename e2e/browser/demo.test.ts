import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test(
  "the owner opens the demo by one click, looks around, and removes it by one click",
  { timeout: 240_000 },
  async () => {
    const { page, troubles } = await stage.visit("settings");
    await page.getByRole("button", { name: "Try the demo" }).click();
    await page.waitForURL(
      (url) => url.pathname.endsWith("/inbox") && !url.pathname.includes(stage.workspaceId),
      {
        timeout: 60_000,
      },
    );
    const base = page.url().replace(/inbox$/, "");
    await page.getByText("This shop is invented, and nothing is sent from here.").waitFor();
    const first = page.getByRole("list", { name: "Conversations" }).getByRole("link").first();
    await first.waitFor();
    await look(page, "demo-inbox");
    await first.click();
    await page.getByText("The demo sends no messages").waitFor();
    await look(page, "demo-conversation");
    const screens = {
      contacts: "Contacts",
      campaigns: "Campaigns",
      sequences: "Sequences",
      analytics: "Analytics",
    };
    for (const [path, title] of Object.entries(screens)) {
      await page.goto(`${base}${path}`);
      await page.getByRole("heading", { name: title, exact: true }).first().waitFor();
      await look(page, `demo-${path}`);
    }
    await expectAccessible(page, "the analytics of the demo");
    await page.goto(`${base}campaigns`);
    await page.getByRole("link", { name: "New harvest: Sidamo Natural" }).first().click();
    await page.getByText("Completed", { exact: true }).first().waitFor();
    await look(page, "demo-results");

    await page.getByRole("button", { name: "Remove demo" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove demo" }).click();

    await page.waitForURL((url) => url.pathname.includes(stage.workspaceId), { timeout: 60_000 });
    const [left] = await stage.sql`select count(*)::int4 as count from auth.workspaces where is_demo`;
    expect(left?.count).toBe(0);
    expect(troubles).toEqual([]);
  },
);
