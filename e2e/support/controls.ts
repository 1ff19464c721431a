import type { Locator } from "playwright-core";
import { expect } from "vitest";

/** Chooses from a select field by its option's name, or by its place from 0. */
export async function choose(field: Locator, option: string | number): Promise<void> {
  await field.click();
  await expect.poll(() => field.getAttribute("aria-controls")).toBeTruthy();
  const list = field.page().locator(`[id="${await field.getAttribute("aria-controls")}"]`);
  const options = list.getByRole("option");
  await (
    typeof option === "number" ? options.nth(option) : list.getByRole("option", { name: option, exact: true })
  ).click();
}

/** The name of the chosen option of a select field. */
export async function chosen(field: Locator): Promise<string> {
  const isTyped = await field.evaluate((element) => element.tagName === "INPUT");
  return isTyped ? await field.inputValue() : (await field.innerText()).trim();
}
