import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible } from "../support/browser.ts";
import { anna, type BrowserStage, minh, openBrowserStage } from "../support/browser_stage.ts";
import { waitFor } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

const atMeta = (psid: string) => stage.control<Record<string, unknown>>("GET", `persons/${psid}`);

test(
  "a person is blocked on Facebook at the second try, and unblocked on both",
  { timeout: 60_000 },
  async () => {
    await stage.write(anna, "You are thieves");
    const { page, troubles } = await stage.visit("inbox");
    await page.getByText("You are thieves").click();
    const more = async (item: string) => {
      await page.getByRole("button", { name: "More actions for Anna Keller" }).click();
      await page.getByRole("menuitem", { name: item }).click();
    };

    await stage.control("PATCH", "switches", { refuseModeration: true });
    await more("Block…");
    await page.getByLabel("Also block on Facebook").check();
    await expectAccessible(page, "the question whether to block");
    await page.getByRole("alertdialog").getByRole("button", { name: "Block" }).click();
    await page.getByText("Not blocked on Facebook", { exact: true }).waitFor();
    await page.getByText("Blocked here", { exact: true }).waitFor();
    await expectAccessible(page, "a block that Facebook refused");
    await stage.control("PATCH", "switches", { refuseModeration: false });
    await page.getByRole("button", { name: "Try again" }).click();

    await page.getByText("Blocked here and on Facebook", { exact: true }).waitFor();
    expect(await atMeta(anna)).toMatchObject({ isBlockedByPage: true });
    await more("Unblock");
    await page.getByText("Anna Keller is unblocked").first().waitFor();
    expect(await atMeta(anna)).toMatchObject({ isBlockedByPage: false });
    expect(troubles).toEqual([]);
  },
);

test(
  "a conversation goes to spam, stays there read when more comes, and comes back",
  { timeout: 60_000 },
  async () => {
    await stage.write(minh, "Cheap followers");
    const { page, troubles } = await stage.visit("inbox");
    const row = page.getByRole("list", { name: "Conversations" }).getByRole("link", { name: /Minh Tran/ });
    await row.click();
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Move to spam" }).click();

    await page.getByText("Moved to spam").waitFor();
    await row.waitFor({ state: "detached" });
    await waitFor(async () => (await atMeta(minh)).isInSpam === true, 20_000, "Meta to hear of it");
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.getByRole("menuitemradio", { name: "Spam" }).click();
    await row.click();
    await stage.write(minh, "Very cheap followers");
    await row.getByText("Very cheap followers").waitFor();
    const thread = page.getByRole("log", { name: "Messages" });
    await thread.getByText("The conversation is in spam on Facebook too").waitFor();
    const { conversation } = await stage.api.get<{ conversation: Record<string, unknown> }>(
      new URL(page.url()).pathname.replace(/.*\/inbox/, "/conversations"),
    );
    await expectAccessible(page, "a conversation in spam");
    await page.getByRole("button", { name: "Not spam" }).click();

    expect(conversation).toMatchObject({ status: "spam", unreadCount: 0 });
    await page.getByText("It stays in spam on Facebook").waitFor();
    await row.waitFor({ state: "detached" });
    await thread.getByText("moved the conversation out of spam").waitFor();
    expect(troubles).toEqual([]);
  },
);
