import { afterAll, beforeAll, expect, test } from "vitest";
import { look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { waitFor } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
  await stage.addWriters(4);
  const { sql } = stage;
  // Two months in which each of them wrote now and then, and was answered after half an hour.
  await sql`update messaging.pages set created_at = now() - interval '60 days'`;
  await sql`
    insert into messaging.messages (id, workspace_id, conversation_id, page_id, mid, direction, author_kind, text, sent_at)
    select uuidv7(said.at - now()), c.workspace_id, c.id, c.page_id, gen_random_uuid(), said.direction, said.author, 'x', said.at
    from (select *, row_number() over (order by id) as n from messaging.conversations) c
    cross join generate_series(1, 55) ago
    cross join lateral (values
      (now() - make_interval(days => ago, hours => (ago * c.n)::int4 % 9), 'in', 'contact'),
      (now() - make_interval(days => ago, hours => (ago * c.n)::int4 % 9, mins => -30), 'out', 'user')
    ) as said (at, direction, author)
    where ago % c.n = 0`;
});
afterAll(() => stage.close());

test(
  "a workspace's days are counted, compared with those before, and shown of one span after the other",
  { timeout: 120_000 },
  async () => {
    const { sql } = stage;
    await sql`delete from messaging.day_counts`;
    const { page, troubles } = await stage.visit("inbox");
    await page.getByRole("link", { name: "Analytics" }).click();
    await waitFor(async () => (await sql`select 1 from messaging.day_counts`).length === 61, 60_000);
    const [known] = await sql<{ count: number }[]>`
      select sum(received)::int4 as count from messaging.day_counts where day > current_date - 30`;
    await page.reload();

    const received = page.getByRole("region", { name: "Messages received" });
    await received.getByText(String(known?.count), { exact: true }).waitFor();
    await received.getByText(/more|less|no change/).waitFor();
    const wait = page.getByRole("region", { name: "Median time to reply" });
    await wait.getByText("30 min", { exact: true }).waitFor();
    expect(known?.count).toBeGreaterThan(50);
    await page.locator(".u-over").waitFor();
    await look(page, "analytics");
    // By keys: the days one after the other, and the hours of the week.
    const plot = page.getByRole("slider", { name: /Messages/ });
    await plot.press("End");
    await expect.poll(() => plot.getAttribute("aria-valuetext")).toMatch(/: Received \d+/);
    const last = await plot.getAttribute("aria-valuetext");
    await plot.press("ArrowLeft");
    await expect.poll(() => plot.getAttribute("aria-valuetext")).not.toBe(last);
    await page.getByRole("gridcell").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
      .toMatch(/Tuesday.*1:00/);
    const downloading = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export days as CSV" }).click();
    expect((await downloading).suggestedFilename()).toMatch(/^analytics-.*\.csv$/);
    await page.getByRole("radio", { name: "7 days" }).click();
    await expect.poll(() => received.innerText()).not.toContain(String(known?.count));
    await page.keyboard.press("g");
    await page.keyboard.press("i");
    await page.waitForURL(/\/inbox/);
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await page.waitForURL(/\/analytics/);
    expect(troubles).toEqual([]);
  },
);
