import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test(
  "a page's card shows its pace, explains the risk of a higher one, and changes it",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit("pages");
    const card = page.getByRole("article", { name: "Luna Coffee Roasters" });
    await card.getByText("Up to 30 messages per second").waitFor();
    await card.getByRole("button", { name: "Change speed" }).click();
    const dialog = page.getByRole("dialog");
    const field = dialog.getByLabel("Messages per second");
    await dialog.getByText(/Meta allows 300 per second/).waitFor();
    expect(await field.inputValue()).toBe("30");
    expect(await dialog.getByText(/new messages may not appear/).count()).toBe(0);

    await field.fill("400");
    await field.blur();
    expect(await field.inputValue()).toBe("30");
    await field.fill("120");
    await dialog.getByText(/new messages may not appear/).waitFor();
    await dialog.getByRole("button", { name: "Save speed" }).click();

    await card.getByText("Up to 120 messages per second").waitFor();
    await expect.poll(() => dialog.count()).toBe(0);
    expect(troubles).toEqual([]);
  },
);
