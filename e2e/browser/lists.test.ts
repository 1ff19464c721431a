import { afterAll, beforeAll, expect, test } from "vitest";
import { look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { waitFor } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
  const { sql, workspaceId } = stage;
  await stage.addWriters(19);
  // They wrote long ago: the window is closed, so that a campaign skips them.
  await sql`insert into messaging.contacts (workspace_id, page_id, psid, name, first_name, last_inbound_at)
    select workspace_id, id, (70000000000 + n)::text, 'Quiet Contact ' || n, 'Quiet', now() - interval '9 days'
    from messaging.pages, generate_series(1, 43) n where workspace_id = ${workspaceId}`;
});
afterAll(() => stage.close());

/** The first words of each row, but not of the head. */
const names = (page: Awaited<ReturnType<BrowserStage["visit"]>>["page"]) =>
  page.getByRole("table", { name: "Campaigns" }).getByRole("row").getByRole("link").allInnerTexts();

test(
  "the campaign list shows results and rates, and sorts by name, time and replies",
  { timeout: 120_000 },
  async () => {
    const { sql } = stage;
    const content = { text: "Fresh beans" };
    const ended = await stage.launch({ name: "Beans", audience: { all: true }, content });
    await waitFor(
      async () =>
        (await sql`select from messaging.campaigns where id = ${ended} and status = 'completed'`).length > 0,
      60_000,
    );
    await stage.draft({ name: "Arabica", content });
    const at = new Date(Date.now() + 86_400_000).toISOString();
    await stage.launch({ name: "Crema", content, schedule: { at } });
    // As if ten read it and three wrote back.
    await sql`update messaging.campaigns set receipts_due_at = 'infinity',
      counts = counts || '{"delivered": 15, "read": 10, "replied": 3}' where id = ${ended}`;
    const { page, troubles } = await stage.visit("campaigns");
    const row = page.getByRole("row", { name: /Beans/ });

    await row.getByText("19 sent, 43 skipped").waitFor();
    expect((await row.innerText()).replaceAll(/\s+/g, " ")).toMatch(/79% 15 53% 10 16% 3 .*Ended/);
    expect(await names(page)).toEqual(["Crema", "Arabica", "Beans"]);
    await page.getByRole("columnheader", { name: "Campaign" }).getByRole("button").click();
    await expect.poll(() => names(page)).toEqual(["Arabica", "Beans", "Crema"]);
    await page.getByRole("columnheader", { name: "Replies" }).getByRole("button").click();
    await expect.poll(async () => (await names(page))[0]).toBe("Beans");
    await look(page, "campaign-list");
    expect(troubles).toEqual([]);
  },
);

test(
  "a contact's received campaigns leave out those that skipped it, which are shown apart",
  { timeout: 60_000 },
  async () => {
    const [quiet] = await stage.sql<{ id: string }[]>`
      select id from messaging.contacts where first_name = 'Quiet' limit 1`;
    const { page, troubles } = await stage.visit(`contacts/${quiet?.id}`);
    const beans = page.getByRole("link", { name: "Beans" });

    await page.getByText("No campaigns yet").waitFor();
    expect(await beans.count()).toBe(0);
    await page.getByText("Skipped campaigns").click();
    await beans.waitFor();
    await page
      .getByText(/window is closed/i)
      .first()
      .waitFor();
    expect(troubles).toEqual([]);
  },
);

test(
  "the list of contacts shows the columns that a person chose, with custom fields, and remembers them",
  { timeout: 90_000 },
  async () => {
    const { api, sql } = stage;
    await api.post("/custom-fields", { key: "city", label: "City", type: "text" });
    const [quiet] = await sql<{ id: string; name: string }[]>`
      select id, name from messaging.contacts where first_name = 'Quiet' order by id desc limit 1`;
    await api.raw("PATCH", `/contacts/${quiet?.id}`, { fields: { city: "Malmö" } });
    const { page, troubles } = await stage.visit("contacts");
    const head = page.getByRole("columnheader");
    await head.first().waitFor();
    const atFirst = await head.allInnerTexts();

    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("checkbox", { name: "City" }).click();
    await page.getByRole("checkbox", { name: "Tags" }).click();
    await page.keyboard.press("Escape");

    const row = page.getByRole("row", { name: new RegExp(`${quiet?.name}(?!\\d)`) });
    await row.getByText("Malmö").waitFor();
    await page.reload();
    await row.getByText("Malmö").waitFor();
    expect(atFirst).toEqual(["Contact", "Tags", "Page", "Messaging window", "Last message"]);
    expect(await head.allInnerTexts()).toEqual([
      "Contact",
      "Page",
      "Messaging window",
      "City",
      "Last message",
    ]);
    await head.filter({ hasText: "Contact" }).getByRole("button").click();
    await page.waitForURL(/sort=name/);
    await look(page, "contact-columns");
    expect(troubles).toEqual([]);
  },
);
