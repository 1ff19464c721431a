import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lookOnce, openWindow, sharedBrowser } from "../support/browser.ts";
import { owner, type Product, startProduct, waitFor } from "../support/product.ts";

let product: Product;
let browser: Browser;
beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct({ hasOwner: false }), sharedBrowser()]);
});
afterAll(() => product.stop());

/** As the server prints it: it may be ready before its words are here. */
async function setupLink(): Promise<string> {
  const read = () => /http\S+\/signup#token=\S+/.exec(product.log())?.[0];
  await waitFor(() => read() !== undefined, 10_000, "the set-up link");
  return read() ?? "";
}

test("a weak password is refused once, at its field", { timeout: 60_000 }, async () => {
  const { page } = await openWindow(browser);
  await page.goto(await setupLink());
  await page.getByLabel("Your name").fill(owner.name);
  await page.getByLabel("Email").fill(owner.email);
  const password = page.getByRole("textbox", { name: "Password" });
  await password.fill("aaaaaaaa");

  await page.getByRole("button", { name: "Create account" }).click();
  const said = page.getByText(/must contain an uppercase letter/i);
  await said.first().waitFor();

  expect(await said.count()).toBe(1);
  expect(await page.getByRole("alert").filter({ has: said }).count()).toBe(1);
  expect(await password.getAttribute("aria-invalid")).toBe("true");
});

test(
  "a new owner signs up, connects a page, hears a person, answers, and sees the answer delivered and read",
  { timeout: 120_000 },
  async () => {
    const { page, troubles } = await openWindow(browser);
    const phone = await openWindow(browser);

    await page.goto(await setupLink());
    await page.getByLabel("Your name").fill(owner.name);
    await page.getByLabel("Email").fill(owner.email);
    await page.getByRole("textbox", { name: "Password" }).fill(owner.password);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Luna Coffee");
    await page.getByRole("button", { name: "Create workspace" }).click();

    await page
      .getByRole("link", { name: "Connect a page" })
      .or(page.getByRole("button", { name: "Connect a page" }))
      .first()
      .click();
    await page.getByRole("heading", { name: "Pages" }).waitFor();
    await page.getByRole("button", { name: "Continue with Facebook" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    // All three are connected without a second choice; Meta's people write by a link or its code.
    await page.getByRole("heading", { name: "Luna Coffee Roasters is connected" }).waitFor();
    await page.getByRole("img", { name: /^QR code for https:\/\/m\.me\/\d+$/ }).waitFor();
    await lookOnce(page, "first-run-meta");
    await phone.page.goto(product.simulator.url);
    const device = phone.page.getByRole("main", { name: "Phones" });
    await device.getByRole("textbox").first().fill("Is the espresso blend back in stock?");
    const writtenAt = Date.now();
    await phone.page.keyboard.press("Enter");
    const row = page
      .getByRole("list", { name: "Conversations" })
      .getByRole("link", { name: /Is the espresso blend back/ });
    await row.waitFor({ timeout: 5_000 });
    expect(Date.now() - writtenAt).toBeLessThan(1_000);

    await row.click();
    await page.getByRole("textbox", { name: "Reply" }).fill("Yes, roasted this morning.");
    await page.keyboard.press("Enter");
    const conversation = page.getByRole("log", { name: "Messages" });
    await conversation.getByText("Yes, roasted this morning.").waitFor();
    await device.getByText("Yes, roasted this morning.").first().waitFor({ timeout: 5_000 });
    await conversation.getByText(/^Delivered$|^Read$/).waitFor({ state: "attached" });
    // The phone is open, so the person reads what arrives.
    await conversation.getByText("Read", { exact: true }).waitFor({ state: "attached" });

    await page.reload();
    await conversation.getByText("Yes, roasted this morning.").waitFor();
    await conversation.getByText("Is the espresso blend back in stock?").waitFor();

    expect(troubles).toEqual([]);
    expect(phone.troubles).toEqual([]);
  },
);

test("a set-up link is worth nothing once there is an owner", async () => {
  const { page } = await openWindow(browser);

  await page.goto(`${product.url}/signup#token=whatever`);

  await page.getByRole("link", { name: "Sign in", exact: true }).waitFor();
  expect(await page.getByRole("button", { name: "Create account" }).count()).toBe(0);
});
