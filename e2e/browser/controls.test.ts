import { afterAll, beforeAll, expect, test } from "vitest";
import { lookOnce } from "../support/browser.ts";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { choose, chosen } from "../support/controls.ts";
import { waitFor } from "../support/product.ts";

let stage: BrowserStage;
let contactId = "";
beforeAll(async () => {
  stage = await openBrowserStage();
  await stage.write(anna, "Hello");
  await stage.api.post("/custom-fields", { key: "birthday", label: "Birthday", type: "date" });
  const options = ["Espresso", "Filter", "Milk"];
  await stage.api.post("/custom-fields", { key: "likes", label: "Likes", type: "dropdown", options });
  await waitFor(async () => {
    const { items } = await stage.api.get<{ items: { id: string }[] }>(`/contacts?search=${anna}`);
    contactId = items[0]?.id ?? "";
    return contactId !== "";
  });
});
afterAll(() => stage.close());

async function field(key: string): Promise<unknown> {
  const { contact } = await stage.api.get<{ contact: { fields: Record<string, unknown> } }>(
    `/contacts/${contactId}`,
  );
  return contact.fields[key];
}

test(
  "a date is typed as people write it, or chosen in a calendar by the keyboard alone; a list by its first letters",
  { timeout: 90_000 },
  async () => {
    const { page, troubles } = await stage.visit(`contacts/${contactId}`);
    const birthday = page.getByRole("textbox", { name: "Birthday" });
    await birthday.fill("24 december");
    await birthday.press("Enter");
    await expect.poll(() => field("birthday")).toMatch(/^\d{4}-12-24$/);
    await expect.poll(() => birthday.inputValue()).toMatch(/^Dec 24, /);
    await birthday.fill("12/24/1990");
    await birthday.press("Enter");
    await expect.poll(() => birthday.inputValue()).toBe("Dec 24, 1990");
    await birthday.fill("someday");
    await birthday.press("Enter");
    await page.getByText("Enter a date such as").waitFor();
    await birthday.press("Escape");

    await birthday.press("ArrowDown");
    const calendar = page.getByRole("dialog", { name: "Birthday" });
    await calendar
      .getByRole("button", { name: "Monday, December 24, 1990" })
      .and(page.locator(":focus"))
      .waitFor();
    await lookOnce(page, "calendar");
    for (const key of ["PageDown", "Shift+PageUp", "ArrowRight", "ArrowDown", "End"])
      await page.keyboard.press(key);
    await calendar
      .getByRole("button", { name: "Saturday, February 3, 1990" })
      .and(page.locator(":focus"))
      .waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => field("birthday")).toBe("1990-02-03");
    expect(await calendar.count()).toBe(0);

    const likes = page.getByRole("combobox", { name: "Likes" });
    await likes.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("option", { name: "Filter" }).waitFor();
    await lookOnce(page, "select");
    await page.keyboard.press("m");
    await page.keyboard.press("Enter");
    await expect.poll(() => field("likes")).toBe("Milk");
    await choose(likes, "Espresso");
    await expect.poll(() => field("likes")).toBe("Espresso");
    expect(await chosen(likes)).toBe("Espresso");
    expect(troubles).toEqual([]);
  },
);

test(
  "in Arabic the calendar begins on the reader's first day and its arrows follow the reading direction",
  { timeout: 60_000 },
  async () => {
    await stage.api.raw("PATCH", `/contacts/${contactId}`, { fields: { birthday: "1990-12-24" } });
    const { page, troubles } = await stage.visit(`contacts/${contactId}`, { language: "ar", width: 390 });
    await page.getByRole("textbox", { name: "Birthday" }).press("ArrowDown");
    const calendar = page.getByRole("dialog", { name: "Birthday" });
    const focused = calendar.locator("td :focus");
    await expect.poll(() => focused.innerText()).toBe("24");
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => focused.innerText()).toBe("25");
    expect(await calendar.getByRole("columnheader").first().getAttribute("abbr")).toBe("السبت");
    await lookOnce(page, "calendar-arabic");
    expect(troubles).toEqual([]);
  },
);

test(
  "a long list is searched by typing, and a time is typed in any spelling",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit("settings/sending");
    const zone = page.getByRole("combobox", { name: "Time zone", exact: true });
    await zone.click();
    await page.keyboard.type("sao pau");
    await page.getByRole("option", { name: "America/Sao Paulo" }).waitFor();
    await lookOnce(page, "select-searched");
    await page.keyboard.press("Enter");
    await expect.poll(() => zone.inputValue()).toBe("America/Sao Paulo");
    await page.getByRole("switch", { name: "Quiet hours" }).click();
    const start = page.getByLabel("Quiet hours start");
    await start.click();
    await page.getByRole("option", { name: "9:30 PM" }).click();
    await expect.poll(() => start.inputValue()).toBe("9:30 PM");
    await start.fill("2145");
    await page.getByLabel("Quiet hours end").fill("7");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();

    const { rules } = await stage.api.get<{ rules: { timezone: string; quietHours: unknown } }>(
      "/sending-rules",
    );
    expect(rules).toMatchObject({
      timezone: "America/Sao_Paulo",
      quietHours: { from: "21:45", until: "07:00" },
    });
    expect(troubles).toEqual([]);
  },
);

test(
  "one toast is shown; earlier ones fold behind it, time stands while they are read, and a key undoes",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit(`inbox/${contactId}`);
    await page.getByRole("log", { name: "Messages" }).getByText("Hello").waitFor();
    // The region comes seconds after the first screen.
    const region = page.getByRole("region", { name: "Notices" });
    await region.waitFor({ state: "attached", timeout: 20_000 });
    const cards = region.locator("[data-toast]");
    await page.keyboard.press("i");
    await cards.getByText(/^Assigned to/).waitFor();
    await page.keyboard.press("e");

    await cards.getByText("Resolved").waitFor();
    await expect.poll(() => cards.count()).toBe(1);
    await page.keyboard.press("Alt+t");
    await region.locator(":focus").waitFor();
    await region.getByRole("button", { name: /^\d more$/ }).click();
    expect(await cards.count()).toBeGreaterThan(1);
    await lookOnce(page, "toasts");
    // More than a toast's time; read, they stay.
    await page.waitForTimeout(7_000);
    expect(await cards.count()).toBeGreaterThan(1);
    await region.getByRole("button", { name: "Show fewer" }).click();
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    await page.keyboard.press("Shift+u");
    await expect
      .poll(async () => {
        const now = await stage.api.get<{ conversation: { status: string } }>(`/conversations/${contactId}`);
        return now.conversation.status;
      })
      .toBe("open");
    expect(troubles).toEqual([]);
  },
);
