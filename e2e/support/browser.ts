import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { type Login, owner, type Product } from "./product.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// Looked at by people, who ask for them; kept out of the repository.
const takesPictures = process.env.TEST_PICTURES === "1";
const shots = fileURLToPath(new URL("../../test-results/screens", import.meta.url));

function firstOnPath(...names: string[]): string | undefined {
  return names.map((name) => Bun.which(name) ?? undefined).find(Boolean);
}

function chromiumPath(): string {
  const found = process.env.CHROMIUM_PATH ?? firstOnPath("chromium", "chromium-browser", "google-chrome");
  if (!found) throw new Error("Cannot run the browser tests: install chromium, or set CHROMIUM_PATH");
  return found;
}

/** The shell of Chromium draws no window, so a page costs half of the work; it has no back-forward cache. */
const shellPath = (): string =>
  process.env.CHROMIUM_PATH ?? firstOnPath("chromium-headless-shell") ?? chromiumPath();

export async function launchBrowser(executablePath: string = chromiumPath()): Promise<Browser> {
  return await chromium.launch({
    executablePath,
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

const shared = globalThis as { testBrowser?: Promise<Browser> };

/** One browser for all test files that a worker of vitest runs; it ends with the worker's process. */
export function sharedBrowser(): Promise<Browser> {
  return (shared.testBrowser ??= launchBrowser(shellPath()));
}

export interface Watched {
  context: BrowserContext;
  page: Page;
  /** Console errors, exceptions and failed requests, which a visitor must never cause. */
  troubles: string[];
}

export interface VisitOptions {
  width?: number;
  /** The reader's zone; the machine's own unless given. */
  timezoneId?: string;
  theme?: "light" | "dark";
  /** Of the dashboard, as chosen in this window; English unless given. */
  language?: string;
  /** The base of relative addresses. */
  baseURL?: string;
}

/** A window of its own, with everything that goes wrong in it written down. */
export async function openWindow(
  browser: Browser,
  { width = 1440, theme = "light", language, timezoneId, baseURL }: VisitOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: sizeOf(width),
    colorScheme: theme,
    ...(timezoneId === undefined ? {} : { timezoneId, locale: "en-GB" }),
    ...(baseURL === undefined ? {} : { baseURL }),
    reducedMotion: "reduce",
    hasTouch: width < 500,
  });
  if (language !== undefined && baseURL !== undefined)
    await context.addCookies([{ name: "language", value: language, url: new URL("/", baseURL).href }]);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("console", (message) => {
    // Chromium aborts requests when a container of the machine starts; the dashboard repeats them.
    if (message.text().includes("ERR_NETWORK_CHANGED")) return;
    if (message.type() === "error") troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => troubles.push(`exception: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 500) troubles.push(`${response.status()} ${response.url()}`);
  });
  return { context, page, troubles };
}

/** Logs the whole window in without its form. */
export async function signIn(context: BrowserContext, product: Product, as: Login = owner): Promise<void> {
  const answer = await context.request.post(`${product.url}/api/v1/auth/login`, { data: as });
  if (!answer.ok())
    throw new Error(`Cannot log in as ${as.email}: ${answer.status()} ${await answer.text()}`);
}

/** Logs in through the form, as a person does. */
export async function logIn(page: Page, product: Product, as: Login = owner): Promise<void> {
  await page.goto(`${product.url}/login`);
  await page.getByLabel("Email").fill(as.email);
  await page.getByRole("textbox", { name: "Password" }).fill(as.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(/\/w\/|\/welcome/);
}

/** Fails with the rule and the element when axe finds something serious. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  // Half a megabyte, which a document reads once.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    // Injected by the line above.
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          options: object,
        ): Promise<{ violations: { id: string; impact: string | null; nodes: { html: string }[] }[] }>;
      };
    };
    // Style sheets are loaded again for one rule only, which is off: half of the time.
    const { violations } = await axe.run({ preload: { assets: ["media"] }, resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
  });
  expect(found, where).toEqual([]);
}

/** Fails where axe finds something serious or the page scrolls sideways. */
export async function lookOnce(page: Page, name: string): Promise<void> {
  await expectAccessible(page, name);
  await expectNoOverflow(page, name);
}

/** The same, at three widths. Colors move nothing, so the dark theme is only for pictures. */
export async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page, name);
  for (const theme of takesPictures ? (["dark", "light"] as const) : (["light"] as const)) {
    await changeTheme(page, theme);
    for (const width of [390, 1024, 1440]) {
      await page.setViewportSize(sizeOf(width));
      await expectNoOverflow(page, `${name}-${width}-${theme}`);
    }
  }
}

/** A width and a theme in which a page is looked at. */
export interface Look {
  width: number;
  theme: "light" | "dark";
}

/** Changes an open page to a width and a theme, which costs less than loading it with them. */
export async function changeLook(page: Page, { width, theme }: Look): Promise<void> {
  await page.setViewportSize(sizeOf(width));
  await changeTheme(page, theme);
}

async function changeTheme(page: Page, colorScheme: Look["theme"]): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction(
    (theme) => document.documentElement.classList.contains("dark") === (theme === "dark"),
    colorScheme,
  );
}

const sizeOf = (width: number) => ({ width, height: width < 500 ? 844 : 900 });

/** Fails where the page scrolls sideways. */
export async function expectNoOverflow(page: Page, name: string): Promise<void> {
  if (takesPictures) await page.screenshot({ path: join(shots, `${name}.png`) });
  const overflow = await page.evaluate(async () => {
    // Scripts react to the width within a frame.
    for (let n = 0; n < 2; n += 1) await new Promise((done) => requestAnimationFrame(done));
    return document.documentElement.scrollWidth - document.documentElement.clientWidth;
  });
  expect(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
}
