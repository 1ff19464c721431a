import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser, logIn, look, openWindow } from "../support/browser.ts";
import {
  type Connected,
  connectPage,
  type Product,
  simulatorCall,
  startProduct,
  waitFor,
} from "../support/product.ts";

let product: Product;
let browser: Browser;
let connected: Connected;
beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchBrowser()]);
  connected = await connectPage(product);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await product.stop();
});

test("the people of a CSV file are a campaign's audience, and lines of nobody are counted", async () => {
  const { psids } = await simulatorCall<{ psids: string[] }>(product.simulator, "POST", "persons", {
    pageId: connected.facebookPageId,
    count: 4,
    text: "Hello",
  });
  await waitFor(async () => {
    const rows = await product.database.sql`
      select 1 from messaging.contacts where last_inbound_at is not null`;
    return rows.length === 4;
  });
  const lines = [
    "order;messenger id",
    `1;${psids[0]}`,
    `2;${psids[1]}`,
    `3;${psids[2]}`,
    "4;90909090901",
    "5;none",
  ];
  const { page, troubles } = await openWindow(browser);
  await logIn(page, product);
  await page.goto(`${product.url}/w/${connected.workspaceId}/campaigns/new`);
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
  await expect.poll(() => column.inputValue()).toBe("messenger id");
  await look(page, "file-column");
  await page.getByRole("button", { name: "Find these people" }).click();
  const found = page.getByRole("region", { name: "People of the file" });
  await found.getByText("line matches no contact").waitFor();
  const facts = await found.locator("dd").allTextContents();
  const reach = page.getByRole("region", { name: "Reach" });
  await reach.getByText("people can be reached now").waitFor();
  const reached = await reach.getByRole("paragraph").first().textContent();
  await look(page, "file-found");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    found.getByRole("link", { name: "These lines, with the reason" }).click(),
  ]);
  await page.getByRole("button", { name: "Content" }).click();
  await page.getByLabel("Text", { exact: true }).fill("Thank you for your order");
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByText(/goes to 3 people \(the people of buyers\.csv\)/).waitFor();
  await page.getByRole("button", { name: "Launch for 3 people" }).click();
  await page.getByText("Finished", { exact: true }).waitFor();
  const { messages } = await simulatorCall<{ messages: { psid: string; text: string }[] }>(
    product.simulator,
    "GET",
    "sent?limit=100",
  );
  await page.goto(`${product.url}/w/${connected.workspaceId}/contacts/transfers`);
  await page.getByText(/Segment “buyers”: 3 people found · 1 line of nobody here/).waitFor();
  await look(page, "file-transfers");

  expect(facts).toEqual(["3", "1", "1"]);
  expect(reached).toMatch(/^\s*3\s+people can be reached now/);
  expect(await Bun.file(await download.path()).text()).toContain("5,No contact has the PSID 90909090901");
  expect(messages.map(({ psid }) => psid).toSorted()).toEqual(psids.slice(0, 3).toSorted());
  expect(troubles).toEqual([]);
}, 60_000);
