import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test("the list keeps its visible rows while new messages arrive", { timeout: 60_000 }, async () => {
  await stage.addWriters(40);
  const { page, troubles } = await stage.visit("inbox");
  const list = page.getByRole("list", { name: "Conversations" });
  await list.getByRole("listitem").first().waitFor();
  await list.evaluate((element) => {
    element.scrollTop = 15 * 56;
  });
  const inSight = () =>
    list.evaluate((element) => {
      const { left, top } = element.getBoundingClientRect();
      return document
        .elementFromPoint(left + 100, top + 200)
        ?.closest("a")
        ?.getAttribute("href");
    });
  await expect.poll(() => list.evaluate((element) => element.scrollTop)).toBe(15 * 56);
  await expect.poll(inSight).toContain("/inbox/");
  const before = await inSight();

  await stage.addWriters(7);
  await page.getByRole("tab", { name: "All 47" }).waitFor();

  await expect.poll(inSight).toBe(before);
  expect(await list.evaluate((element) => element.scrollTop)).toBe(22 * 56);
  expect(troubles).toEqual([]);
});

test(
  "the list keeps its position far down while many messages arrive, and its rows are current",
  { timeout: 60_000 },
  async () => {
    await stage.addWriters(90);
    const { page, troubles } = await stage.visit("inbox");
    const list = page.getByRole("list", { name: "Conversations" });
    await list.getByRole("listitem").first().waitFor();
    const scrollTo = (row: number) =>
      list.evaluate((element, top) => {
        element.scrollTop = top;
      }, row * 56);
    const rowAt = (row: number) =>
      list.evaluate((element, top) => {
        const found = [...element.querySelectorAll<HTMLElement>("[data-conversation]")].find(
          (one) => Math.round(one.getBoundingClientRect().top - element.getBoundingClientRect().top) === top,
        );
        return found?.dataset["conversation"];
      }, row * 56);
    await scrollTo(46);
    await expect.poll(() => list.evaluate((element) => element.scrollHeight)).toBeGreaterThan(95 * 56);
    const aim = async () => {
      await scrollTo(90);
      return await rowAt(2);
    };
    await expect.poll(aim).toBeDefined();
    const before = (await rowAt(2)) ?? "";
    await page.locator(`[data-conversation="${before}"]`).click();
    await page.getByRole("textbox", { name: "Reply" }).waitFor();

    const { items } = await stage.api.get<{ items: { id: string }[] }>("/conversations?limit=20");
    const { user } = await stage.everywhere.get<{ user: { id: string } }>("/auth/me");
    const ids = [before, ...items.slice(1).map(({ id }) => id)];
    await stage.api.post("/conversations/changes", { ids, change: { assigneeId: user.id } });
    await page.getByRole("button", { name: /^Assigned to/ }).waitFor({ timeout: 5_000 });
    expect(await rowAt(2)).toBe(before);
    await stage.addWriters(12);
    await page.getByRole("tab", { name: "All 149" }).waitFor();

    await expect.poll(() => rowAt(2)).toBe(before);
    expect(await list.evaluate((element) => element.scrollTop)).toBe(102 * 56);
    expect(troubles).toEqual([]);
  },
);
