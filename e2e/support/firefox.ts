import { type ElementHandle, launch, type Page } from "puppeteer-core";
import type { Driver } from "./driver.ts";
import { findControl } from "./find_control.ts";

export const firefoxPath = (): string | undefined =>
  process.env.FIREFOX_PATH ?? Bun.which("firefox-esr") ?? Bun.which("firefox") ?? undefined;

/** Firefox without a window, driven over WebDriver BiDi. */
export async function launchFirefox(): Promise<Driver> {
  const executablePath = firefoxPath();
  if (!executablePath) throw new Error("Cannot start Firefox: install firefox-esr, or set FIREFOX_PATH");
  const browser = await launch({
    browser: "firefox",
    executablePath,
    headless: true,
    timeout: 60_000,
    extraPrefsFirefox: { "ui.prefersReducedMotion": 1 },
  });
  const troubles: string[] = [];
  let page = await openPage();

  async function openPage(): Promise<Page> {
    const opened = await browser.newPage();
    opened.on("console", (message) => {
      if (message.type() === "error") troubles.push(`console: ${message.text()}`);
    });
    opened.on("pageerror", (error) => troubles.push(`exception: ${String(error)}`));
    opened.on("response", (response) => {
      if (response.status() >= 500) troubles.push(`${response.status()} ${response.url()}`);
    });
    return opened;
  }

  return {
    troubles: async () => troubles,
    async load(url) {
      // Firefox rejects what a document still loads when it is left; nobody sees these errors.
      page.removeAllListeners();
      const [former, viewport] = [page, page.viewport()];
      page = await openPage();
      await page.setViewport(viewport);
      await former.close();
      await page.goto(url, { waitUntil: "load" });
    },
    run: async (work, argument) => (await page.evaluate(work as never, argument as never)) as never,
    has: async (control) => (await page.evaluateHandle(findControl, control)).asElement() !== null,
    async click(control) {
      const found = (await page.evaluateHandle(findControl, control)).asElement();
      if (!found) return false;
      await (found as ElementHandle<Element>).click();
      return true;
    },
    type: (text) => page.keyboard.type(text),
    async press(key) {
      const [last, ...held] = key.split("+").toReversed() as Parameters<typeof page.keyboard.press>[0][];
      if (!last) return;
      for (const modifier of held) await page.keyboard.down(modifier);
      await page.keyboard.press(last);
      for (const modifier of held) await page.keyboard.up(modifier);
    },
    resize: (width, height) => page.setViewport({ width, height }),
    screenshot: () => page.screenshot(),
    close: () => browser.close(),
  };
}
