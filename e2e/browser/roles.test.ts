import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible } from "../support/browser.ts";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { addMember, type Login, waitFor } from "../support/product.ts";

let stage: BrowserStage;
let viewer: Login;
beforeAll(async () => {
  stage = await openBrowserStage();
  viewer = addMember(stage.product, { name: "Vera Viewer", role: "viewer" });
  await stage.write(anna, "May I see it?");
  await waitFor(async () => (await idsOf("/conversations")).length > 0);
});
afterAll(() => stage.close());

async function idsOf(list: string): Promise<string[]> {
  return (await stage.api.get<{ items: { id: string }[] }>(list)).items.map(({ id }) => id);
}

test("no screen of a viewer sends a request that is refused", { timeout: 120_000 }, async () => {
  const content = { text: "Hello {{first_name}}" };
  const { template } = await stage.api.post<{ template: { id: string } }>("/templates", {
    name: "Greeting",
    category: "other",
    content,
  });
  const draft = await stage.draft({ name: "Spring", content });
  const [contact] = await idsOf("/contacts");
  const { page, troubles } = await stage.visit("inbox", { as: viewer });
  const refused: string[] = [];
  page.on("response", (response) => {
    if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`);
  });

  for (const screen of [
    `inbox/${contact}`,
    `contacts/${contact}`,
    "contacts/labels",
    "contacts/transfers",
    "segments",
    "campaigns",
    `campaigns/${draft}/edit`,
    "campaigns/calendar",
    "campaigns/compliance",
    "sequences",
    `templates/${template.id}`,
    "templates/utility",
    "analytics",
    "pages",
    `pages/${stage.pageId}`,
    `pages/${stage.pageId}/profile`,
    "notifications",
    "account",
    "settings",
    "settings/inbox",
    "settings/sending",
    "settings/suppressions",
  ]) {
    await page.goto(screen);
    await page.getByRole("main").waitFor();
    await page.waitForLoadState("load");
    await expect.poll(() => page.getByRole("status", { name: /^Loading/ }).count()).toBe(0);
    await expectAccessible(page, screen);
  }
  await page.goto(`templates/${template.id}`);
  await page.getByText("Hello Anna").waitFor();

  expect(refused).toEqual([]);
  expect(troubles).toEqual([]);
});

test(
  "the address of a form shows no form to a member without the permission",
  { timeout: 60_000 },
  async () => {
    const operator = addMember(stage.product, { name: "Olaf Operator", role: "operator" });
    const ofManagers = {
      "contacts/import": "Managers and the owner can import contacts",
      "segments/new": "Managers and the owner can create segments",
      "templates/new": "Managers and the owner can write templates",
    };
    const all = {
      ...ofManagers,
      "sequences/new": "Operators, managers and the owner can create sequences",
      "campaigns/new": "Operators, managers and the owner can write campaigns",
    };
    for (const [as, refused] of [
      [viewer, all],
      [operator, ofManagers],
    ] as const) {
      const { page, troubles } = await stage.visit("inbox", { as });
      for (const [screen, words] of Object.entries(refused)) {
        await page.goto(screen);
        await page.getByText(words).waitFor();
        expect(await page.getByRole("main").locator("input, select, textarea").count(), screen).toBe(0);
      }
      await expectAccessible(page, "a form that is refused");
      expect(troubles).toEqual([]);
    }
  },
);

test(
  "a viewer reads a draft from step to step and can change nothing of it",
  { timeout: 60_000 },
  async () => {
    const draft = await stage.draft({ name: "Summer", content: { text: "Sun" } });
    const { page, troubles } = await stage.visit("campaigns", { as: viewer });
    await page.getByRole("link", { name: /Summer/ }).click();

    expect(await page.getByLabel("Name").isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Delete draft" }).count()).toBe(0);
    for (const step of ["Audience", "Content", "Schedule", "Review"]) {
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByRole("button", { name: new RegExp(step), disabled: false }).waitFor();
      const open = page.locator("fieldset :is(input, button, select, textarea):enabled");
      expect(await open.count(), step).toBe(0);
    }

    await page.getByText("A manager or the owner can launch it.").waitFor();
    expect(await stage.api.get(`/campaigns/${draft}`)).toMatchObject({ campaign: { name: "Summer" } });
    expect(troubles).toEqual([]);
  },
);

test("a viewer finds the details of a conversation on a phone, too", { timeout: 60_000 }, async () => {
  const [id] = await idsOf("/conversations");
  const { page, troubles } = await stage.visit(`inbox/${id}`, { as: viewer, width: 390 });

  await page.getByRole("button", { name: "Details" }).click();

  await page.getByRole("dialog", { name: "Details" }).getByText(anna).waitFor();
  expect(troubles).toEqual([]);
});

test("a member who may no longer reply can only read an unsent reply", { timeout: 60_000 }, async () => {
  const once = addMember(stage.product, { name: "Otto Once", role: "operator" });
  const [id] = await idsOf("/conversations");
  const { page } = await stage.visit(`inbox/${id}`, { as: once });
  await page.route("**/messages", (route) => route.abort());
  await page.getByRole("textbox", { name: "Reply" }).fill("Never sent");
  await page.keyboard.press("Enter");
  const kept = page.getByRole("log", { name: "Messages" });
  await kept.getByRole("button", { name: "Edit" }).waitFor();

  await stage.sql`update auth.memberships m set role = 'viewer' from auth.users u
    where u.id = m.user_id and u.email = ${once.email}`;
  await page.reload();

  await kept.getByText("Never sent").waitFor();
  expect(await kept.getByRole("button", { name: /Try again|Edit/ }).count()).toBe(0);
  await kept.getByRole("button", { name: "Discard" }).waitFor();
});
