import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { type Login, owner, type Product } from "./product.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// Looked at by people; kept out of the repository.
const shots = fileURLToPath(new URL("../../test-results/screens", import.meta.url));

function chromiumPath(): string {
  const found =
    process.env.CHROMIUM_PATH ??
    ["chromium", "chromium-browser", "google-chrome"].map((name) => Bun.which(name)).find(Boolean);
  if (!found) throw new Error("Cannot run the browser tests: install chromium, or set CHROMIUM_PATH");
  return found;
}

export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: chromiumPath(),
    // As people have it: pages that are left may come back as they were.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface Watched {
  context: BrowserContext;
  page: Page;
  /** What a visitor must never see: console errors, exceptions, failed requests. */
  troubles: string[];
}

export interface VisitOptions {
  width?: number;
  /** The reader's zone; the machine's own unless given. */
  timezoneId?: string;
  theme?: "light" | "dark";
  /** What addresses are relative to. */
  baseURL?: string;
}

/** A window of its own, with everything that goes wrong in it written down. */
export async function openWindow(
  browser: Browser,
  { width = 1440, theme = "light", timezoneId, baseURL }: VisitOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 844 : 900 },
    colorScheme: theme,
    ...(timezoneId === undefined ? {} : { timezoneId, locale: "en-GB" }),
    ...(baseURL === undefined ? {} : { baseURL }),
    reducedMotion: "reduce",
    hasTouch: width < 500,
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("console", (message) => {
    // Chromium drops what it loads when some container of the machine starts; the dashboard asks again.
    if (message.text().includes("ERR_NETWORK_CHANGED")) return;
    if (message.type() === "error") troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => troubles.push(`exception: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 500) troubles.push(`${response.status()} ${response.url()}`);
  });
  return { context, page, troubles };
}

/** Logs in through the form, as a person does. */
export async function logIn(page: Page, product: Product, as: Login = owner): Promise<void> {
  await page.goto(`${product.url}/login`);
  await page.getByLabel("E-mail").fill(as.email);
  await page.getByRole("textbox", { name: "Password" }).fill(as.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/w\/|\/welcome/);
}

/** Fails with the rule and the element when axe finds something serious. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    // Injected by the line above.
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; impact: string | null; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
  });
  expect(found, where).toEqual([]);
}

/** Fails where axe finds something serious or the page scrolls sideways; leaves a picture. */
export async function lookOnce(page: Page, name: string): Promise<void> {
  await expectAccessible(page, name);
  await picture(page, name);
}

/** The same, with pictures at three widths, light and dark. */
export async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page, name);
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction(
      (theme) => document.documentElement.classList.contains("dark") === (theme === "dark"),
      colorScheme,
    );
    for (const width of [390, 1024, 1440]) {
      await page.setViewportSize({ width, height: width < 500 ? 844 : 900 });
      await picture(page, `${name}-${width}-${colorScheme}`);
    }
  }
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(shots, `${name}.png`) });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
}
