import { afterAll, beforeAll, expect, test } from "vitest";
import { look } from "../support/browser.ts";
import { chosen } from "../support/controls.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test("the people of a CSV file are a campaign's audience, and lines of nobody are counted", async () => {
  const psids = await stage.addWriters(4);
  const lines = [
    "order;messenger id",
    `1;${psids[0]}`,
    `2;${psids[1]}`,
    `3;${psids[2]}`,
    "4;90909090901",
    "5;none",
  ];
  const { page, troubles } = await stage.visit("campaigns/new");
  await page.getByLabel("Name", { exact: true }).fill("Thanks to buyers");
  await page.getByRole("button", { name: "Continue" }).click();

  await page.getByRole("radio", { name: "File" }).click();
  await look(page, "file-drop");
  await page.getByLabel("CSV file").setInputFiles({
    name: "buyers.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(lines.join("\r\n")),
  });
  const column = page.getByLabel("Column with the PSIDs");
  await expect.poll(() => chosen(column)).toBe("messenger id");
  await look(page, "file-column");
  await page.getByRole("button", { name: "Find contacts" }).click();
  const found = page.getByRole("region", { name: "Contacts in the file" });
  await found.getByText("Rows without a contact").waitFor();
  const facts = await found.locator("dd").allTextContents();
  const reach = page.getByRole("region", { name: "Reach" });
  await reach.getByText(/contacts can be reached now/).waitFor();
  const reached = await reach.getByRole("paragraph").first().textContent();
  await look(page, "file-found");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    found.getByRole("link", { name: "Download these rows with reasons" }).click(),
  ]);
  await page.getByRole("button", { name: "Content" }).click();
  await page.getByLabel("Text", { exact: true }).fill("Thank you for your order");
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByText(/to 3 contacts\. Audience: Contacts in buyers\.csv\./).waitFor();
  await page.getByRole("button", { name: /^Launch for 3 contacts/ }).click();
  await page.getByRole("button", { name: "Send now" }).click();
  await page.getByText("Completed", { exact: true }).waitFor();
  const sent = await stage.sent();
  await page.goto("contacts/transfers");
  await page.getByText(/Segment “buyers”: 3 contacts found · 1 row without a contact/).waitFor();
  await look(page, "file-transfers");

  expect(facts).toEqual(["3", "1", "1"]);
  expect(reached).toMatch(/^\s*3\s+contacts can be reached now/);
  expect(await Bun.file(await download.path()).text()).toContain("5,No contact has the PSID 90909090901");
  expect(sent.map(({ psid }) => psid).toSorted()).toEqual(psids.slice(0, 3).toSorted());
  expect(troubles).toEqual([]);
}, 60_000);
