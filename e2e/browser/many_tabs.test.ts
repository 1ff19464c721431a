import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { launchBrowser, logIn, openWindow } from "../support/browser.ts";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

let stage: BrowserStage;
// With a back-forward cache, which the shared one may lack.
let browser: Browser;
beforeAll(async () => {
  [stage, browser] = await Promise.all([openBrowserStage(), launchBrowser()]);
  await stage.write(anna, "Hello");
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

const list = (page: Page) => page.getByRole("list", { name: "Conversations" });

/** Without locks, which only secure pages have, each tab has a connection of its own. */
const refuse = (context: BrowserContext) =>
  context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "locks"));

/** A browser with a login, whose tabs record when they show a text. */
async function signIn(): Promise<{ context: BrowserContext; page: Page; inbox: string; troubles: string[] }> {
  const { context, page, troubles } = await openWindow(browser);
  onTestFinished(() => context.close());
  await logIn(page, stage.product);
  return { context, page, inbox: `${stage.product.url}/w/${stage.workspaceId}/inbox`, troubles };
}

/** Milliseconds from the moment at which the server had stored the message until each tab showed it. */
async function shownAfter(tabs: readonly Page[], text: string): Promise<number[]> {
  const shown = tabs.map((tab) =>
    tab.evaluate(
      (wanted) =>
        new Promise<number>((done) => {
          const look = (): void => {
            if (!document.body.textContent?.includes(wanted)) return;
            watch.disconnect();
            done(Date.now());
          };
          const watch = new MutationObserver(look);
          watch.observe(document.body, { subtree: true, childList: true, characterData: true });
          look();
        }),
      text,
    ),
  );
  await stage.write(anna, text);
  const stored = async () =>
    (
      await stage.sql<{ at: number }[]>`
      select (extract(epoch from created_at) * 1000)::float8 as at from messaging.messages where text = ${text}`
    )[0];
  await expect.poll(stored, { timeout: 10_000 }).toBeDefined();
  const { at } = (await stored()) ?? { at: 0 };
  return (await Promise.all(shown)).map((time) => time - at);
}

test(
  "twelve tabs load, share one stream, and each shows a new message at once",
  { timeout: 180_000 },
  async () => {
    const { context, page, inbox, troubles } = await signIn();
    const streams = new Set<string>();
    const loads: number[] = [];
    const tabs = [page];
    for (let n = 0; n < 12; n += 1) {
      const tab = n === 0 ? page : await context.newPage();
      tab.on("request", (request) => {
        if (request.url().includes("/live")) streams.add(String(n));
      });
      const startedAt = performance.now();
      await tab.goto(inbox);
      await list(tab).getByRole("link").first().waitFor({ timeout: 15_000 });
      loads.push(performance.now() - startedAt);
      if (n > 0) tabs.push(tab);
    }
    const first = await shownAfter(tabs, "To all tabs");
    // The tab that has the stream is closed, and another takes it up where it ended.
    const leader = tabs.splice(Number([...streams][0]), 1)[0];
    await leader?.close();
    const second = await shownAfter(tabs, "After the leader left");

    expect(streams.size).toBeLessThanOrEqual(2);
    expect(Math.max(...loads)).toBeLessThan(15_000);
    expect(Math.max(...first, ...second)).toBeLessThan(1_000);
    expect(troubles).toEqual([]);
  },
);

test(
  "twenty navigations in one tab all load, and restored pages catch up",
  { timeout: 180_000 },
  async () => {
    const { page, inbox } = await signIn();
    await page.addInitScript(() => {
      window.addEventListener("pageshow", (event) => {
        if (event.persisted) document.documentElement.dataset.restored = "yes";
      });
    });
    const loads: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      const startedAt = performance.now();
      await page.goto(`${inbox}?n=${n}`);
      await list(page).getByRole("link").first().waitFor({ timeout: 15_000 });
      loads.push(performance.now() - startedAt);
    }
    await page.goto(`${inbox.replace("/inbox", "/contacts")}`);
    await page.getByRole("heading", { name: "Contacts" }).waitFor();
    await stage.write(anna, "Written while it was put aside");
    // A page that comes back as it was does not load again.
    await page.goBack({ waitUntil: "commit" });

    await list(page).getByText("Written while it was put aside").waitFor({ timeout: 10_000 });
    const [shown = Number.POSITIVE_INFINITY] = await shownAfter([page], "And live again");
    expect(Math.max(...loads)).toBeLessThan(15_000);
    expect(shown).toBeLessThan(1_000);
    expect(await page.evaluate(() => document.documentElement.dataset.restored)).toBe("yes");
  },
);

test("a log-out in one tab signs the others out", { timeout: 90_000 }, async () => {
  const { context, page, inbox } = await signIn();
  await page.goto(inbox);
  const other = await context.newPage();
  await other.goto(inbox);
  await list(other).getByRole("link").first().waitFor();
  await page.evaluate(() => fetch("/api/v1/auth/logout", { method: "POST" }));

  await other.waitForURL(/\/login/, { timeout: 15_000 });
  await page.waitForURL(/\/login/, { timeout: 15_000 });
});

test("without locks a tab has a stream of its own", { timeout: 90_000 }, async () => {
  const { context, page, inbox } = await signIn();
  await refuse(context);
  const other = await context.newPage();
  for (const tab of [page, other]) {
    await tab.goto(inbox);
    await list(tab).getByRole("link").first().waitFor();
  }

  expect(Math.max(...(await shownAfter([page, other], "To both")))).toBeLessThan(1_000);
});
