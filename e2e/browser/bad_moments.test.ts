import type { Page, Route } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { look, lookOnce } from "../support/browser.ts";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { owner } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
  await stage.addWriters(3);
});
afterAll(() => stage.close());

const busy = (route: Route) =>
  route.fulfill({
    status: 503,
    contentType: "application/problem+json",
    json: { title: "Busy", detail: "Try it in a moment", status: 503, code: "busy" },
  });

const step = (page: Page, name: RegExp) =>
  page.getByRole("navigation", { name: "Steps" }).getByRole("button", { name }).click();

const startCampaign = async (page: Page, name: string) => {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await step(page, /Content/);
  await page.getByLabel("Text", { exact: true }).fill("The beans are here");
  await page.getByText("Saved", { exact: true }).waitFor();
};

test(
  "a further page of a list that did not come says why, and is asked for once more",
  { timeout: 60_000 },
  async () => {
    for (let number = 1; number <= 51; number += 1)
      await stage.draft({ name: `Wave ${number}`, variants: [{ weight: 100, content: { text: "Hi" } }] });
    const { page } = await stage.visit("campaigns");
    const rows = page
      .getByRole("table", { name: "Campaigns" })
      .getByRole("row")
      .filter({ has: page.getByRole("link") });
    await page.route("**/campaigns?*cursor=*", busy, { times: 1 });

    await page.getByRole("button", { name: "Show more" }).click();
    await page.getByText("Try it in a moment").waitFor();
    expect(await rows.count()).toBe(50);
    await page.getByRole("button", { name: "Try again" }).scrollIntoViewIfNeeded();
    await look(page, "list-page-failed");
    await page.getByRole("button", { name: "Try again" }).click();

    await expect.poll(() => rows.count(), { timeout: 5_000 }).toBe(51);
    expect(await page.getByRole("button", { name: /Show more|Try again/ }).count()).toBe(0);
    await page.getByRole("link", { name: "New campaign" }).click();
  },
);

test("a campaign cannot be launched while its audience cannot be counted", { timeout: 60_000 }, async () => {
  const { page } = await stage.visit("campaigns/new");
  await startCampaign(page, "For few");
  await step(page, /Audience/);
  await page.getByRole("radio", { name: "Selected" }).click();
  await page.getByRole("combobox", { name: "Add contact" }).click();

  await page.getByRole("option").first().click();
  await step(page, /Review/);
  const launch = page.getByRole("button", { name: /^Launch/ });
  await expect.poll(() => launch.textContent(), { timeout: 5_000 }).toMatch(/for 1 contact/);

  await page.route("**/audience/preview", busy);
  await step(page, /Audience/);
  await page.getByRole("radio", { name: "All contacts" }).click();
  await page.getByText("Try it in a moment").first().waitFor();
  await step(page, /Review/);

  expect(await launch.isDisabled()).toBe(true);
  await page.getByText("Could not count the contacts that can be reached: Try it in a moment").waitFor();
  expect(await page.getByText("1 contact").count()).toBe(0);
  await look(page, "review-not-counted");
  await page.unrouteAll();
  await page.getByRole("button", { name: "Count again" }).click();
  await expect.poll(() => launch.textContent(), { timeout: 5_000 }).toMatch(/for 3 contacts/);
  expect(await launch.isDisabled()).toBe(false);
});

test("a speed with a part after the point is typed as it is meant", { timeout: 60_000 }, async () => {
  const { page, troubles } = await stage.visit("campaigns/new");
  await startCampaign(page, "Slow beans");
  await step(page, /Schedule/);
  const speed = page.getByLabel("Messages per second");

  await speed.pressSequentially("1.5");
  expect(await speed.inputValue()).toBe("1.5");
  await page.getByLabel("Pause if failures exceed (%)").pressSequentially("12.5");
  await page.getByText("Enter a whole number from 1 to 100").waitFor();
  await lookOnce(page, "speed-not-whole");
  await speed.focus();
  expect(await page.getByLabel("Pause if failures exceed (%)").inputValue()).toBe("");
  await page.getByText("Saved", { exact: true }).waitFor();
  const id = /campaigns\/([0-9a-f-]+)\/edit/.exec(page.url())?.[1];
  const saved = async () =>
    (await stage.api.get<{ campaign: { speed: number | null } }>(`/campaigns/${id}`)).campaign.speed;
  await expect.poll(saved, { timeout: 5_000 }).toBe(1.5);

  await speed.fill("0,5");
  await expect.poll(saved, { timeout: 5_000 }).toBe(0.5);
  expect(troubles).toEqual([]);
});

test(
  "typing while a draft is saved is saved too, even if the screen is left at once",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit("campaigns/new");
    await startCampaign(page, "Written on");
    await page.waitForURL(/\/edit$/);
    const id = /campaigns\/([0-9a-f-]+)\/edit/.exec(page.url())?.[1];
    const text = page.getByLabel("Text", { exact: true });
    let answered = () => {};
    const isAnswered = new Promise<void>((done) => (answered = done));
    await page.route(
      `**/campaigns/${id}`,
      async (route) => {
        const response = await route.fetch();
        await text.pressSequentially(", at last");
        await route.fulfill({ response });
        answered();
      },
      { times: 1 },
    );

    await text.fill("The beans are here again");
    await isAnswered;
    await page.getByRole("link", { name: "Back to campaigns" }).click();

    const saved = async () =>
      (await stage.api.get<{ campaign: { variants: { content: { text: string } }[] } }>(`/campaigns/${id}`))
        .campaign.variants[0]?.content.text;
    await expect.poll(saved, { timeout: 3_000 }).toBe("The beans are here again, at last");
    expect(troubles).toEqual([]);
  },
);

test("typing while a sequence is saved stays, and counts as unsaved", { timeout: 60_000 }, async () => {
  const { page, troubles } = await stage.visit("sequences/new");
  await page.getByLabel("Name").fill("Three days");
  await page.getByLabel("Keywords").fill("menu");
  await page.getByRole("textbox", { name: "Text" }).fill("Here it is");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/sequences\/[0-9a-f-]+$/);
  await page.getByLabel("Name").fill("Four days");
  await page.route(
    /\/sequences\/[0-9a-f-]+$/,
    async (route) => {
      const response = await route.fetch();
      await page.getByLabel("Name").fill("Four days and a half");
      await route.fulfill({ response });
    },
    { times: 1 },
  );

  const isSaved = page.waitForResponse((response) => response.request().method() === "PATCH");
  await page.getByRole("button", { name: "Save" }).click();
  await isSaved;

  await expect.poll(() => page.getByRole("button", { name: "Save" }).isEnabled()).toBe(true);
  expect(await page.getByLabel("Name").inputValue()).toBe("Four days and a half");
  expect(troubles).toEqual([]);
});

test("reading earlier messages keeps its position past a failed reply", { timeout: 60_000 }, async () => {
  for (let number = 1; number <= 70; number += 1) await stage.write(anna, `Line ${number}\n\nand more`);
  const { page } = await stage.visit("inbox");
  await page.getByRole("list", { name: "Conversations" }).getByText("Line 70").click();
  const conversation = page.getByRole("log", { name: "Messages" });
  await conversation.getByText("Line 70").waitFor();
  await page.route("**/messages", (route) => route.abort(), { times: 1 });
  await page.getByRole("textbox", { name: "Reply" }).fill("Never sent");
  await page.keyboard.press("Enter");
  await conversation.getByRole("alert").waitFor();

  await conversation.hover();
  await page.mouse.wheel(0, -1_500);
  const newest = page.getByRole("button", { name: /Jump to newest|new$/ });
  await newest.waitFor();
  await stage.write(anna, "One more");
  await conversation.getByText("One more").waitFor({ state: "attached" });
  await page.waitForFunction(() => new Promise((done) => requestAnimationFrame(() => done(true))));

  expect(await newest.count()).toBe(1);
  await newest.click();
  await conversation.getByText("Never sent").waitFor();
});

test("an open contact shows its deletion; one that cannot be loaded stays", { timeout: 60_000 }, async () => {
  const { contact } = await stage.api.post<{ contact: { id: string } }>("/contacts", {
    pageId: stage.pageId,
    psid: "777777",
    firstName: "Gone",
  });
  const { page } = await stage.visit(`contacts/${contact.id}`);
  await page.getByRole("heading", { name: "Gone" }).waitFor();
  await page.route(`**/contacts/${contact.id}`, busy, { times: 1 });
  const isAsked = page.waitForResponse(
    (response) => response.url().endsWith(`/contacts/${contact.id}`) && response.status() === 503,
  );
  await stage.api.raw("PATCH", `/contacts/${contact.id}`, { lastName: "Soon" });
  await isAsked;
  expect(await page.getByRole("heading", { name: "Gone" }).count()).toBe(1);

  await stage.api.raw("DELETE", `/contacts/${contact.id}`);

  await page.getByText("This contact doesn't exist or was deleted").waitFor();
});

test("an export that failed does not say that it is ready", { timeout: 60_000 }, async () => {
  const { page } = await stage.visit("contacts");
  await page.route(/\/contacts\/transfers\/[0-9a-f-]+$/, async (route) => {
    const response = await route.fetch();
    const { transfer } = await response.json();
    const failed = { ...transfer, status: "failed", hasFile: false, error: "The disk is full" };
    await route.fulfill({ response, json: { transfer: failed } });
  });

  await page.getByRole("button", { name: /^Export/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Export" }).click();
  const strip = page.getByRole("region", { name: "The export failed" });
  await strip.getByText("The disk is full").waitFor();

  expect(await page.getByText("The export is ready").count()).toBe(0);
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test(
  "a workspace that is left while its stream is being opened again keeps no stream",
  { timeout: 60_000 },
  async () => {
    const { workspace } = await stage.everywhere.post<{ workspace: { id: string } }>("/workspaces", {
      name: "Second",
    });
    const { page } = await stage.visit("campaigns");
    await page.getByRole("heading", { name: "Campaigns" }).waitFor();
    let isLost = false;
    let isReloaded = false;
    page.once("domcontentloaded", () => (isReloaded = true));
    await page.route(`**/${stage.workspaceId}/live`, async (route) => {
      // A tab opens the stream when it leads, which may be after everything else.
      if (!isReloaded) return await route.continue();
      isLost = true;
      await busy(route);
    });
    let isAsked = false;
    let goOn = () => {};
    const isLeft = new Promise<void>((done) => (goOn = done));
    await page.route("**/auth/me", async (route) => {
      isAsked = isLost;
      if (isAsked) await isLeft;
      await route.continue();
    });
    await page.reload();
    await expect.poll(() => isAsked, { timeout: 10_000 }).toBe(true);

    const isOpen = page.waitForRequest(`**/${workspace.id}/live`);
    await page.getByRole("button", { name: /Switch workspace/ }).click();
    await page.getByRole("menuitem", { name: /Second/ }).click();
    await isOpen;
    const streams: string[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/live")) streams.push(request.url());
    });
    const isKnown = page.waitForResponse("**/auth/me");
    goOn();
    await isKnown;
    await page.evaluate(() => fetch("/api/v1/auth/setup"));

    expect(streams).toEqual([]);
  },
);

test(
  "a login that is slowed down may be tried at once with another address",
  { timeout: 60_000 },
  async () => {
    const { page } = await stage.open();
    await page.goto(`${stage.product.url}/login`);
    const email = page.getByLabel("Email");
    const submit = page.getByRole("button", { name: /Sign in|Try again in/ });
    await email.fill("ownr@example.com");
    await page.getByRole("textbox", { name: "Password" }).fill(owner.password);
    await expect
      .poll(
        async () => {
          if (await submit.isEnabled()) await submit.click();
          return await submit.textContent();
        },
        { timeout: 30_000 },
      )
      .toContain("Try again in");

    await email.fill(owner.email);
    await submit.click();
    await page.waitForURL(/\/w\//);
  },
);
