import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { choose } from "../support/controls.ts";
import { waitFor } from "../support/product.ts";

let stage: BrowserStage;
let psids: string[];
beforeAll(async () => {
  stage = await openBrowserStage();
  psids = await stage.addWriters(12);
});
afterAll(() => stage.close());

async function count(of: string): Promise<number> {
  const [row] = await stage.sql.unsafe(`select count(*)::int4 as count from messaging.${of}`);
  return Number(row?.count);
}

test(
  "every commenter of a post gets one private reply through the wizard",
  { timeout: 120_000 },
  async () => {
    const [ann = "", ben = "", cid = ""] = psids;
    const comment = (psid: string, postId?: string) =>
      stage.control<{ postId: string }>("POST", `persons/${psid}/comment`, {
        text: "How much?",
        ...(postId === undefined ? {} : { postId }),
      });
    const { postId } = await comment(ann);
    await comment(ann, postId);
    await comment(ben, postId);
    await comment(cid, "another_post");
    await stage.control("POST", `persons/${cid}/comment`, { text: "And me?", postId, isAnonymous: true });
    await waitFor(async () => (await count("comments")) === 5);
    const { page, troubles } = await stage.visit("campaigns/new");
    await page.getByLabel("Name", { exact: true }).fill("Answers to comments");
    await page.getByRole("radio", { name: /Private reply.*3 contacts can be reached now/ }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await choose(page.getByLabel("Page with the comments"), 1);
    await page.getByLabel("Only this post").fill(postId);
    await page.getByRole("region", { name: "Reach" }).getByText("2", { exact: true }).first().waitFor();
    await page
      .getByText(/^1 comment has no author.*pages_read_user_content and pages_manage_engagement/)
      .waitFor();
    await page.getByRole("switch", { name: "Also reply to comments without an author" }).click();
    await page.getByRole("region", { name: "Reach" }).getByText("3", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByLabel("Text", { exact: true }).fill("Twelve a bag");
    await page.getByRole("button", { name: "Review" }).click();

    await page.getByRole("button", { name: /^Launch for 3 contacts/ }).click();
    await page.getByRole("button", { name: "Send now" }).click();

    await page.getByText("Completed", { exact: true }).waitFor({ timeout: 30_000 });
    const replies = (await stage.sent()).filter(({ text }) => text === "Twelve a bag");
    expect(replies).toHaveLength(3);
    expect(troubles).toEqual([]);
  },
);

test(
  "a split test with a goal shows the contacts who reached it, and its winner is chosen by hand",
  { timeout: 120_000 },
  async () => {
    const id = await stage.launch({
      name: "Two ways to say it",
      variants: [
        { content: { text: "Way A" }, weight: 50 },
        { content: { text: "Way B" }, weight: 50 },
      ],
      split: { holdoutPercent: 50, winnerBy: "reached", afterMinutes: 600 },
      options: { goal: { on: "replied", withinDays: 3 }, ignoreCap: true },
    });
    const ways = async () => (await stage.sent()).filter(({ text }) => text?.startsWith("Way"));
    await waitFor(async () => (await ways()).length > 0, 15_000);
    // An answer counts from when the message is known to be sent.
    const waiting = `deliveries where campaign_id = '${id}' and state in ('queued', 'sending') and due_at < 'infinity'`;
    await waitFor(async () => (await count(waiting)) === 0);
    const [first] = await ways();
    await stage.write(String(first?.psid), "Yes");
    const { page, troubles } = await stage.visit(`campaigns/${id}`);
    const goal = page.getByRole("region", { name: "Goal" });
    await goal.getByText("Replied within 3 days").waitFor();
    await goal.getByText(/^1 of \d+ reached the goal$/).waitFor({ timeout: 20_000 });
    const variants = page.getByRole("region", { name: "Results by variant" });
    await variants.scrollIntoViewIfNeeded();
    await look(page, "campaign-goal");
    const before = await ways();

    await variants.getByRole("button", { name: "Select as winner" }).last().click();

    await variants.getByText("Winner", { exact: true }).waitFor();
    await page.getByText("Completed", { exact: true }).waitFor({ timeout: 30_000 });
    const after = await ways();
    const later = after.filter(({ psid }) => !before.some((one) => one.psid === psid));
    expect(new Set(after.map(({ psid }) => psid)).size).toBe(12);
    expect(later.length).toBeGreaterThan(0);
    expect(new Set(later.map(({ text }) => text))).toEqual(new Set(["Way B"]));
    expect(troubles).toEqual([]);
  },
);

test("a resend reaches the contacts whom a campaign missed", { timeout: 120_000 }, async () => {
  const [, , , gone = ""] = psids;
  const block = (hasBlocked: boolean) => stage.control("PATCH", `persons/${gone}`, { hasBlocked });
  await block(true);
  const id = await stage.launch({
    name: "Last call",
    content: { text: "Last call" },
    options: { ignoreCap: true },
  });
  const { page, troubles } = await stage.visit(`campaigns/${id}`);
  await page.getByText("Completed", { exact: true }).waitFor({ timeout: 30_000 });
  const again = page.getByRole("button", { name: "Resend to 1 missed recipient" });
  await again.waitFor();
  await block(false);
  const inbound = "messages where direction = 'in'";
  const heard = await count(inbound);
  await stage.write(gone, "I am back");
  await waitFor(async () => (await count(inbound)) > heard);

  await again.click();

  await page.getByRole("img", { name: "Sent 12" }).waitFor({ timeout: 30_000 });
  await again.waitFor({ state: "detached" });
  await page
    .getByRole("region", { name: "History" })
    .getByText("Owner resent the campaign to missed recipients")
    .waitFor();
  const calls = (await stage.sent()).filter(({ text }) => text === "Last call");
  expect(calls.map(({ psid }) => psid).toSorted()).toEqual(psids.toSorted());
  expect(troubles).toEqual([]);
});

test("every decision of the sends is downloaded from the compliance page", { timeout: 120_000 }, async () => {
  const { page, troubles } = await stage.visit("campaigns/compliance");
  const link = page.getByRole("link", { name: "Export all decisions (CSV)" });
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
