import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible } from "../support/browser.ts";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { waitFor } from "../support/product.ts";

const patience = { timeout: 10_000 };

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
  await stage.write(anna, "When are you open?");
  await waitFor(async () => {
    const { items } = await stage.api.get<{ items: { name: string }[] }>("/contacts");
    return items[0]?.name === "Anna Keller";
  });
});
afterAll(() => stage.close());

test(
  "a template is written with a preview as a named person, and is a canned reply in the inbox",
  {
    timeout: 60_000,
  },
  async () => {
    const { page, troubles } = await stage.visit("templates");
    await page.getByRole("link", { name: "Create first template" }).click();

    await page.getByLabel("Name", { exact: true }).fill("hours");
    await page.getByLabel("Text", { exact: true }).fill("Dear , we are open from 8 to 18.");
    await page.getByLabel("Text", { exact: true }).press("Home");
    for (const _ of "Dear ") await page.keyboard.press("ArrowRight");
    await page.getByRole("button", { name: "Insert variable" }).click();
    await page.getByLabel("Fallback").fill("friend");
    await page.getByRole("button", { name: "Insert", exact: true }).click();
    await page.getByRole("button", { name: "Add quick reply" }).click();
    await page.getByLabel("Quick reply 1", { exact: true }).fill("Thanks");
    const phone = page.getByRole("region", { name: "Phone preview" });
    await phone.getByText("Dear Anna, we are open from 8 to 18.").waitFor();
    await phone.getByText("Thanks").waitFor();
    await expectAccessible(page, "template editor");
    await page.getByRole("button", { name: "Remove quick reply 1" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: /hours/ }).waitFor();

    await page.goto("inbox");
    await page.getByText("When are you open?").click();
    const reply = page.getByRole("textbox", { name: "Reply" });
    await reply.focus();
    await page.keyboard.type("/");
    await page.getByRole("option", { name: /hours/ }).waitFor();
    await page.keyboard.type("hou");
    await page.keyboard.press("Enter");
    await expect.poll(() => reply.inputValue(), patience).toBe("Dear Anna, we are open from 8 to 18.");

    expect(troubles).toEqual([]);
  },
);

test("a template with buttons is sent as it is, and arrives with them", { timeout: 60_000 }, async () => {
  await stage.api.post("/templates", {
    name: "shipping",
    content: {
      text: "It is on its way, {{first_name|friend}}.",
      buttons: [{ type: "url", title: "Track it", url: "https://example.com/track" }],
    },
  });
  const { page, troubles } = await stage.visit("inbox");
  await page.getByText("When are you open?").click();

  await page.getByRole("textbox", { name: "Reply" }).focus();
  await page.keyboard.type("/");
  await page.getByRole("option", { name: /shipping/ }).waitFor();
  await page.keyboard.type("ship");
  await page.getByRole("option", { name: /hours/ }).waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  await page.getByText("The whole template is sent").waitFor();
  await page.keyboard.press("Enter");

  const conversation = page.getByRole("log", { name: "Messages" });
  await conversation.getByText("It is on its way, Anna.").waitFor();
  await expect.poll(async () => JSON.stringify(await stage.sent()), patience).toContain("Track it");
  expect(troubles).toEqual([]);
});

test(
  "a picture goes from the disk into the library, onto a card and into the preview",
  {
    timeout: 60_000,
  },
  async () => {
    const { page, troubles } = await stage.visit("templates/new");

    await page.getByRole("radio", { name: "Cards" }).click();
    await page.getByLabel("Card 1: title").fill("Ethiopia Guji");
    await page.getByRole("button", { name: "Card 1: select image" }).click();
    await page
      .getByLabel("File to upload")
      .setInputFiles({ name: "beans.png", mimeType: "image/png", buffer: onePixel });
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^beans.png/ })
      .click();

    const card = page.getByRole("region", { name: "Phone preview" }).getByRole("list", { name: "Cards" });
    await card.getByText("Ethiopia Guji").waitFor();
    await expect
      .poll(() => card.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth), patience)
      .toBe(1);
    expect(troubles).toEqual([]);
  },
);

const onePixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
