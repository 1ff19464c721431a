import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible } from "../support/browser.ts";
import { anna, type BrowserStage, minh, openBrowserStage } from "../support/browser_stage.ts";
import { addMember, waitFor } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
  await stage.write(anna, "Good morning");
  await stage.write(minh, "Good evening");
  await waitFor(async () => (await stage.sql`select from messaging.conversations`).length === 2);
});
afterAll(() => stage.close());

interface Told {
  title: string;
  body: string;
}

/** Records the browser's notices and sounds; both still happen. */
async function listen(context: BrowserContext): Promise<{ shown: Told[]; sounds: () => number }> {
  const shown: Told[] = [];
  let sounds = 0;
  await context.exposeFunction("wasShown", (told: Told) => shown.push(told));
  await context.exposeFunction("wasPlayed", () => (sounds += 1));
  await context.addInitScript(() => {
    const told = globalThis as unknown as { wasShown(told: object): void; wasPlayed(): void };
    const Plain = window.Notification;
    window.Notification = class extends Plain {
      // Chromium without a window grants the permission and then calls it denied.
      static override get permission(): NotificationPermission {
        return "granted";
      }

      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        told.wasShown({ title, body: options?.body });
      }
    };
    const { resume } = AudioContext.prototype;
    AudioContext.prototype.resume = function () {
      told.wasPlayed();
      return resume.call(this);
    };
  });
  return { shown, sounds: () => sounds };
}

async function assignToOwner(psid: string): Promise<string> {
  const [found] = await stage.sql<{ id: string }[]>`select id from messaging.contacts where psid = ${psid}`;
  const { user } = await stage.everywhere.get<{ user: { id: string } }>("/auth/me");
  await stage.api.post("/conversations/changes", { ids: [found?.id], change: { assigneeId: user.id } });
  return found?.id ?? "";
}

const list = (page: Page) => page.getByRole("list", { name: "Conversations" });

test(
  "messages and mentions for me notify once over all tabs, and never if a screen shows them",
  { timeout: 120_000 },
  async () => {
    const annaId = await assignToOwner(anna);
    const aylin = addMember(stage.product, { name: "Aylin Agent", role: "operator" });
    const { context, page, troubles } = await stage.visit("account");
    await context.grantPermissions(["notifications"], { origin: stage.product.url });
    const { shown, sounds } = await listen(context);
    await page.reload();

    // Nothing before it is turned on.
    const desktop = page.getByRole("switch", { name: "Desktop notifications" });
    expect(await desktop.isChecked()).toBe(false);
    await expectAccessible(page, "notification switches");
    await desktop.click();
    await expect.poll(() => desktop.isChecked()).toBe(true);
    await page.getByRole("switch", { name: "Notification sound" }).click();
    await expect.poll(sounds).toBe(1);
    const tabs = [page, await context.newPage(), await context.newPage()];
    for (const tab of tabs) {
      await tab.goto("inbox");
      await list(tab).getByText("Good morning").waitFor();
      // The browser plays no sound in a tab without any input.
      await tab.mouse.click(1_200, 700);
    }

    await stage.write(anna, "Is it ready?");
    await stage.write(minh, "To nobody");
    for (const tab of tabs) await list(tab).getByText("To nobody").waitFor();
    await expect
      .poll(() => shown, { timeout: 10_000 })
      .toEqual([{ title: "Anna Keller", body: "Is it ready?" }]);
    await expect.poll(sounds).toBe(2);

    // One tab shows the conversation.
    await tabs[2]?.goto(`inbox/${annaId}`);
    await tabs[2]?.getByRole("log").getByText("Is it ready?").waitFor();
    await stage.write(anna, "I can see you");
    for (const tab of tabs) await list(tab).getByText("I can see you").waitFor();
    // By now the tab that shows it has taken the event.
    await tabs[2]?.waitForTimeout(1_500);
    await tabs[2]?.goto("inbox");
    await list(tabs[2] ?? page)
      .getByText("I can see you")
      .waitFor();

    // A colleague mentions me in an unassigned conversation.
    const hers = await stage.visit("inbox", { as: aylin });
    await list(hers.page).getByText("To nobody").click();
    await hers.page.getByRole("tab", { name: "Note" }).click();
    await hers.page.getByRole("textbox", { name: "Note" }).fill("@Owner please look");
    await hers.page.keyboard.press("Escape");
    await hers.page.getByRole("button", { name: "Add note" }).click();
    await expect
      .poll(() => shown.map(({ title }) => title), { timeout: 10_000 })
      .toEqual(["Anna Keller", expect.stringMatching(/Aylin Agent.*Minh Tran/)]);
    await expect.poll(sounds).toBe(3);
    expect(troubles).toEqual([]);
    expect(hers.troubles).toEqual([]);
  },
);
