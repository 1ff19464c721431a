import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { choose } from "../support/controls.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test(
  "a sequence is created for a keyword; a contact who writes it gets the message and is enrolled",
  { timeout: 90_000 },
  async () => {
    const { page, troubles } = await stage.visit("sequences");
    await page.getByRole("link", { name: "Create first sequence" }).click();

    await page.getByLabel("Name", { exact: true }).fill("Bean guide");
    await page.getByLabel("Keywords").fill("beans");
    await page.getByLabel("Text", { exact: true }).fill("Hi {{first_name|there}}, here is our bean guide.");
    await page.getByRole("button", { name: "Add step" }).click();
    await page.getByLabel("Wait before step 2", { exact: true }).fill("2");
    await choose(page.getByLabel("Wait before step 2, unit"), "days");
    await page.getByText(/By then the messaging window is closed/).waitFor();
    await choose(page.getByLabel("Send to"), "Contacts who did not reply to it");
    await page.getByLabel("Text", { exact: true }).fill("Did you find what you like?");
    await page.getByText("After 2 days · If they did not reply").waitFor();
    await expectAccessible(page, "sequence builder");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText("Running").waitFor();

    const phone = await stage.openPhones();
    await phone.device.getByRole("textbox").first().fill("Beans!");
    await phone.page.keyboard.press("Enter");
    await phone.device.getByText("Hi Anna, here is our bean guide.").first().waitFor({ timeout: 30_000 });
    await page
      .getByRole("navigation", { name: "Sequence views" })
      .getByRole("link", { name: "Contacts" })
      .click();
    await page.getByText("Anna Keller").waitFor();
    await page.getByText(/Step 2 in/).waitFor();
    await expectAccessible(page, "people of a sequence");
    await page.getByRole("button", { name: "Remove Anna Keller" }).click();
    await page.getByText("No contacts here").waitFor();
    await page.getByRole("radio", { name: "Removed" }).click();
    await page.getByText(/^Removed: by hand/).waitFor();

    // A copy, for a contact with a closed window.
    await page.getByRole("link", { name: "Steps", exact: true }).click();
    await page.getByRole("button", { name: "Duplicate" }).click();
    await page.getByText("Bean guide (copy)").first().waitFor();
    await choose(page.getByRole("combobox", { name: "Trigger" }), "Manual only");
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByText("Running").waitFor();
    await stage.sql`update messaging.contacts set last_inbound_at = now() - interval '2 days'`;
    await page
      .getByRole("navigation", { name: "Sequence views" })
      .getByRole("link", { name: "Contacts" })
      .click();
    await page.getByRole("button", { name: "Add people" }).click();
    await page.getByLabel("Contact to add").fill("Anna");
    await page.getByRole("option", { name: /Anna Keller/ }).click();
    await page.getByText(/Step 2 in/).waitFor();
    await page.getByRole("link", { name: "Steps", exact: true }).click();
    // The overview counts from the database, and leads to the step.
    const timeline = page.getByRole("region", { name: "Timeline" });
    await timeline.getByText("Started 1 time").waitFor();
    const steps = timeline.getByRole("listitem");
    await expect.poll(() => steps.nth(1).innerText()).toMatch(/Entered\s+1[\s\S]*Sent\s+0/);
    await expect.poll(() => steps.nth(2).innerText()).toMatch(/After 2 days[\s\S]*If they did not reply/);
    await expect.poll(() => steps.nth(2).innerText()).toMatch(/Entered\s+1\s+Waiting\s+1/);
    await timeline.getByRole("button", { name: /^Open step 2/ }).click();
    await page.getByLabel("Wait before step 2", { exact: true }).waitFor();
    await timeline.getByRole("button", { name: /^Open step 1/ }).click();
    const why = page.getByRole("list", { name: "Reasons why step 1 did not send" });
    await why.getByRole("button", { name: /window is closed/i }).click();
    await page
      .getByRole("dialog")
      .getByRole("link", { name: /Anna Keller/ })
      .waitFor();
    await expectAccessible(page, "people of a step");

    expect(troubles).toEqual([]);
  },
);
