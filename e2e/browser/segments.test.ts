import { afterAll, beforeAll, expect, test } from "vitest";
import { anna, type BrowserStage, minh, openBrowserStage } from "../support/browser_stage.ts";
import { waitFor } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test(
  "a segment is built from nested conditions with a live count, and is there after a reload",
  { timeout: 60_000 },
  async () => {
    const { api } = stage;
    await stage.write(anna, "Good morning");
    await stage.write(minh, "Hello");
    const contacts = () => api.get<{ items: { id: string }[] }>("/contacts");
    await waitFor(async () => (await contacts()).items.length === 2);
    const [newest] = (await contacts()).items;
    const stopped = await api.raw("PATCH", `/contacts/${newest?.id}`, { subscribed: false });
    expect(stopped.status).toBe(200);
    const { page, troubles } = await stage.visit("segments/new");
    const people = page.getByRole("region", { name: "People in this segment" });

    await people.getByText("2", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Group", exact: true }).click();
    const inner = page.getByRole("group", { name: "Group of conditions, level 2" });
    await inner.getByLabel("Looks at").selectOption("Consent");
    await inner.getByLabel("Comparison").selectOption("was withdrawn");
    await people.getByText("1", { exact: true }).waitFor();
    await inner.getByLabel("How the conditions").selectOption("None of these holds");
    await page.getByLabel("Name").fill("Reachable now");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: /Reachable now/ }).click();
    await page.waitForURL(/\/segments\/[0-9a-f-]{36}$/);
    await page.reload();

    await people.getByText("1", { exact: true }).waitFor();
    expect(await inner.getByLabel("How the conditions").inputValue()).toBe("not-any");
    expect(troubles).toEqual([]);
  },
);
