import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test(
  "who reads further down in the list keeps the rows under their eyes while others write",
  { timeout: 60_000 },
  async () => {
    await stage.addWriters(40);
    const { page, troubles } = await stage.visit("inbox");
    const list = page.getByRole("list", { name: "Conversations" });
    await list.getByRole("listitem").first().waitFor();
    await list.evaluate((element) => {
      element.scrollTop = 15 * 68;
    });
    const inSight = () =>
      list.evaluate((element) => {
        const { left, top } = element.getBoundingClientRect();
        return document
          .elementFromPoint(left + 100, top + 200)
          ?.closest("a")
          ?.getAttribute("href");
      });
    await expect.poll(() => list.evaluate((element) => element.scrollTop)).toBe(15 * 68);
    await expect.poll(inSight).toContain("/inbox/");
    const before = await inSight();

    await stage.addWriters(7);
    await page.getByRole("tab", { name: "All 47" }).waitFor();

    await expect.poll(inSight).toBe(before);
    expect(await list.evaluate((element) => element.scrollTop)).toBe(22 * 68);
    expect(troubles).toEqual([]);
  },
);
