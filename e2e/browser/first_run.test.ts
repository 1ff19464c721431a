import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, look, lookOnce, openWindow, sharedBrowser } from "../support/browser.ts";
import { owner, type Product, startProduct } from "../support/product.ts";

let product: Product;
beforeAll(async () => {
  product = await startProduct({ offersSimulator: true });
});
afterAll(() => product.stop());

test(
  "from an account to the first answered message in seven clicks, with the customer's phone beside it",
  { timeout: 180_000 },
  async () => {
    const { page, context, troubles } = await openWindow(await sharedBrowser(), {
      baseURL: product.url,
      timezoneId: "America/Sao_Paulo",
    });
    let clicks = 0;
    const click = async (name: string) => {
      clicks += 1;
      await page
        .getByRole("button", { name, exact: true })
        .or(page.getByRole("link", { name, exact: true }))
        .first()
        .click();
    };
    await page.goto("/login");
    await page.getByLabel("Email").fill(owner.email);
    await page.getByRole("textbox", { name: "Password" }).fill(owner.password);
    await click("Sign in");
    await page.getByLabel("Name").fill("Luna Coffee");
    await expectAccessible(page, "welcome");
    await click("Create workspace");
    await click("Connect a page");
    await click("Continue with Facebook");
    await page.getByRole("heading", { name: "Log in with Facebook" }).waitFor();
    await click("Continue");

    // The pages were chosen there, and are connected without a second choice.
    await page.waitForURL(/\/w\/[0-9a-f-]+\/inbox$/);
    await page.getByRole("heading", { name: /is connected$/ }).waitFor();
    await look(page, "first-run");
    await click("Write a test message");
    const phone = page.getByRole("region", { name: "The customer's phone" });
    await page.waitForURL(/\/inbox\/[0-9a-f-]+$/);
    await phone.getByText("Hello! Do you deliver on Saturdays?").waitFor();
    await page.getByRole("textbox", { name: "Reply" }).fill("Yes, until noon.");
    await click("Send");
    await phone.getByText("Yes, until noon.").waitFor();
    await page.getByText("Your reply arrived.").waitFor();
    await lookOnce(page, "first-run-answered");
    expect(clicks).toBe(7);

    await phone.getByRole("textbox", { name: "Write as the customer" }).fill("Great, thanks!");
    await page.keyboard.press("Enter");
    await page.getByRole("log", { name: "Messages" }).getByText("Great, thanks!").waitFor();
    await page.getByRole("button", { name: "Hide the phone" }).click();
    await expect.poll(() => phone.count()).toBe(0);

    const workspaceId = /\/w\/([^/]+)/.exec(page.url())?.[1];
    const rules = await context.request.get(`/api/v1/workspaces/${workspaceId}/sending-rules`);
    expect((await rules.json()).rules.timezone).toBe("America/Sao_Paulo");
    expect(troubles).toEqual([]);
    await context.close();
  },
);
