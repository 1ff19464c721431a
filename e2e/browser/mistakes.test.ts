import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

const details = [
  { path: "campaigns/ID", what: "campaign", list: "campaigns" },
  { path: "campaigns/ID/edit", what: "campaign", list: "campaigns" },
  { path: "segments/ID", what: "segment", list: "segments" },
  { path: "templates/ID", what: "template", list: "templates" },
  { path: "contacts/ID", what: "contact", list: "contacts" },
  { path: "inbox/ID", what: "conversation", list: "inbox" },
  { path: "sequences/ID", what: "sequence", list: "sequences" },
  { path: "sequences/ID/enrolments", what: "sequence", list: "sequences" },
  { path: "pages/ID", what: "page", list: "pages" },
  { path: "pages/ID/profile", what: "page", list: "pages" },
];

test(
  "an address of nothing says so and leads back, for malformed and for unknown ids",
  { timeout: 180_000 },
  async () => {
    const { page } = await stage.visit("inbox");
    for (const { path, what, list } of details) {
      for (const id of ["nothing", randomUUID()]) {
        await page.goto(path.replace("ID", id));
        await page
          .getByRole("heading", { name: `This ${what} doesn't exist or was deleted` })
          .waitFor({ timeout: 10_000 });
        await page.getByRole("link", { name: `Back to the ${list}` }).waitFor();
        expect(await page.getByRole("button", { name: "Try again" }).count(), path).toBe(0);
      }
    }
    await page.goto("campaigns/nothing");
    await page.getByRole("link", { name: "Back to the campaigns" }).waitFor();
    await look(page, "not-here");

    await page.getByRole("link", { name: "Back to the campaigns" }).click();

    await page.getByRole("heading", { name: "Campaigns" }).waitFor();
  },
);

test(
  "a card, a button and a quick reply are not wrong before anything is typed in them",
  { timeout: 90_000 },
  async () => {
    const { page, troubles } = await stage.visit("templates/new");
    const problems = page.getByRole("list", { name: "Problems with this message" });
    const asked = () => page.waitForResponse((response) => response.url().includes("/preview"));

    const first = asked();
    await page.getByRole("radio", { name: "Cards" }).click();
    await (await first).finished();
    expect(await problems.count()).toBe(0);
    const second = asked();
    await page.getByRole("button", { name: "Add card" }).click();
    await (await second).finished();
    expect(await problems.count()).toBe(0);
    await page.getByRole("textbox", { name: "Card 1: title" }).fill("Bag");

    await problems.getByRole("listitem").first().waitFor();
    await look(page, "card-begun");
    expect(troubles).toEqual([]);
  },
);
