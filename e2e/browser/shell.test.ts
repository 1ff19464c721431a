import { afterAll, beforeAll, expect, test } from "vitest";
import { lookOnce } from "../support/browser.ts";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

const people = 70;

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
  const { api, pageId } = stage;
  await stage.write(anna, "Good morning");
  for (let at = 0; at < people; at++) {
    const person = { pageId, psid: String(7_000_000 + at), firstName: "Guest", lastName: `Number ${at}` };
    await api.post("/contacts", person);
  }
});
afterAll(() => stage.close());

/** The toasts come seconds after the first screen, and on a busy machine within it. */
function holdToasts(): void {
  const plain = window.setTimeout.bind(window);
  window.setTimeout = ((work: () => void, ms?: number) =>
    ms === 4_000 ? 0 : plain(work, ms)) as typeof window.setTimeout;
}

test("the inbox stands after less than 150 KB of script", { timeout: 60_000 }, async () => {
  const { context } = await stage.visit("inbox");
  const fresh = await context.newPage();
  await fresh.addInitScript(holdToasts);
  const scripts = new Map<string, number>();
  fresh.on("response", (response) => {
    if (response.request().resourceType() === "script")
      scripts.set(response.url(), Number(response.headers()["content-length"]));
  });

  await fresh.goto("inbox");
  await fresh.getByRole("list", { name: "Conversations" }).getByText("Good morning").waitFor();

  const bytes = [...scripts.values()].reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeGreaterThan(50 * 1024);
  expect(bytes).toBeLessThan(150 * 1024);
});

test("while Meta holds the app, one line says why no page sends, and health says how the clock is", async () => {
  await stage.sql`insert into messaging.app_holds (reason, are_replies_free, holds, held_until)
    values ('Facebook rejects the app''s secret', false, 1, now() + interval '1 h')`;
  const { page, troubles } = await stage.visit("inbox");
  const line = page.getByRole("status").filter({ hasText: "No page sends messages" });
  await line.getByText("Facebook rejects the app's secret").waitFor();
  await lookOnce(page, "held-app");
  await page.goto("system");
  await page.getByText(/^All pages wait until .*Facebook rejects the app's secret$/).waitFor();
  await page.getByText("In sync with Facebook").waitFor();
  await stage.sql`delete from messaging.app_holds`;
  await page.goto("inbox");
  await page.getByRole("list", { name: "Conversations" }).getByText("Good morning").waitFor();

  expect(await line.count()).toBe(0);
  expect(troubles).toEqual([]);
});

test("a control says its name and keys when the mouse rests on it, or the keyboard reaches it", async () => {
  const { page, troubles } = await stage.visit("inbox");
  const tip = page.getByRole("tooltip");

  await page.getByRole("button", { name: "Collapse sidebar" }).hover();
  await tip.waitFor();
  const words = await tip.textContent();
  const place = await tip.boundingBox();
  await page.mouse.move(700, 500);
  await tip.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "Contacts" }).focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  await tip.getByText("Contacts").waitFor();
  await page.keyboard.press("Escape");
  await tip.waitFor({ state: "detached" });

  expect(words?.trim()).toBe("Collapse sidebar");
  expect(place?.x).toBeGreaterThan(200);
  expect(troubles).toEqual([]);
});

test("the theme that is chosen holds after a reload, and in other windows at once", async () => {
  const { page, context, troubles } = await stage.visit("inbox");
  const other = await context.newPage();
  await other.goto("inbox");
  const isDark = (window: typeof page) =>
    window.evaluate(() => document.documentElement.classList.contains("dark"));
  const before = [await isDark(page), await isDark(other)];

  await page.getByRole("button", { name: "Account, theme and language" }).click();
  await page.getByRole("menuitemradio", { name: "Dark theme" }).click();
  await other.locator("html.dark").waitFor();
  await page.reload();
  await page.getByRole("list", { name: "Conversations" }).waitFor();
  const after = [await isDark(page), await isDark(other)];

  expect(before).toEqual([false, false]);
  expect(after).toEqual([true, true]);
  expect(troubles).toEqual([]);
});

test(
  "a long list holds the rows that are seen, and brings the others as it is scrolled",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit("contacts");
    const list = page.getByRole("rowgroup", { name: "Contacts" });
    await list.getByText(`Number ${people - 1}`).waitFor();
    const atFirst = await list.getByRole("row").count();

    await list.hover();
    await expect
      .poll(
        async () => {
          await page.mouse.wheel(0, 2_000);
          return await list.getByText("Number 0").isVisible();
        },
        { timeout: 10_000 },
      )
      .toBe(true);
    const atLast = await list.getByRole("row").count();
    const isFirstGone = await list.getByText(`Number ${people - 1}`).isHidden();
    await page.keyboard.press("j");
    await page
      .locator("[data-contact]:focus-within")
      .getByText(`Number ${people - 1}`)
      .waitFor();

    expect([atFirst < 40, atLast < 40, isFirstGone]).toEqual([true, true, true]);
    expect(troubles).toEqual([]);
  },
);

test("an unhandled failure in the background is shown", { timeout: 60_000 }, async () => {
  const { page } = await stage.visit("inbox");
  await page.route("**/segments?**", (route) => route.abort());

  await page.goto("campaigns/new");

  await page.getByText("The server did not answer. Check your connection and try again.").first().waitFor();
  await page.close();
});

test("after an update of the server a screen takes up its new version when it needs a part that is gone", async () => {
  const { page } = await stage.visit("inbox");
  await page.getByRole("list", { name: "Conversations" }).getByText("Good morning").waitFor();
  const keyboardMap = page.getByRole("dialog", { name: /keyboard/i });

  await page.route("**/_app/version.json", (route) => route.fulfill({ json: { version: "next" } }));
  await page.route("**/_app/immutable/**", (route) => route.fulfill({ status: 404 }));
  const isLoadedAnew = page.waitForRequest((request) => request.isNavigationRequest());
  await page.keyboard.press("?");
  await isLoadedAnew;
  await page.unrouteAll();
  await page.reload();
  await page.getByRole("list", { name: "Conversations" }).getByText("Good morning").waitFor();
  await page.keyboard.press("?");

  await keyboardMap.waitFor();
});
