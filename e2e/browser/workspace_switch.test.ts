import { afterAll, beforeAll, expect, test } from "vitest";
import { look } from "../support/browser.ts";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { addMember, type Login } from "../support/product.ts";

let stage: BrowserStage;
let manager: Login;
beforeAll(async () => {
  stage = await openBrowserStage();
  manager = addMember(stage.product, { name: "Mia Manager", role: "manager" });
});
afterAll(() => stage.close());

test(
  "the owner turns the workspace off and on; everybody sees it, messages still arrive, and replies are sent again",
  { timeout: 120_000 },
  async () => {
    const { page: boss, troubles } = await stage.visit("settings");
    const { page: mia, troubles: hers } = await stage.visit("inbox", { as: manager });
    await stage.write(anna, "Hello");
    await mia.getByRole("link", { name: /Hello/ }).first().click();
    await mia.getByRole("textbox", { name: "Reply" }).waitFor();

    await boss.getByRole("button", { name: "Turn off…" }).click();
    const question = boss.getByRole("alertdialog");
    await question.getByText("no replies, no campaigns, no sequences").waitFor();
    await look(boss, "workspace-off-question");
    await question.getByRole("button", { name: "Turn off" }).click();

    await boss.getByText(/has been off since/).waitFor();
    await boss.getByText(/ turned it off$/).waitFor();
    await look(boss, "workspace-off");
    // Mia sees it at once, where she is, and cannot switch it herself.
    await mia.getByText(/has been off since .*The owner can turn it on again/).waitFor();
    await expect.poll(() => mia.getByRole("textbox", { name: "Reply" }).count()).toBe(0);
    await look(mia, "workspace-off-inbox");
    await stage.write(anna, "Is anybody there?");
    await mia.getByText("Is anybody there?").first().waitFor();
    await mia.goto("settings");
    await mia.getByRole("heading", { name: "Settings", exact: true }).waitFor();
    expect(await mia.getByRole("button", { name: /Turn o/ }).count()).toBe(0);

    await boss.getByRole("button", { name: "Turn on…" }).click();
    await question.getByText("Meta's rules still allow it").waitFor();
    await question.getByRole("button", { name: "Turn on" }).click();
    await boss.getByText(/ turned it on$/).waitFor();
    await expect.poll(() => mia.getByText(/has been off since/).count()).toBe(0);
    await mia.goto("inbox");
    await mia
      .getByRole("link", { name: /Is anybody there/ })
      .first()
      .click();
    await mia.getByRole("textbox", { name: "Reply" }).fill("Yes, again!");
    await mia.keyboard.press("Enter");
    await expect
      .poll(async () => JSON.stringify(await stage.control("GET", `persons/${anna}/thread`)))
      .toContain("Yes, again!");

    expect([...troubles, ...hers]).toEqual([]);
  },
);

test(
  "a manager is told of a page in trouble once, wherever she is, and that it works again",
  { timeout: 120_000 },
  async () => {
    const { page: mia, troubles } = await stage.visit("inbox", { as: manager });
    const status = (name: string, reason: string | null) => stage.sql`
      update messaging.pages set status = ${name}, status_reason = ${reason}
      where workspace_id = ${stage.workspaceId}`;
    // Only a screen that hears live events tells her at once; one that loads later shows the bell.
    for (const text of ["Good evening", "Still open?"]) {
      await stage.write(anna, text);
      await mia.getByText(text).first().waitFor();
    }

    await status("token_dead", "The password of the account was changed");
    await mia.getByText(/The page “.*” needs attention/).waitFor({ timeout: 20_000 });
    await mia.getByRole("link", { name: /Notifications.*1 unread/ }).click();
    const list = mia.getByRole("list", { name: "Notifications" });
    await list.getByText(/The password of the account was changed\. Reconnect it/).waitFor();
    await look(mia, "page-trouble");
    await status("connected", null);
    await list.getByText(/works again/).waitFor({ timeout: 20_000 });

    expect(await list.getByText("Unread").count()).toBe(0);
    expect(await list.getByRole("listitem").count()).toBe(2);
    await list.getByRole("link", { name: /needs attention/ }).click();
    await mia.waitForURL(/\/pages$/);
    expect(troubles).toEqual([]);
  },
);
