import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test(
  "a sequence is made for a keyword; who writes the word on the phone gets the message and is among its people",
  { timeout: 90_000 },
  async () => {
    const { page, troubles } = await stage.visit("sequences");
    await page.getByRole("link", { name: "Make the first one" }).click();

    await page.getByLabel("Name", { exact: true }).fill("Bean guide");
    await page.getByLabel("Words").fill("beans");
    await page.getByLabel("Text", { exact: true }).fill("Hi {{first_name|there}}, here is our bean guide.");
    await page.getByRole("button", { name: "Add a step" }).click();
    await page.getByLabel("Wait before step 2", { exact: true }).fill("2");
    await page.getByLabel("Wait before step 2, unit").selectOption("days");
    await page.getByText(/By then the window is closed for whoever did not write again/).waitFor();
    await page.getByLabel("Sent").selectOption({ label: "Who did not answer it" });
    await page.getByLabel("Text", { exact: true }).fill("Did you find what you like?");
    await page.getByText("after 2 days, if they did not answer").waitFor();
    await expectAccessible(page, "sequence builder");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText("Running").waitFor();

    const phone = await stage.openPhones();
    await phone.device.getByRole("textbox").first().fill("Beans!");
    await phone.page.keyboard.press("Enter");
    await phone.device.getByText("Hi Anna, here is our bean guide.").first().waitFor({ timeout: 30_000 });
    await page.getByRole("link", { name: "People" }).click();
    await page.getByText("Anna Keller").waitFor();
    await page.getByText(/Step 2 in/).waitFor();
    await expectAccessible(page, "people of a sequence");
    await page.getByRole("button", { name: "Take Anna Keller out" }).click();
    await page.getByText("Nobody here").waitFor();
    await page.getByRole("radio", { name: "Taken out" }).click();
    await page.getByText("Taken out: by hand").waitFor();

    // A copy, for somebody whose window is closed.
    await page.getByRole("link", { name: "Steps", exact: true }).click();
    await page.getByRole("button", { name: "Duplicate" }).click();
    await page.getByText("Bean guide (copy)").first().waitFor();
    await page.getByRole("combobox", { name: "What begins it" }).selectOption("Only by hand");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText("Running").waitFor();
    await stage.sql`update messaging.contacts set last_inbound_at = now() - interval '2 days'`;
    await page.getByRole("link", { name: "People" }).click();
    await page.getByRole("button", { name: "Put people in" }).click();
    await page.getByLabel("Person to put in").fill("Anna");
    await page.getByRole("option", { name: /Anna Keller/ }).click();
    await page.getByText(/Step 2 in/).waitFor();
    await page.getByRole("link", { name: "Steps", exact: true }).click();
    const why = page.getByRole("list", { name: "Not sent by step 1, and why" });
    await why.getByRole("button", { name: /window is closed/i }).click();
    await page
      .getByRole("dialog")
      .getByRole("link", { name: /Anna Keller/ })
      .waitFor();
    await expectAccessible(page, "people of a step");

    expect(troubles).toEqual([]);
  },
);
