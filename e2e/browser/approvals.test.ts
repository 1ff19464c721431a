import { afterAll, beforeAll, expect, test } from "vitest";
import { look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { choose } from "../support/controls.ts";
import { addMember, type Login } from "../support/product.ts";

let stage: BrowserStage;
let operator: Login;
beforeAll(async () => {
  stage = await openBrowserStage();
  operator = addMember(stage.product, { name: "Ben Operator", role: "operator" });
  await stage.addWriters(3);
});
afterAll(() => stage.close());

test(
  "an operator requests approval, gets the draft back with a note, requests it again, and launches the approved campaign",
  { timeout: 180_000 },
  async () => {
    const { page: ben, troubles } = await stage.visit("campaigns/new", { as: operator });
    const { page: boss, troubles: hers } = await stage.visit("inbox");
    await ben.getByLabel("Name", { exact: true }).fill("Winter beans");
    await ben.getByRole("button", { name: "Content" }).click();
    await ben.getByLabel("Text", { exact: true }).fill("The winter beans are here");
    await ben.getByText("Saved", { exact: true }).waitFor();
    await ben.getByRole("button", { name: "Review" }).click();
    await ben.getByText(/Send a message to 3 contacts/).waitFor();
    expect(await ben.getByRole("button", { name: /^Launch/ }).count()).toBe(0);
    await look(ben, "approval-ask");

    await ben.getByRole("button", { name: "Ask for approval" }).click();
    await ben.getByText("You asked for approval").waitFor();
    // Told on the spot, wherever she is.
    await boss.getByText("Ben Operator requests your approval of “Winter beans”").waitFor();
    await boss.getByRole("link", { name: /Notifications.*1 unread/ }).click();
    await boss.getByRole("list", { name: "Notifications" }).getByRole("listitem").waitFor();
    await look(boss, "notifications");
    await boss.goto("campaigns");
    await boss.getByText("Needs approval", { exact: true }).last().waitFor();
    await choose(boss.getByLabel("Status", { exact: true }), "Needs approval");
    await look(boss, "approval-list");
    await boss.getByRole("link", { name: /Winter beans/ }).click();
    await boss.getByText("Ben Operator asks for approval").waitFor();
    await look(boss, "approval-asked");
    await boss.getByRole("button", { name: "Request changes…" }).click();
    await boss.getByLabel("Required changes").fill("Say what they cost");
    await look(boss, "approval-send-back");
    await boss.getByRole("dialog").getByRole("button", { name: "Request changes" }).click();

    const approval = ben.getByRole("region", { name: "Approval" });
    await approval.getByText("Say what they cost").waitFor();
    await ben.getByRole("button", { name: "Content" }).click();
    await ben.getByLabel("Text", { exact: true }).fill("The winter beans are here, for 12 a bag");
    await ben.getByText("Saved", { exact: true }).waitFor();
    await ben.getByRole("button", { name: "Review" }).click();
    await ben.getByRole("button", { name: "Ask again" }).click();
    await boss.getByText("Ben Operator asks for approval").waitFor();
    await boss.getByRole("button", { name: "Content" }).click();
    await expect
      .poll(() => boss.getByLabel("Text", { exact: true }).inputValue())
      .toBe("The winter beans are here, for 12 a bag");
    await boss.getByRole("button", { name: "Approve" }).click();
    await approval.getByText(/approved the campaign/).waitFor();
    await look(ben, "approval-given");
    await ben.getByRole("button", { name: /^Launch for 3 contacts/ }).click();
    await ben.getByRole("button", { name: "Send now" }).click();

    await ben.getByText("Completed", { exact: true }).waitFor({ timeout: 30_000 });
    const history = ben.getByRole("region", { name: "History" });
    await history.getByText("Campaign completed").waitFor();
    const lines = await history.getByRole("listitem").allTextContents();
    expect(lines.map((line) => line.replaceAll(/\s+/g, " ").trim())).toEqual([
      expect.stringContaining("Campaign completed"),
      expect.stringContaining("Ben Operator launched the campaign"),
      expect.stringContaining("approved the campaign"),
      expect.stringContaining("Ben Operator asked for approval"),
      expect.stringContaining("requested changes Say what they cost"),
      expect.stringContaining("Ben Operator asked for approval"),
    ]);
    await history.scrollIntoViewIfNeeded();
    await look(ben, "campaign-history");
    expect((await stage.sent()).map(({ text }) => text)).toEqual(
      Array(3).fill("The winter beans are here, for 12 a bag"),
    );
    await ben.getByRole("link", { name: /Notifications/ }).click();
    await ben.getByText("“Winter beans” is completed").first().waitFor();
    await ben.getByRole("button", { name: "Mark all as read" }).click();
    await ben.getByRole("button", { name: "Mark all as read" }).waitFor({ state: "detached" });
    await ben.reload();
    await ben.getByText("“Winter beans” is completed").waitFor();
    expect(await ben.getByText("Unread", { exact: true }).count()).toBe(0);
    const { unread } = await stage.api.get<{ unread: number }>("/notifications/unread");
    expect(unread).toBeGreaterThan(0);
    expect([...troubles, ...hers]).toEqual([]);
  },
);

test(
  "where the workspace asks for no approval an operator launches at once, and a reminder comes before the start",
  { timeout: 120_000 },
  async () => {
    const { page: boss, troubles: hers } = await stage.visit("settings/sending");
    await boss.getByRole("switch", { name: /need a manager's approval/ }).click();
    await look(boss, "settings-approval");
    await boss.getByRole("button", { name: "Save" }).click();
    await boss.getByText("Saved", { exact: true }).waitFor();
    const { page: ben, troubles } = await stage.visit("campaigns/new", {
      as: operator,
      timezoneId: "Europe/Berlin",
    });
    await ben.getByLabel("Name", { exact: true }).fill("Christmas hours");
    await ben.getByRole("button", { name: "Content" }).click();
    await ben.getByLabel("Text", { exact: true }).fill("We are open");
    await ben.getByRole("button", { name: "Schedule" }).click();
    await ben.getByText("At a set time", { exact: true }).click();
    const at = new Date(Date.now() + 2 * 3_600_000);
    const [day = "", time = ""] = at.toLocaleString("sv", { timeZone: "Europe/Berlin" }).split(" ");
    await ben.getByLabel("Date", { exact: true }).fill(day);
    await ben.getByLabel("Time", { exact: true }).first().fill(time.slice(0, 5));
    await choose(ben.getByLabel("Reminder before the start"), "4 hours before");
    await look(ben, "wizard-reminder");
    await ben.getByText("Saved", { exact: true }).waitFor();
    await ben.getByRole("button", { name: "Review" }).click();
    await ben.getByRole("button", { name: /^Schedule/ }).click();
    await ben.getByRole("alertdialog").getByRole("button", { name: "Schedule" }).click();

    await boss.getByText(/“Christmas hours” starts/).waitFor({ timeout: 15_000 });
    await boss.getByRole("button", { name: "Open" }).click();
    await boss.getByRole("heading", { name: "Christmas hours" }).waitFor();
    expect([...troubles, ...hers]).toEqual([]);
  },
);
