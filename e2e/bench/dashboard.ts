/**
 * Waiting times of an agent, in Chromium against a workspace of 100,000 conversations and 1,000,000
 * messages: the first load, another conversation, the palette, the own reply, and scrolling through 10,000 rows. Each
 * time ends with the frame that shows the result.
 *
 *     bun e2e/bench/dashboard.ts [--short]
 *
 * `--short` seeds a tenth, as api_reads does, and does less of everything. Build the dashboard first.
 */
import type { Page } from "playwright-core";
import postgres from "postgres";
import { launchBrowser, openWindow } from "../support/browser.ts";
import { account, openReadStage, type ReadStage } from "./support/read_stage.ts";

const isShort = process.argv.includes("--short");
const size = { contacts: isShort ? 10_000 : 100_000, messagesPerContact: 10 };
const rounds = isShort ? 2 : 5;
const opensInRound = 12;
const rowsToScroll = isShort ? 1_000 : 10_000;
const scrollMs = 5_000;

const results: Record<string, number> = {};

function note(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  results[`${what}, p50 (ms)`] = at(0.5);
  results[`${what}, p95 (ms)`] = at(0.95);
}

/** Runs in the page: from a click on the row to the frame that shows the thread. */
async function openConversation(id: string): Promise<number> {
  const startedAt = performance.now();
  document.querySelector<HTMLElement>(`[data-conversation="${id}"]`)?.click();
  for (;;) {
    await new Promise(requestAnimationFrame);
    const isOpen = document.querySelector(`main h2 a[href$="/contacts/${id}"]`) !== null;
    if (isOpen && document.querySelector('[role="log"] time') !== null) return performance.now() - startedAt;
    if (performance.now() - startedAt > 10_000) throw new Error(`Conversation ${id} does not open`);
  }
}

/** Runs in the page: from Control+K to the frame that shows the palette. */
async function openPalette(): Promise<number> {
  const startedAt = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true, bubbles: true }));
  while (document.querySelector('[role="dialog"] input') === null) {
    await new Promise(requestAnimationFrame);
    if (performance.now() - startedAt > 10_000) throw new Error("The palette does not open");
  }
  return performance.now() - startedAt;
}

/** Runs in the page: from Enter to the frame that shows the reply in the thread. */
async function sendReply(text: string): Promise<number> {
  const field = document.querySelector<HTMLTextAreaElement>('textarea[aria-label="Reply"]');
  if (!field) throw new Error("There is no composer");
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise(requestAnimationFrame);
  const startedAt = performance.now();
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  for (;;) {
    await new Promise(requestAnimationFrame);
    if (document.querySelector('[role="log"]')?.textContent?.includes(text))
      return performance.now() - startedAt;
    if (performance.now() - startedAt > 10_000) throw new Error("The reply is not shown");
  }
}

/** Runs in the page: scrolls the list to its end until it has so many rows. */
async function loadRows({ wanted, rowHeight }: { wanted: number; rowHeight: number }): Promise<void> {
  const list = document.querySelector<HTMLElement>('[role="list"][aria-label="Conversations"]');
  if (!list) throw new Error("There is no list");
  for (let height = 0; height < wanted * rowHeight; height = list.scrollHeight) {
    const startedAt = performance.now();
    list.scrollTop = list.scrollHeight;
    while (list.scrollHeight === height) {
      await new Promise(requestAnimationFrame);
      if (performance.now() - startedAt > 10_000) throw new Error(`The list stays at ${height} pixels`);
    }
  }
}

/** Runs in the page: scrolls from the top on, 40 pixels a frame, and says how long each frame took. */
async function scrollRows(forMs: number): Promise<number[]> {
  const list = document.querySelector<HTMLElement>('[role="list"][aria-label="Conversations"]');
  if (!list) throw new Error("There is no list");
  list.scrollTop = 0;
  await new Promise((done) => setTimeout(done, 500));
  const frames: number[] = [];
  const startedAt = performance.now();
  let before: number = await new Promise(requestAnimationFrame);
  while (performance.now() - startedAt < forMs) {
    list.scrollTop += 40;
    const now: number = await new Promise(requestAnimationFrame);
    frames.push(now - before);
    before = now;
  }
  return frames;
}

async function measureLoads(page: Page, inbox: string): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await page.goto(inbox);
    await page.locator("[data-conversation]").first().waitFor();
    times.push(await page.evaluate(() => performance.now()));
  }
  note("inbox loaded again", times);
}

async function measureOpening(page: Page, inbox: string): Promise<void> {
  const cold: number[] = [];
  const cached: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await page.goto(inbox);
    await page.locator("[data-conversation]").first().waitFor();
    const ids = await page
      .locator("[data-conversation]")
      .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-conversation") ?? ""));
    const some = ids.slice(0, opensInRound);
    for (const times of [cold, cached])
      for (const id of some) times.push(await page.evaluate(openConversation, id));
  }
  note("a conversation for the first time", cold);
  note("a conversation again", cached);
}

async function measurePalette(page: Page): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < rounds * 4; n += 1) {
    times.push(await page.evaluate(openPalette));
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  note("the palette", times);
}

/** The server's answer is held back: a reply is shown without it, and the seeded workspace stays as it is. */
async function measureReply(page: Page): Promise<void> {
  await page.route("**/messages", (route) =>
    route.request().method() === "POST" ? undefined : route.continue(),
  );
  const times: number[] = [];
  for (let n = 0; n < rounds * 4; n += 1)
    times.push(await page.evaluate(sendReply, `On its way, number ${n}.`));
  note("the own reply", times);
}

async function measureScrolling(page: Page, inbox: string): Promise<void> {
  await page.goto(inbox);
  const first = page.locator("[data-conversation]").first();
  await first.waitFor();
  const rowHeight = (await first.boundingBox())?.height ?? 0;
  await page.evaluate(loadRows, { wanted: rowsToScroll, rowHeight });
  const frames = await page.evaluate(scrollRows, scrollMs);
  note(`a frame while ${rowsToScroll} rows scroll`, frames);
  results["frames a second"] = (frames.length / frames.reduce((sum, one) => sum + one, 0)) * 1_000;
}

async function measure(stage: ReadStage): Promise<void> {
  const browser = await launchBrowser();
  try {
    const { page } = await openWindow(browser);
    await page.goto(`${stage.url}/login`);
    await page.getByLabel("Email").fill(account.email);
    await page.getByRole("textbox", { name: "Password" }).fill(account.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(/\/w\//);
    const inbox = `${stage.url}/w/${stage.workspaceId}/inbox`;
    await measureLoads(page, inbox);
    await measureOpening(page, inbox);
    await measurePalette(page);
    await measureReply(page);
    await measureScrolling(page, inbox);
  } finally {
    await browser.close();
  }
}

const stage = await openReadStage(size);
try {
  // Whom a reply is measured with has written just now, however old the seeded workspace is.
  const sql = postgres(stage.databaseUrl, { max: 1 });
  await sql`update messaging.contacts set last_inbound_at = now() where workspace_id = ${stage.workspaceId}
    and id = any(array(select id from messaging.conversations where workspace_id = ${stage.workspaceId}
      and status = 'open' order by last_message_at desc, id desc limit 30))`;
  await sql.end();
  await measure(stage);
  for (const [what, value] of Object.entries(results))
    process.stdout.write(`${what.padEnd(48)}${value.toFixed(1).padStart(10)}\n`);
  process.stdout.write(`${JSON.stringify({ bench: "dashboard", ...size, ...results })}\n`);
} finally {
  await stage.close();
}
