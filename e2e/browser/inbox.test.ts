import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, look } from "../support/browser.ts";
import { anna, type BrowserStage, minh, openBrowserStage, zoe } from "../support/browser_stage.ts";
import { simulatorCall, waitFor } from "../support/product.ts";

let stage: BrowserStage;
/** A second page, with one person. */
let secondPageId: string;
beforeAll(async () => {
  stage = await openBrowserStage();
  const facebookId = "104810069068201";
  const { token } = await simulatorCall<{ token: string }>(
    stage.product.simulator,
    "GET",
    `pages/${facebookId}/token`,
  );
  const { page } = await stage.api.post<{ page: { id: string } }>("/pages", {
    pageId: facebookId,
    accessToken: token,
  });
  secondPageId = page.id;
  await stage.control("POST", "persons", { pageId: facebookId, count: 1, text: "Hello, second page" });
  await stage.addWriters(18);
  for (const psid of [anna, minh, zoe]) await stage.write(psid, "Good morning");
  await waitFor(async () => (await idOf("Anna Keller")) !== undefined, 10_000, "Anna Keller");
  await waitFor(async () => (await idOf("Minh Tran")) !== undefined, 10_000, "Minh Tran");
  await waitFor(async () => (await idOf("Zoë Çelik")) !== undefined, 10_000, "Zoë Çelik");
});
afterAll(() => stage.close());

const rows = (page: Page) => page.getByRole("list", { name: "Conversations" }).getByRole("link");
const row = (page: Page, name: string) => rows(page).filter({ hasText: name });
const thread = (page: Page) => page.getByRole("log", { name: "Messages" });
const views = (page: Page) => page.getByRole("list", { name: "Views and pages" });

async function idOf(name: string): Promise<string | undefined> {
  const { items } = await stage.api.get<{ items: { id: string; contact: { name: string } }[] }>(
    "/conversations?limit=100&status=all",
  );
  return items.find((one) => one.contact.name === name)?.id;
}

test(
  "fourteen conversations are in sight at 1440 by 900, with labels in their line and a failed reply in words",
  { timeout: 90_000 },
  async () => {
    const conversationId = await idOf("Zoë Çelik");
    const tags = [];
    for (const name of ["Wholesale", "Complaint", "Urgent"]) {
      const { tag } = await stage.api.post<{ tag: { id: string } }>("/tags", { name, colour: "rose" });
      tags.push(tag.id);
    }
    await stage.sql`
      insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id)
      select workspace_id, page_id, id, tag from messaging.contacts, unnest(${tags}::uuid[]) tag where psid = ${zoe}`;
    await stage.control("POST", "faults", { kind: "error", code: 100, psid: zoe });
    await stage.api.post(
      `/conversations/${conversationId}/messages`,
      { text: "Until six" },
      { "idempotency-key": "inbox-test-1" },
    );
    const { page, troubles } = await stage.visit("inbox");
    await row(page, "Zoë Çelik").getByText("Not sent", { exact: true }).waitFor({ timeout: 15_000 });
    await row(page, "Zoë Çelik").getByText("Wholesale").waitFor();
    await row(page, "Zoë Çelik").getByText("+1").waitFor();

    const { heights, whole } = await page.getByRole("list", { name: "Conversations" }).evaluate((list) => {
      const { top, bottom } = list.getBoundingClientRect();
      const boxes = [...list.querySelectorAll('[role="listitem"]')].map((one) => one.getBoundingClientRect());
      return {
        heights: [...new Set(boxes.map(({ height }) => height))],
        whole: boxes.filter((box) => box.top >= top && box.bottom <= Math.min(bottom, innerHeight)).length,
      };
    });
    expect(heights).toEqual([56]);
    expect(whole).toBeGreaterThanOrEqual(14);
    // Nothing of a row is cut off below it.
    const overflow = await row(page, "Zoë Çelik").evaluate((one) => one.scrollHeight - one.clientHeight);
    expect(overflow).toBeLessThanOrEqual(0);
    await look(page, "inbox-rows");
    await stage.control("DELETE", "faults");
    expect(troubles).toEqual([]);
  },
);

test(
  "the rail lists pages and saved views with their counts, by keyboard, and a phone in its dialog",
  { timeout: 90_000 },
  async () => {
    const everything = {
      tab: "all",
      status: "open",
      search: "",
      pageId: null,
      tagId: null,
      unreadOnly: false,
    };
    await stage.api.post("/views", {
      name: "My own",
      filter: { ...everything, tab: "mine", sort: "newest" },
    });
    const { user } = await stage.everywhere.get<{ user: { id: string } }>("/auth/me");
    const ids = [await idOf("Anna Keller"), await idOf("Minh Tran")];
    await stage.api.post("/conversations/changes", { ids, change: { assigneeId: user.id } });
    const { page, troubles } = await stage.visit("inbox");
    await views(page).getByRole("link", { name: "My own 2 conversations" }).waitFor();
    const { items } = await stage.api.get<{ items: { id: string; name: string }[] }>("/pages");
    const second = items.find(({ id }) => id === secondPageId)?.name ?? "";
    const ofSecond = views(page).getByRole("link", { name: `${second} 1 conversation` });

    await ofSecond.focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => rows(page).count(), { timeout: 10_000 }).toBe(1);
    expect(await ofSecond.getAttribute("aria-current")).toBe("true");
    await page.getByRole("button", { name: `Remove filter: ${second}` }).click();
    await expect.poll(() => rows(page).count(), { timeout: 10_000 }).toBeGreaterThan(10);
    await views(page)
      .getByRole("link", { name: /^My own/ })
      .click();
    await expect.poll(() => rows(page).count(), { timeout: 10_000 }).toBe(2);
    // Events are counted.
    await stage.api.post("/conversations/changes", { ids: ids.slice(0, 1), change: { assigneeId: null } });
    await views(page).getByRole("link", { name: "My own 1 conversation" }).waitFor({ timeout: 15_000 });
    await expectAccessible(page, "views in the rail");

    await page.setViewportSize({ width: 1000, height: 900 });
    await expect.poll(() => views(page).isVisible()).toBe(false);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("button", { name: "Sort and views" }).click();
    await page.getByRole("menuitem", { name: "Saved views" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "My own 1 conversation" }).waitFor();
    await stage.api.post("/conversations/changes", { ids, change: { assigneeId: null } });
    expect(troubles).toEqual([]);
  },
);

test(
  "a search shows where it matches, marked, and one click leads to the matches in another status",
  { timeout: 90_000 },
  async () => {
    const before = "I wrote to you last week and nobody has answered me since then. ";
    await stage.write(anna, `${before}Where is my CRÈME brûlée set?`);
    await stage.write(anna, "Hello?");
    await stage.write(minh, "The creme brulee was great");
    await waitFor(
      async () =>
        (
          await stage.sql`select from messaging.messages where text in ('Hello?', 'The creme brulee was great')`
        ).length === 2,
    );
    await stage.api.post("/conversations/changes", {
      ids: [await idOf("Minh Tran")],
      change: { status: "resolved" },
    });
    const { page, troubles } = await stage.visit("inbox");
    await row(page, "Anna Keller").waitFor();

    await page.getByRole("searchbox", { name: "Search conversations" }).fill("creme bru");
    await expect.poll(() => rows(page).count(), { timeout: 10_000 }).toBe(1);
    expect(await row(page, "Anna Keller").locator("mark").allTextContents()).toEqual(["CRÈME", "brû"]);
    const mark = row(page, "Anna Keller").locator("mark").first();
    await expect
      .poll(async () => {
        const [marked, list] = await Promise.all([mark.boundingBox(), rows(page).first().boundingBox()]);
        return marked && list ? marked.x + marked.width < list.x + list.width : false;
      })
      .toBe(true);
    await look(page, "inbox-search");
    await page.getByRole("button", { name: "Also in Resolved (1)" }).click();
    await row(page, "Minh Tran").waitFor();
    expect(await row(page, "Minh Tran").locator("mark").allTextContents()).toEqual(["creme", "bru"]);
    await page.getByRole("button", { name: "Also in Open (1)" }).waitFor();

    await page.getByRole("searchbox", { name: "Search conversations" }).fill("minh");
    await expect.poll(() => row(page, "Minh Tran").locator("mark").allTextContents()).toEqual(["Minh"]);
    expect(troubles).toEqual([]);
  },
);

test(
  "messages of one author have one time, each its own on hover, and an event one time at most",
  { timeout: 90_000 },
  async () => {
    for (const text of ["First of three", "Second of three", "Third of three"]) {
      await stage.write(zoe, text);
      await waitFor(
        async () => (await stage.sql`select from messaging.messages where text = ${text}`).length === 1,
      );
    }
    const conversationId = await idOf("Zoë Çelik");
    const snoozedUntil = new Date(Date.now() + 86_400_000).toISOString();
    await stage.api.raw("PATCH", `/conversations/${conversationId}`, { snoozedUntil, status: "snoozed" });
    const { page, troubles } = await stage.visit(`inbox/${conversationId}`);
    await thread(page).getByText("Third of three").waitFor();

    const second = thread(page).locator("[id^='m-']").filter({ hasText: "Second of three" });
    const opacity = () => second.locator("time").evaluate((time) => getComputedStyle(time).opacity);
    await page.mouse.move(0, 0);
    await expect.poll(opacity).toBe("0");
    await second.hover();
    await expect.poll(opacity).toBe("1");
    await page.mouse.move(0, 0);
    await second.getByRole("button", { name: "Reply to this message" }).focus();
    await expect.poll(opacity).toBe("1");
    await page.getByRole("textbox", { name: "Reply" }).focus();
    const shown = await thread(page)
      .locator("time")
      .evaluateAll(
        (times, last) =>
          times.filter(
            (time) =>
              getComputedStyle(time).opacity !== "0" &&
              time.parentElement?.parentElement?.textContent?.includes(last),
          ).length,
        "Third of three",
      );
    expect(shown).toBe(1);
    const snoozed = thread(page).getByText(/snoozed the conversation until/);
    expect(await snoozed.locator("time").count()).toBe(0);
    await look(page, "inbox-thread");
    expect(troubles).toEqual([]);
  },
);

test(
  "after 24 hours a warning stands above the field, before anything is sent",
  { timeout: 60_000 },
  async () => {
    const conversationId = await idOf("Minh Tran");
    await stage.sql`
    update messaging.contacts set last_inbound_at = now() - interval '2 days', ad_window_until = null where psid = ${minh}`;
    const { page, troubles } = await stage.visit(`inbox/${conversationId}`);

    const warning = page.getByRole("note").filter({ hasText: "The 24-hour window is closed" });
    await warning.waitFor();
    await warning.getByText(/Meta allows only replies that you write yourself/).waitFor();
    await page.getByRole("textbox", { name: "Reply" }).fill("Sorry for the wait");
    await page.getByRole("tab", { name: "Note" }).click();
    expect(await warning.count()).toBe(0);
    await page.getByRole("tab", { name: "Reply" }).click();
    await look(page, "inbox-human-period");
    await warning.waitFor();
    expect(troubles).toEqual([]);
  },
);
