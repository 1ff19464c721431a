import { afterAll, beforeAll, expect, test } from "vitest";
import { look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { choose } from "../support/controls.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

/** Calls Meta as the page itself, past this product. */
async function atMeta(method: "GET" | "POST", body?: object): Promise<Record<string, unknown>> {
  const { facebookPageId } = stage;
  const { token } = await stage.control<{ token: string }>("GET", `pages/${facebookPageId}/token`);
  const fields = "fields=greeting,get_started,ice_breakers,persistent_menu";
  const response = await fetch(
    `${stage.product.simulator.url}/v25.0/${facebookPageId}/messenger_profile?${fields}&access_token=${token}`,
    {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
  );
  const answer = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return method === "GET" ? (answer.data[0] ?? {}) : answer;
}

test("a page's Messenger profile is saved, published to Meta, and compared with foreign changes", async () => {
  // Meta allows ten of these calls in ten minutes; this test also calls as another client.
  await stage.control("PATCH", "switches", { limits: { profileCallsPerTenMinutes: 100 } });
  const { page, troubles } = await stage.visit("pages");
  await look(page, "profile-pages");
  await page.getByRole("link", { name: "Messenger profile" }).first().click();
  await page.getByText("No profile set.").waitFor();
  await look(page, "profile-empty");

  await page
    .getByRole("textbox", { name: "Greeting" })
    .fill("Hello {{user_first_name}}, what may we roast for you?");
  await page.getByRole("button", { name: "Add question" }).click();
  await page.getByRole("textbox", { name: "Question 1", exact: true }).fill("When are you open?");
  await page.getByRole("button", { name: "Add menu item" }).click();
  await page.getByRole("textbox", { name: "Menu item 1: title" }).fill("Talk to us");
  await page.getByRole("button", { name: "Add menu item" }).click();
  await choose(page.getByLabel("Menu item 2: action"), "Open URL");
  await page.getByRole("textbox", { name: "Menu item 2: title" }).fill("Shop");
  await page.getByRole("textbox", { name: "Menu item 2: URL" }).fill("https://shop.example.com");
  await page.getByText(/Turn on Get Started/).waitFor();
  const isHeld = await page.getByRole("button", { name: "Publish" }).isDisabled();
  await page.getByRole("switch", { name: "Get Started" }).click();
  await choose(page.getByLabel("Add language"), "German (Germany)");
  await page.getByRole("textbox", { name: "Greeting" }).fill("Hallo {{user_first_name}}");
  await page.getByRole("radio", { name: "Default" }).click();
  const phone = page.getByRole("region", { name: "Phone preview" });
  await phone.getByText("Hello Ann, what may we roast for you?").waitFor();
  await phone.getByText("When are you open?").waitFor();
  const hasStartBesideQuestions = await phone.getByText("Get Started").isVisible();
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByText("Published and live at Meta").waitFor();
  await look(page, "profile-published");
  const shown = await atMeta("GET");

  await atMeta("POST", { greeting: [{ locale: "default", text: "Big sale!" }] });
  await page.getByRole("button", { name: "Compare with live profile" }).click();
  const difference = page.getByRole("region", { name: "Live profile" });
  await difference.getByText("Big sale!").waitFor();
  const isPublishHeld = await page.getByRole("button", { name: "Publish" }).isDisabled();
  await look(page, "profile-differs");
  await difference.getByRole("button", { name: "Replace with this version" }).click();
  await difference.waitFor({ state: "detached" });
  await page.getByText("Published and live at Meta").waitFor();
  const replaced = await atMeta("GET");

  await atMeta("POST", { greeting: [{ locale: "default", text: "Welcome back" }] });
  await page.getByRole("button", { name: "Compare with live profile" }).click();
  await difference.getByRole("button", { name: "Use the live version" }).click();
  await page.getByRole("button", { name: "Save draft" }).click();
  await difference.waitFor({ state: "detached" });
  await page.reload();
  await expect.poll(() => page.getByRole("textbox", { name: "Greeting" }).inputValue()).toBe("Welcome back");

  expect([isHeld, isPublishHeld]).toEqual([true, true]);
  // Messenger shows one of both.
  expect(hasStartBesideQuestions).toBe(false);
  expect(shown).toEqual({
    greeting: [
      { locale: "default", text: "Hello {{user_first_name}}, what may we roast for you?" },
      { locale: "de_DE", text: "Hallo {{user_first_name}}" },
    ],
    get_started: { payload: "GET_STARTED" },
    ice_breakers: [
      {
        locale: "default",
        call_to_actions: [{ question: "When are you open?", payload: "When are you open?" }],
      },
    ],
    persistent_menu: [
      {
        locale: "default",
        composer_input_disabled: false,
        call_to_actions: [
          { type: "postback", title: "Talk to us", payload: "Talk to us" },
          { type: "web_url", title: "Shop", url: "https://shop.example.com" },
        ],
      },
    ],
  });
  expect(replaced.greeting).toEqual(shown.greeting);
  expect(troubles).toEqual([]);
}, 120_000);
