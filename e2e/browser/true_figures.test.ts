import { afterAll, beforeAll, expect, test } from "vitest";
import { anna, type BrowserStage, minh, openBrowserStage, zoe } from "../support/browser_stage.ts";
import { addMember, waitFor } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

interface Seen {
  delivered: boolean;
  deliveredAt: string | null;
  replied: boolean;
}

async function recipientOf(campaignId: string): Promise<Seen | undefined> {
  return (await stage.api.get<{ items: Seen[] }>(`/campaigns/${campaignId}/recipients`)).items[0];
}

/** A campaign to the only person in the window, once it was delivered. */
async function deliver(text: string): Promise<string> {
  const id = await stage.launch({
    name: text,
    variants: [{ content: { text }, weight: 100 }],
    options: { ignoreCap: true },
  });
  await waitFor(async () => (await recipientOf(id))?.delivered === true, 20_000, `"${text}" to be delivered`);
  return id;
}

test(
  "two campaigns to one person: each keeps its own time, one answer counts once, and the thread's tick agrees",
  { timeout: 90_000 },
  async () => {
    await stage.write(anna, "Hi");
    await waitFor(async () => (await stage.sql`select from messaging.messages`).length > 0);
    const first = await deliver("First news");
    const firstAt = (await recipientOf(first))?.deliveredAt;
    expect(firstAt).not.toBeNull();
    const second = await deliver("Second news");
    expect((await recipientOf(first))?.deliveredAt).toBe(firstAt);
    const secondAt = (await recipientOf(second))?.deliveredAt;
    expect(String(secondAt) > String(firstAt)).toBe(true);

    await stage.write(anna, "Yes please");
    const counted = async () =>
      (
        await stage.sql`select name, (counts ->> 'replied')::int4 as replied from messaging.campaigns order by id`
      ).map(({ name, replied }) => [name, replied ?? 0]);
    await expect.poll(counted, { timeout: 30_000 }).toEqual([
      ["First news", 0],
      ["Second news", 1],
    ]);
    expect((await recipientOf(first))?.replied).toBe(false);

    const { page, troubles } = await stage.visit("analytics");
    await page.getByText(/50\s?% replied/).waitFor();
    await page.goto(`campaigns/${second}`);
    await page
      .getByRole("list", { name: "Recipients" })
      .getByText(/ · Replied$/)
      .waitFor();
    await page.goto("inbox");
    await page.getByRole("list", { name: "Conversations" }).getByText("Yes please").click();
    const conversation = page.getByRole("log", { name: "Messages" });
    await conversation.getByText("Second news", { exact: true }).waitFor();
    await expect.poll(() => conversation.getByText(/^Delivered$|^Read$/).count()).toBe(2);
    expect(troubles).toEqual([]);
  },
);

test("a colleague sees a failed reply in the list, and sends it again", { timeout: 60_000 }, async () => {
  await stage.write(zoe, "Is it open?");
  const aylin = addMember(stage.product, { name: "Aylin Agent", role: "operator" });
  const mine = await stage.visit("inbox");
  const hers = await stage.visit("inbox", { as: aylin });
  const listOf = ({ page }: typeof hers) => page.getByRole("list", { name: "Conversations" });
  await listOf(hers).getByText("Is it open?").waitFor();
  await listOf(mine).getByText("Is it open?").click();
  await stage.control("POST", "faults", { kind: "error", code: 100, psid: zoe });

  await mine.page.getByRole("textbox", { name: "Reply" }).fill("Until six");
  await mine.page.keyboard.press("Enter");
  const failed = listOf(hers).getByText(/Not sent\s+Until six/);
  await failed.waitFor({ timeout: 10_000 });

  await failed.click();
  const conversation = hers.page.getByRole("log", { name: "Messages" });
  await conversation.getByText("Meta does not accept this message").waitFor();
  await stage.control("DELETE", "faults");
  await conversation.getByRole("button", { name: "Try again" }).click();
  await listOf(mine).getByText("You: Until six").waitFor({ timeout: 10_000 });
  await expect.poll(() => failed.count()).toBe(0);
  await waitFor(async () => (await stage.sent(zoe)).length === 1, 5_000, "the message at Meta");
  expect(mine.troubles).toEqual([]);
  expect(hers.troubles).toEqual([]);
});

test("a screen reader hears the name of somebody new, not a number", { timeout: 60_000 }, async () => {
  await stage.write(zoe, "Somebody is known already");
  const { page, troubles } = await stage.visit("inbox");
  await page.getByRole("list", { name: "Conversations" }).getByText("Somebody is known already").waitFor();
  const said: string[] = [];
  await page.exposeFunction("tellTest", (words: string) => said.push(words));
  await page.evaluate(`new MutationObserver(() => {
    for (const region of document.querySelectorAll("[aria-live=polite]"))
      if (region.textContent.startsWith("New message from")) tellTest(region.textContent);
  }).observe(document.body, { subtree: true, childList: true, characterData: true })`);
  await stage.write(minh, "I am new here");
  await expect.poll(() => said.length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(new Set(said)).toEqual(new Set(["New message from Minh Tran"]));
  expect(troubles).toEqual([]);
});
