import { readFileSync } from "node:fs";
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
let psids: string[];
let campaigns: string;
beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchBrowser()]);
  connected = await connectPage(product);
  const made = await simulatorCall<{ psids: string[] }>(product.simulator, "POST", "persons", {
    pageId: connected.facebookPageId,
    count: 12,
    text: "Hi",
  });
  psids = made.psids;
  await waitFor(async () => (await count("contacts where last_inbound_at is not null")) === 12);
  campaigns = `${product.url}/w/${connected.workspaceId}/campaigns`;
});
afterAll(async () => {
  await browser.close();
  await product.stop();
});

async function count(of: string): Promise<number> {
  const [row] = await product.database.sql.unsafe(`select count(*)::int4 as count from messaging.${of}`);
  return Number(row?.count);
}

async function launched(body: object): Promise<string> {
  const { api, workspaceId } = connected;
  const { campaign } = await api.post<{ campaign: { id: string } }>(`/workspaces/${workspaceId}/campaigns`, {
    kind: "window",
    audience: { all: true },
    ...body,
  });
  await api.post(`/workspaces/${workspaceId}/campaigns/${campaign.id}/launch`);
  return campaign.id;
}

async function sent(): Promise<{ psid: string; text: string; commentId?: string }[]> {
  const { messages } = await simulatorCall<{ messages: { psid: string; text: string }[] }>(
    product.simulator,
    "GET",
    "sent?limit=1000",
  );
  return messages;
}

test(
  "everyone who commented on a post gets one private reply, by the wizard",
  { timeout: 120_000 },
  async () => {
    const { page, troubles } = await openWindow(browser);
    const [ann = "", ben = "", cid = ""] = psids;
    const comment = (psid: string, postId?: string) =>
      simulatorCall<{ postId: string }>(product.simulator, "POST", `persons/${psid}/comment`, {
        text: "How much?",
        ...(postId === undefined ? {} : { postId }),
      });
    const { postId } = await comment(ann);
    await comment(ann, postId);
    await comment(ben, postId);
    await comment(cid, "another_post");
    await waitFor(async () => (await count("comments")) === 4);
    await logIn(page, product);
    await page.goto(`${campaigns}/new`);
    await page.getByLabel("Name", { exact: true }).fill("Answers to comments");
    await page.getByRole("radio", { name: /Private reply.*3 can be reached now/ }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByLabel("Page whose commenters are answered").selectOption({ index: 1 });
    await page.getByLabel("Only under this post").fill(postId);
    await page.getByRole("region", { name: "Reach" }).getByText("2", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByLabel("Text", { exact: true }).fill("Twelve a bag");
    await page.getByRole("button", { name: "Review" }).click();

    await page.getByRole("button", { name: "Launch for 2 people" }).click();

    await page.getByText("Finished", { exact: true }).waitFor({ timeout: 30_000 });
    const replies = (await sent()).filter(({ text }) => text === "Twelve a bag");
    expect(replies).toHaveLength(2);
    expect(troubles).toEqual([]);
  },
);

test(
  "a split test with a goal shows who reached it, and its winner is chosen by hand",
  { timeout: 120_000 },
  async () => {
    const { page, troubles } = await openWindow(browser);
    const id = await launched({
      name: "Two ways to say it",
      variants: [
        { content: { text: "Way A" }, weight: 50 },
        { content: { text: "Way B" }, weight: 50 },
      ],
      split: { holdoutPercent: 50, winnerBy: "reached", afterMinutes: 600 },
      options: { goal: { on: "replied", withinDays: 3 }, ignoreCap: true },
    });
    await waitFor(async () => (await sent()).some(({ text }) => text.startsWith("Way")), 15_000);
    const ways = async () => (await sent()).filter(({ text }) => text.startsWith("Way"));
    // An answer counts from when the message is known to be sent.
    const waiting = `deliveries where campaign_id = '${id}' and state in ('queued', 'sending') and due_at < 'infinity'`;
    await waitFor(async () => (await count(waiting)) === 0);
    const [first] = await ways();
    await simulatorCall(product.simulator, "POST", `persons/${first?.psid}/write`, { text: "Yes" });
    await logIn(page, product);
    await page.goto(`${campaigns}/${id}`);
    const goal = page.getByRole("region", { name: "Goal" });
    await goal.getByText("Answered within 3 days").waitFor();
    await goal.getByText(/^1 of \d+ reached it$/).waitFor({ timeout: 20_000 });
    const variants = page.getByRole("region", { name: "Per variant" });
    await variants.scrollIntoViewIfNeeded();
    await look(page, "campaign-goal");
    const before = await ways();

    await variants.getByRole("button", { name: "Choose as winner" }).last().click();

    await variants.getByText("Winner", { exact: true }).waitFor();
    await page.getByText("Finished", { exact: true }).waitFor({ timeout: 30_000 });
    const after = await ways();
    const later = after.filter(({ psid }) => !before.some((one) => one.psid === psid));
    expect(new Set(after.map(({ psid }) => psid)).size).toBe(12);
    expect(later.length).toBeGreaterThan(0);
    expect(new Set(later.map(({ text }) => text))).toEqual(new Set(["Way B"]));
    expect(troubles).toEqual([]);
  },
);

test(
  "who could not be reached gets it when it is sent to the failed again",
  { timeout: 120_000 },
  async () => {
    const { page, troubles } = await openWindow(browser);
    const [, , , gone = ""] = psids;
    const block = (hasBlocked: boolean) =>
      simulatorCall(product.simulator, "PATCH", `persons/${gone}`, { hasBlocked });
    await block(true);
    const id = await launched({
      name: "Last call",
      content: { text: "Last call" },
      options: { ignoreCap: true },
    });
    await logIn(page, product);
    await page.goto(`${campaigns}/${id}`);
    await page.getByText("Finished", { exact: true }).waitFor({ timeout: 30_000 });
    const again = page.getByRole("button", { name: "Send to the 1 failed again" });
    await again.waitFor();
    await block(false);
    const inbound = "messages where direction = 'in'";
    const heard = await count(inbound);
    await simulatorCall(product.simulator, "POST", `persons/${gone}/write`, { text: "I am back" });
    await waitFor(async () => (await count(inbound)) > heard);

    await again.click();

    await page.getByRole("img", { name: "Sent 12" }).waitFor({ timeout: 30_000 });
    await again.waitFor({ state: "detached" });
    await page
      .getByRole("region", { name: "History" })
      .getByText("Owner sent it to the failed again")
      .waitFor();
    const calls = (await sent()).filter(({ text }) => text === "Last call");
    expect(calls.map(({ psid }) => psid).toSorted()).toEqual(psids.toSorted());
    expect(troubles).toEqual([]);
  },
);

test("every decision of the sends is downloaded from the compliance page", { timeout: 120_000 }, async () => {
  const { page, troubles } = await openWindow(browser);
  await logIn(page, product);
  await page.goto(`${campaigns}/compliance`);
  const link = page.getByRole("link", { name: "Every decision as CSV" });
  await link.waitFor();

  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);

  const lines = readFileSync(await download.path(), "utf8")
    .trim()
    .split(/\r?\n/);
  expect(download.suggestedFilename()).toMatch(/\.csv$/);
  expect(lines[0]).toContain("outcome,why,page");
  expect(lines.length - 1).toBe(
    await count("deliveries where state not in ('queued', 'leased', 'sending', 'unknown')"),
  );
  expect(troubles).toEqual([]);
});
