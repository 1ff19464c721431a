import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { choose } from "../support/controls.ts";

const patience = { timeout: 10_000 };

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
  const { sql } = stage;
  await stage.addWriters(90);
  // One opted out and one wrote too long ago, whatever history is imported afterwards.
  await sql`update messaging.contacts set subscribed = false
    where id = (select min(id::text)::uuid from messaging.contacts)`;
  await sql`update messaging.contacts set last_inbound_at = now() - interval '2 days', window_closed_at = now()
    where id = (select max(id::text)::uuid from messaging.contacts)`;
});
afterAll(() => stage.close());

test(
  "a campaign is made by the wizard, launched, followed to its end, and its people are opened",
  {
    timeout: 120_000,
  },
  async () => {
    const { page, troubles } = await stage.visit("campaigns");
    await page.getByRole("link", { name: "Create campaign" }).click();

    await page.getByLabel("Name", { exact: true }).fill("Winter beans");
    await page.getByRole("radio", { name: /Active conversations.*88 contacts can be reached now/ }).waitFor();
    await page.getByRole("button", { name: "Continue" }).click();
    const reach = page.getByRole("region", { name: "Reach" });
    await reach.getByText("88", { exact: true }).first().waitFor();
    await reach.getByRole("button", { name: /window is closed/ }).click();
    await page.getByRole("dialog").getByRole("listitem").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await page
      .getByLabel("Text", { exact: true })
      .fill("Hi {{first_name|there}}, the winter beans are here.");
    await page
      .getByRole("region", { name: "Phone preview" })
      .getByText(/^Hi (?!\{\{).+, the winter beans are here\.$/)
      .waitFor();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.waitForURL(/\/campaigns\/[0-9a-f-]+\/edit/);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByLabel("Messages per second").fill("20");
    await page.getByText(/88 messages take about 5 seconds/).waitFor();
    const hour = page.getByRole("switch", { name: /Best time for each contact/ });
    await hour.click();
    await choose(page.getByRole("combobox", { name: "Send within" }), "12 hours");
    await page.getByText(/last message goes out up to 12 hours after the start/).waitFor();
    await expectAccessible(page, "when and how fast");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText(/Best time for each contact, within 12 hours\./).waitFor();
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await hour.click();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText(/Send a message to 88 contacts\. Audience: All contacts of all pages\./).waitFor();
    await page.getByText(/opted out: 1 contact skipped/).waitFor();
    await expectAccessible(page, "review");
    await page.getByRole("button", { name: /^Launch for 88 contacts/ }).click();
    await page.getByRole("button", { name: "Send now" }).click();

    let asked = 0;
    page.on("request", (request) => {
      if (request.url().includes("/recipients")) asked += 1;
    });
    const pace = page.getByTestId("pace");
    await pace.waitFor();
    const seen: number[] = [];
    await expect
      .poll(
        async () => {
          const words = await pace.textContent();
          seen.push(Number(/^\s*([\d,]+) of/.exec(words ?? "")?.[1]?.replaceAll(",", "")));
          return words;
        },
        { timeout: 30_000, interval: 100 },
      )
      .toMatch(/^\s*90 of 90/);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(new Set(seen).size).toBeGreaterThan(2);
    await page.getByText("Completed", { exact: true }).waitFor();
    const progress = page.getByRole("region", { name: "Progress" });
    await progress.getByRole("img", { name: "Sent 88, Skipped 2" }).waitFor();
    await page
      .getByRole("region", { name: "Not sent" })
      .getByRole("button", { name: /opted out/ })
      .click();
    const recipients = page.getByRole("list", { name: "Recipients" });
    await expect.poll(() => recipients.getByRole("listitem").count(), patience).toBe(1);
    await expectAccessible(page, "results");

    await page.reload();
    await pace.getByText("90").first().waitFor();
    expect(await stage.sent()).toHaveLength(88);
    expect(troubles).toEqual([]);
  },
);

test(
  "a campaign has a name and a draft from its first input on, and keeps it through a reload and a closed tab",
  { timeout: 90_000 },
  async () => {
    const { page, context, troubles } = await stage.visit("campaigns/new");
    const name = (on: Page) => on.getByLabel("Name", { exact: true });
    const text = (on: Page) => on.getByLabel("Text", { exact: true });
    const stored = async () =>
      await stage.sql<{ id: string; name: string }[]>`
        select id, name from messaging.campaigns where status = 'draft' and name like 'Campaign, %'`;
    await expect.poll(() => name(page).inputValue(), patience).toMatch(/^Campaign, /);
    expect(await stored()).toEqual([]);

    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(/\/campaigns\/[0-9a-f-]{36}\/edit$/);
    const [draft] = await stored();
    await page.getByRole("radio", { name: "Pages", exact: true }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Audience" }).click();
    await expect
      .poll(() => page.getByRole("radio", { name: "Pages", exact: true }).isChecked(), patience)
      .toBe(true);
    await page.getByRole("button", { name: "Content" }).click();
    await text(page).fill("Half a thought");
    await page.close();

    const again = await context.newPage();
    await again.goto("campaigns");
    await again.getByRole("link", { name: draft?.name ?? "" }).click();
    await again.getByRole("button", { name: "Content" }).click();
    await expect.poll(() => text(again).inputValue(), patience).toBe("Half a thought");
    await again.getByText("Saved", { exact: true }).waitFor();
    await again.getByRole("button", { name: "Test another variant" }).click();
    await text(again).fill("Another thought");
    await again.getByText("Saved", { exact: true }).waitFor();

    const elsewhere = await stage.visit(`campaigns/${draft?.id}/edit`);
    const preview = elsewhere.page.getByRole("complementary", { name: "Preview" });
    await preview.getByText("Half a thought").waitFor();
    await preview.getByRole("radio", { name: "B · 50%" }).click();
    await preview.getByText("Another thought").waitFor();
    await elsewhere.page.getByRole("button", { name: "Review" }).click();
    await elsewhere.page.getByText("Select at least one page").first().waitFor();
    await again.goto("campaigns/new");
    await expect.poll(() => name(again).inputValue(), patience).toMatch(/^Campaign, /);
    expect(await stored()).toHaveLength(1);
    expect(troubles).toEqual([]);
  },
);

test(
  "a scheduled campaign is changed before its time, and a draft is deleted",
  { timeout: 60_000 },
  async () => {
    const at = new Date(Date.now() + 5 * 86_400_000).toISOString();
    const content = { text: "First words" };
    const schedule = { at, timezone: "Europe/Berlin" };
    const id = await stage.launch({ name: "Christmas hours", content, schedule });
    await stage.draft({ name: "Never mind", content });

    const { page, troubles } = await stage.visit(`campaigns/${id}`);
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByRole("button", { name: "Content" }).click();
    await page.getByLabel("Text", { exact: true }).fill("Better words");
    await page.getByText("Changes not saved yet").waitFor();
    await page.getByRole("button", { name: "Review" }).click();
    await page.getByRole("button", { name: /^Save changes/ }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Save changes" }).click();
    await page.getByText(/^Starts on /).waitFor();
    expect(await stage.api.get(`/campaigns/${id}`)).toMatchObject({
      campaign: { status: "scheduled", variants: [{ content: { text: "Better words" } }] },
    });

    await page.goto("campaigns");
    await page.getByRole("link", { name: /Never mind/ }).click();
    await page.getByRole("button", { name: "Delete draft" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete draft" }).click();
    await page.getByRole("link", { name: /Christmas hours/ }).waitFor();
    expect(await page.getByRole("link", { name: /Never mind/ }).count()).toBe(0);
    await page.getByRole("link", { name: "Calendar" }).click();
    await page
      .getByRole("link", { name: /Christmas hours/ })
      .first()
      .waitFor({ state: "attached" });
    await page.getByRole("link", { name: "Compliance" }).click();
    await page.getByRole("region", { name: "Sent, by rule" }).getByText("Within 24 hours").waitFor();
    await look(page, "compliance");
    expect(troubles).toEqual([]);
  },
);

test("a deleted contact leaves the wizard's list, and the others stay", { timeout: 60_000 }, async () => {
  const ids = await stage.sql<{ id: string }[]>`
    insert into messaging.contacts (workspace_id, page_id, psid, name)
    select p.workspace_id, p.id, person.psid, person.name from messaging.pages p,
      (values ('77000000001', 'Gone Girl'), ('77000000002', 'Here Still')) person (psid, name) limit 2 returning id`;
  const [gone = "", here = ""] = ids.map(({ id }) => id);
  const id = await stage.draft({
    name: "Two people",
    audience: { contactIds: [gone, here] },
    content: { text: "Hi" },
  });
  await stage.sql`delete from messaging.contacts where id = ${gone}`;

  const { page } = await stage.visit(`campaigns/${id}/edit`);
  await page.getByRole("button", { name: "Audience" }).click();
  const people = page.getByRole("list", { name: "Selected contacts" });
  await people.getByText("Here Still").waitFor();

  await expect.poll(() => people.getByRole("listitem").count(), patience).toBe(1);
});
