import { afterAll, beforeAll, expect, test } from "vitest";
import { anna, type BrowserStage, minh, openBrowserStage, zoe } from "../support/browser_stage.ts";
import { waitFor } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test(
  "a page that Meta no longer sends events of shows it on its card, and Repair brings messages back",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit("inbox");
    await stage.control("PATCH", `pages/${stage.facebookPageId}`, { subscribedFields: null });
    await stage.write(anna, "Nobody hears this");
    await page.goto("pages");
    const card = page.getByRole("article", { name: "Luna Coffee Roasters" });
    await card.getByText("Meta sends all events of this page").waitFor();
    expect(await card.getByRole("button", { name: "Repair" }).count()).toBe(0);

    await card.getByRole("button", { name: "Check now" }).click();
    await card.getByText("Messages do not arrive: repair the page").waitFor();
    const sections = page.getByRole("navigation", { name: "Sections" });
    await sections.getByRole("link", { name: "Pages 1 with problems" }).first().waitFor();
    await card.getByText(/messages, message_echoes, message_edits/).waitFor();
    await card.getByRole("button", { name: "Repair" }).click();
    await card.getByText("Meta sends all events of this page").waitFor();
    await expect.poll(() => card.getByRole("button", { name: "Repair" }).count()).toBe(0);
    await sections.getByRole("link", { name: "Pages", exact: true }).first().waitFor();
    await page.getByRole("link", { name: /^Inbox/ }).click();
    await stage.write(anna, "Is anybody there now?");

    const list = page.getByRole("list", { name: "Conversations" });
    await list.getByText("Is anybody there now?").waitFor({ timeout: 5_000 });
    expect(troubles).toEqual([]);
  },
);

test(
  "a message that Meta refused says why, and trying again brings it to the phone once",
  { timeout: 60_000 },
  async () => {
    await stage.write(anna, "Will you answer?");
    const { page, troubles } = await stage.visit("inbox");
    const phone = await stage.openPhones();
    const device = phone.device.getByRole("region", { name: "Phone of Anna Keller" });
    await device.getByText("Will you answer?").first().waitFor();
    await page.getByRole("list", { name: "Conversations" }).getByText("Will you answer?").click();
    const conversation = page.getByRole("log", { name: "Messages" });
    const words = "Of course I will";

    await page.getByRole("textbox", { name: "Reply" }).fill(words);
    await device.getByRole("img", { name: /is typing$/ }).waitFor();
    await stage.control("POST", "faults", { kind: "error", code: 100, count: 1 });
    await page.keyboard.press("Enter");
    await conversation.getByText("Meta does not accept this message").waitFor();
    await conversation.getByText(/^Change the text and send it again/).waitFor();
    await conversation.getByText("Not sent", { exact: true }).waitFor({ state: "attached" });
    expect(await device.getByText(words).count()).toBe(0);
    await conversation.getByRole("button", { name: "Try again" }).click();
    await device.getByText(words).first().waitFor({ timeout: 5_000 });
    await conversation.getByText(/^Delivered$|^Read$/).waitFor({ state: "attached" });

    expect(await conversation.getByText("Meta does not accept this message").count()).toBe(0);
    expect(await conversation.getByText(words).count()).toBe(1);
    expect((await stage.sent()).map(({ text }) => text)).toEqual([words]);
    expect(await device.getByRole("log").getByText(words, { exact: true }).count()).toBe(1);
    expect(troubles).toEqual([]);
    expect(phone.troubles).toEqual([]);
  },
);

test(
  "a message to a person who blocked the page keeps its reason, and offers Try again after their next message",
  { timeout: 60_000 },
  async () => {
    await stage.write(minh, "My order is late");
    const { page, troubles } = await stage.visit("inbox");
    await page.getByRole("list", { name: "Conversations" }).getByText("My order is late").click();
    const conversation = page.getByRole("log", { name: "Messages" });
    await conversation.getByText("My order is late").waitFor();
    await stage.control("PATCH", `persons/${minh}`, { hasBlocked: true });

    await page.getByRole("textbox", { name: "Reply" }).fill("It leaves today");
    await page.keyboard.press("Enter");
    await conversation.getByText("This person isn't available").waitFor();
    await expect.poll(() => page.getByRole("textbox", { name: "Reply" }).count()).toBe(0);
    const list = page.getByRole("list", { name: "Conversations" });
    await list.getByText("Not sent", { exact: true }).waitFor();
    await conversation.getByRole("button", { name: "Try again" }).click();
    await page.getByText(/^Cannot send this reply:/).waitFor();
    await page.reload();
    await list.getByText("Not sent", { exact: true }).waitFor();
    await stage.control("PATCH", `persons/${minh}`, { hasBlocked: false });
    await stage.write(minh, "Hello again");
    await conversation.getByText("Hello again").waitFor();
    await conversation.getByRole("button", { name: "Try again" }).click({ timeout: 5_000 });

    await waitFor(async () => (await stage.sent(minh)).length === 1, 5_000, "the message at Meta");
    await expect.poll(() => conversation.getByText("This person isn't available").count()).toBe(0);
    // The refused Try again.
    expect(troubles).toEqual([
      "console: Failed to load resource: the server responded with a status of 409 (Conflict)",
    ]);
  },
);

test(
  "STOP and START are lines in the thread and in the person's history, as they happen",
  { timeout: 60_000 },
  async () => {
    await stage.write(anna, "One more question");
    const { page, troubles } = await stage.visit("inbox");
    await page.getByRole("list", { name: "Conversations" }).getByText("One more question").click();
    const conversation = page.getByRole("log", { name: "Messages" });
    const details = page.getByRole("complementary", { name: "Details" });
    await details.getByText("Subscribed", { exact: true }).waitFor();

    await stage.write(anna, "Stop!");
    await conversation.getByText("Anna Keller unsubscribed by “Stop!”").waitFor({ timeout: 5_000 });
    await details.getByText("Unsubscribed", { exact: true }).waitFor({ timeout: 5_000 });
    await stage.write(anna, "START");
    await conversation.getByText("Anna Keller subscribed by “START”").waitFor({ timeout: 5_000 });
    await details.getByText("Subscribed", { exact: true }).waitFor({ timeout: 5_000 });
    await details.getByRole("link", { name: "Anna Keller" }).click();

    const lines = page.getByRole("listitem").filter({ hasText: "subscribed by" });
    await expect.poll(() => lines.count()).toBe(2);
    expect(troubles).toEqual([]);
  },
);

test(
  "a reply that found no server is there again after a reload, and goes out once; one whose answer was lost is not asked for twice",
  { timeout: 90_000 },
  async () => {
    await stage.write(zoe, "Are you open on Sunday?");
    const { page } = await stage.visit("inbox");
    await page.getByRole("list", { name: "Conversations" }).getByText("Are you open on Sunday?").click();
    const conversation = page.getByRole("log", { name: "Messages" });
    await conversation.getByText("Are you open on Sunday?").waitFor();
    const reply = async (words: string) => {
      await page.getByRole("textbox", { name: "Reply" }).fill(words);
      await page.keyboard.press("Enter");
    };
    const texts = async () => (await stage.sent(zoe)).map(({ text }) => text);

    await stage.product.kill();
    await reply("From ten to six");
    await conversation.getByRole("alert").waitFor();
    await stage.product.start();
    await page.reload();
    await conversation.getByRole("alert").getByRole("button", { name: "Try again" }).click();
    await expect.poll(texts, { timeout: 10_000 }).toEqual(["From ten to six"]);
    // A reload before the server's answer would keep the reply for another try.
    await expect.poll(() => conversation.getByRole("alert").count()).toBe(0);
    await page.reload();
    await conversation.getByText("From ten to six").waitFor();
    expect(await conversation.getByRole("alert").count()).toBe(0);

    await page.route("**/messages", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await reply("And on Monday");
    await expect.poll(texts, { timeout: 10_000 }).toEqual(["From ten to six", "And on Monday"]);
    await expect.poll(() => conversation.getByRole("alert").count()).toBe(0);
    await page.reload();
    await conversation.getByText("And on Monday").waitFor();

    expect(await conversation.getByText("And on Monday").count()).toBe(1);
    expect(await conversation.getByRole("alert").count()).toBe(0);
    expect(await texts()).toEqual(["From ten to six", "And on Monday"]);
  },
);
