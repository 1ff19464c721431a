import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible } from "../support/browser.ts";
import { anna, type BrowserStage, minh, openBrowserStage, zoe } from "../support/browser_stage.ts";
import { waitFor } from "../support/product.ts";

const people = [
  { psid: anna, name: "Anna Keller" },
  { psid: minh, name: "Minh Tran" },
  { psid: zoe, name: "Zoë Çelik" },
];

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
  for (const { psid } of people) {
    await stage.write(psid, "Good morning");
    // One after the other, so that the list has an order.
    await waitFor(async () => (await names()).length === people.findIndex((one) => one.psid === psid) + 1);
  }
  for (const name of ["Wholesale", "Complaint", "Urgent"])
    await stage.api.post("/tags", { name, colour: "rose" });
});
afterAll(() => stage.close());

/** Of the people whose name is known, as the API lists them. */
async function names(query = ""): Promise<string[]> {
  const { items } = await stage.api.get<{ items: { contact: { name: string } }[] }>(`/conversations${query}`);
  return items.map(({ contact }) => contact.name).filter((name) => people.some((one) => one.name === name));
}

const rowsOf = (page: Page) => page.getByRole("list", { name: "Conversations" }).getByRole("link");
const row = (page: Page, name: string) => rowsOf(page).filter({ hasText: name });

test(
  "several conversations are chosen by keys, resolved in one go, and back within six seconds",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit("inbox");
    await row(page, "Anna Keller").waitFor();
    const before = await rowsOf(page).count();

    // The first one has no focus yet, and gets it. All within one frame: fast typing outruns the focus.
    await page.evaluate(() => {
      for (const key of ["x", "j", "x"])
        document.activeElement?.dispatchEvent(
          new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
        );
    });
    const bar = page.getByRole("toolbar", { name: "Actions for the selected conversations" });
    await bar.getByText("2 selected").waitFor();
    await expectAccessible(page, "chosen conversations");
    await bar.getByRole("button", { name: "Resolve" }).click();
    await page.getByText("2 conversations resolved").waitFor();
    await expect.poll(() => rowsOf(page).count(), { timeout: 5_000 }).toBe(before - 2);
    expect(await names("?status=resolved")).toHaveLength(2);
    await page.getByRole("button", { name: "Undo" }).click();

    await expect.poll(() => rowsOf(page).count(), { timeout: 5_000 }).toBe(before);
    await waitFor(async () => (await names("?status=resolved")).length === 0, 5_000, "all to be open again");
    expect(await bar.count()).toBe(0);
    expect(troubles).toEqual([]);
  },
);

test(
  "a label is set by its key, stands in the row with at most one more, and narrows the list",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit("inbox");
    await row(page, "Anna Keller").click();
    await page.getByRole("log", { name: "Messages" }).getByText("Good morning").waitFor();

    await page.keyboard.press("l");
    const search = page.getByPlaceholder("Add or remove tags");
    for (const name of ["Wholesale", "Complaint", "Urgent"]) {
      await search.fill(name);
      await page.keyboard.press("Enter");
      await page.getByRole("option", { name: `${name} Selected` }).waitFor();
    }
    await page.keyboard.press("Escape");

    await row(page, "Anna Keller").getByText("+1").waitFor();
    expect(await row(page, "Anna Keller").getByText("Wholesale").count()).toBe(1);
    expect(await row(page, "Anna Keller").getByText("Urgent").count()).toBe(0);
    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByRole("menuitemradio", { name: "Urgent" }).click();
    await expect.poll(() => rowsOf(page).count(), { timeout: 5_000 }).toBe(1);
    await expectAccessible(page, "labels");
    expect(troubles).toEqual([]);
  },
);

test(
  "the list sorts by oldest, and the bar selects all waiting conversations",
  { timeout: 60_000 },
  async () => {
    const { page } = await stage.visit("inbox", { width: 390 });
    await row(page, "Zoë Çelik").waitFor();
    await expect.poll(async () => (await rowsOf(page).first().textContent()) ?? "").toContain("Zoë Çelik");

    await page.getByRole("button", { name: "Sort and views" }).click();
    await page.getByRole("menuitemradio", { name: "Oldest message first" }).click();
    await expect.poll(async () => (await rowsOf(page).first().textContent()) ?? "").toContain("Anna Keller");
    await page.getByRole("button", { name: "Sort and views" }).click();
    await page.getByRole("menuitem", { name: /Select several/ }).click();
    await page.getByRole("checkbox", { name: "Select Minh Tran" }).click();
    await page.getByRole("button", { name: "Assign" }).click();
    await page.getByRole("menuitem", { name: /\(me\)/ }).click();

    await page.getByText(/1 conversation assigned to/).waitFor();
    expect(await names("?assignee=me")).toEqual(["Minh Tran"]);
  },
);

test(
  "a view is saved under a name and shown again, after a reload and for its person alone",
  { timeout: 90_000 },
  async () => {
    const { page, troubles } = await stage.visit("inbox");
    await row(page, "Zoë Çelik").waitFor();
    const openViews = async () => {
      await page.getByRole("button", { name: "Sort and views" }).click();
      await page.getByRole("menuitem", { name: "Saved views" }).click();
    };

    await page.getByRole("searchbox", { name: "Search conversations" }).fill("Minh");
    await expect.poll(() => rowsOf(page).count(), { timeout: 10_000 }).toBe(1);
    await openViews();
    await page.getByText("No saved views yet").waitFor();
    await page.getByLabel("Save the current list as").fill("Only Minh");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("View “Only Minh” saved").waitFor();
    await page.reload();
    await row(page, "Zoë Çelik").waitFor();
    await openViews();
    await expectAccessible(page, "saved views");
    await page.getByRole("button", { name: "Only Minh", exact: true }).click();

    await expect.poll(() => rowsOf(page).count(), { timeout: 10_000 }).toBe(1);
    expect(await page.getByRole("searchbox", { name: "Search conversations" }).inputValue()).toBe("Minh");

    // A view with a deleted label says so, and offers a way out.
    const { api } = stage;
    const { tag } = await api.post<{ tag: { id: string } }>("/tags", {
      name: "Short-lived",
      colour: "blue",
    });
    const filter = { tab: "all", status: "open", search: "", pageId: null, tagId: tag.id, unreadOnly: false };
    await api.post("/views", {
      name: "Of it",
      filter: { ...filter, sort: "newest" },
    });
    await api.raw("DELETE", `/tags/${tag.id}`);
    await openViews();
    await page.getByRole("button", { name: "Of it", exact: true }).click();
    await page.getByRole("button", { name: "Deleted" }).waitFor();
    await page.getByRole("button", { name: "Clear filters" }).click();
    await row(page, "Zoë Çelik").waitFor();
    expect(troubles).toEqual([]);
  },
);
