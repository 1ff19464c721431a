import { afterAll, beforeAll, expect, test } from "vitest";
import { look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { addMember, type Login } from "../support/product.ts";

let stage: BrowserStage;
let operator: Login;
beforeAll(async () => {
  stage = await openBrowserStage();
  operator = addMember(stage.product, { name: "Ben Operator", role: "operator" });
  addMember(stage.product, { name: "Vic Viewer", role: "viewer" });
});
afterAll(() => stage.close());

test(
  "conversations are assigned in turn, and the assignee sees and is notified of each",
  { timeout: 120_000 },
  async () => {
    const { page: boss, troubles } = await stage.visit("settings/inbox");
    const { page: ben, troubles: his } = await stage.visit("inbox", { as: operator });
    await boss.getByRole("radio", { name: "Round robin" }).click();
    expect(await boss.getByText("Vic Viewer").count()).toBe(0);
    await boss.getByRole("checkbox", { name: /Ben Operator/ }).check();
    await boss.getByRole("switch", { name: /Open conversation limit/ }).click();
    await boss.getByLabel("Open conversations per member").fill("2");
    await look(boss, "assignment-rules");
    await boss.getByRole("button", { name: "Save" }).click();
    await boss.getByText("Saved", { exact: true }).waitFor();

    for (const text of ["First!", "Second!", "Third!"])
      await stage.control("POST", "persons", { pageId: stage.facebookPageId, text });

    await ben
      .getByText(/assigned to you/)
      .first()
      .waitFor({ timeout: 20_000 });
    await ben.goto("inbox");
    await ben
      .getByRole("tab", { name: /Mine/ })
      .or(ben.getByRole("radio", { name: /Mine/ }))
      .first()
      .click();
    await ben.getByRole("link", { name: /First!/ }).waitFor();
    await ben.getByRole("link", { name: /Second!/ }).waitFor();
    expect(await ben.getByRole("link", { name: /Third!/ }).count()).toBe(0);
    await ben.getByRole("link", { name: /First!/ }).click();
    await ben.getByText("MessageSender assigned the conversation to Ben Operator").first().waitFor();
    await boss.reload();
    expect(await boss.getByLabel("Open conversations per member").inputValue()).toBe("2");
    expect([...troubles, ...his]).toEqual([]);
  },
);
