import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { look } from "../support/browser.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

const question = (page: Page) => page.getByRole("alertdialog", { name: "Leave without saving?" });
const toList = (page: Page, name: string) => page.getByRole("main").getByRole("link", { name, exact: true });

test(
  "leaving an unsaved sequence asks first, by a link and by the browser's back button",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit("sequences");
    await page.getByRole("link", { name: "New sequence" }).first().click();
    await page.getByLabel("Name").fill("Three days");

    await toList(page, "Sequences").click();
    await question(page).waitFor();
    await look(page, "unsaved-changes");
    await question(page).getByRole("button", { name: "Cancel" }).click();
    expect(await page.getByLabel("Name").inputValue()).toBe("Three days");
    await page.goBack();
    await question(page).getByRole("button", { name: "Leave" }).click();
    await page.waitForURL(/\/sequences$/);

    expect(await question(page).count()).toBe(0);
    expect(troubles).toEqual([]);
  },
);

test("saved, deleted and unchanged sequences are left without a question", { timeout: 60_000 }, async () => {
  const { page, troubles } = await stage.visit("templates/new");
  await page.getByLabel("Name").fill("Greeting");
  await page.getByRole("textbox", { name: "Text" }).fill("Hello");
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.waitForURL(/\/templates$/);

  await page.getByRole("link", { name: /Greeting/ }).click();
  await page.getByLabel("Name").waitFor();
  await toList(page, "Templates").click();
  await page.waitForURL(/\/templates$/);
  await page.getByRole("link", { name: /Greeting/ }).click();
  await page.getByLabel("Name").fill("Changed");
  await toList(page, "Templates").click();
  await question(page).getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL(/\/templates$/);

  expect(await question(page).count()).toBe(0);
  expect(troubles).toEqual([]);
});

test(
  "an ended session leads to the login screen, even with unsaved changes",
  { timeout: 60_000 },
  async () => {
    const { page, context } = await stage.visit("sequences/new");
    await page.getByLabel("Name").fill("Three days");

    await context.clearCookies();
    await page.evaluate(() => fetch("/api/v1/auth/logout", { method: "POST" }));
    await page.getByRole("textbox", { name: "Text" }).fill("Hello {{first_name}}");
    await page.waitForURL(/\/login\?next=/);

    await page.getByLabel("Email").waitFor();
    expect(await question(page).count()).toBe(0);
  },
);

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Account, theme and language" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
}

test("signing out with unsaved changes asks first", { timeout: 60_000 }, async () => {
  const { page, troubles } = await stage.visit("sequences/new");
  const askMe = () => page.evaluate(async () => (await fetch("/api/v1/auth/me")).status);
  await page.getByLabel("Name").fill("Three days");

  await signOut(page);
  await question(page).waitFor();
  expect(await askMe()).toBe(200);
  await question(page).getByRole("button", { name: "Cancel" }).click();
  expect(await page.getByLabel("Name").inputValue()).toBe("Three days");
  await signOut(page);
  await question(page).getByRole("button", { name: "Leave" }).click();
  await page.waitForURL(/\/login/);

  await page.getByLabel("Email").waitFor();
  expect(await question(page).count()).toBe(0);
  expect(troubles).toEqual([]);
  expect(await askMe()).toBe(401);
});

test(
  "leaving an unsaved form under Settings asks first, and a saved one does not",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit("settings");
    const tab = (name: string) => page.getByRole("main").getByRole("link", { name, exact: true }).click();
    const stay = () => question(page).getByRole("button", { name: "Cancel" }).click();
    const save = () => page.getByRole("button", { name: "Save" }).first().click();

    await page.getByLabel("Name").fill("Moon Coffee");
    await tab("Sending rules");
    await stay();
    await save();
    await page.getByText("Saved").first().waitFor();
    await tab("Sending rules");
    await page.getByLabel("Opt-out keywords").fill("enough");
    await tab("Inbox");
    await stay();
    await save();
    // The button is disabled while it saves, too: only then without a sign of being busy is it saved.
    await page.locator('button:disabled:not([aria-busy="true"])', { hasText: "Save" }).waitFor();
    await tab("Inbox");
    await page.getByRole("radio", { name: "Round robin" }).click();
    await tab("General");
    await question(page).getByRole("button", { name: "Leave" }).click();
    await page.waitForURL(/\/settings$/);
    await tab("Inbox");
    await page.getByRole("radio", { name: "Manual" }).waitFor();
    await tab("General");
    await page.waitForURL(/\/settings$/);

    expect(await question(page).count()).toBe(0);
    expect(troubles).toEqual([]);
  },
);
