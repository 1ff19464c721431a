import { afterAll, beforeAll, expect, test } from "vitest";
import { logIn } from "../support/browser.ts";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { addMember, type Login, owner } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
  await stage.write(anna, "Who answers me?");
});
afterAll(() => stage.close());

test(
  "two agents see each other's typing, answers, assignment and notes as they happen",
  { timeout: 90_000 },
  async () => {
    const aylin = addMember(stage.product, { name: "Aylin Agent", role: "operator" });
    const first = await stage.visit("inbox");
    const second = await stage.visit("inbox", { as: aylin });
    for (const { page } of [first, second]) {
      await page.getByRole("list", { name: "Conversations" }).getByText("Who answers me?").click();
      await page.getByRole("log", { name: "Messages" }).getByText("Who answers me?").waitFor();
    }

    await first.page.getByRole("textbox", { name: "Reply" }).pressSequentially("I do", { delay: 20 });
    await second.page
      .getByRole("log", { name: "Messages" })
      .getByText("Owner is replying")
      .waitFor({ timeout: 5_000 });
    await first.page.keyboard.press("Enter");
    await second.page.getByRole("log", { name: "Messages" }).getByText("I do").waitFor({ timeout: 5_000 });

    await second.page.getByRole("tab", { name: "note" }).click();
    await second.page.getByRole("textbox", { name: "Note" }).fill("Regular customer");
    await second.page.keyboard.press("Enter");
    await first.page
      .getByRole("log", { name: "Messages" })
      .getByText("Regular customer")
      .waitFor({ timeout: 5_000 });

    await second.page.keyboard.press("Escape");
    await second.page.getByRole("button", { name: "Resolve" }).click();
    await first.page.getByRole("button", { name: "Reopen" }).waitFor({ timeout: 5_000 });

    await stage.write(anna, "One more thing");
    await first.page.getByRole("button", { name: "Resolve" }).waitFor({ timeout: 5_000 });
    await first.page.getByRole("log", { name: "Messages" }).getByText("One more thing").waitFor();

    // An operator has no access to the owner's screens.
    expect(await second.page.getByRole("link", { name: "System health" }).count()).toBe(0);
    expect(first.troubles).toEqual([]);
    expect(second.troubles).toEqual([]);
  },
);

test("a deleted contact leaves the screens of colleagues at once", { timeout: 60_000 }, async () => {
  const made = await stage.control<{ psid: string }>("POST", "persons", {
    pageId: stage.facebookPageId,
    name: "Gone Tomorrow",
  });
  await stage.write(made.psid, "Forget me");
  const [owners, hers, deaf] = [await stage.open(), await stage.open(), await stage.open()];
  // Events do not reach this one.
  await deaf.page.route("**/live", (route) => route.abort());
  for (const { page } of [owners, hers, deaf]) {
    await logIn(page, stage.product);
    await page.getByRole("list", { name: "Conversations" }).getByText("Forget me").click();
    await page.getByRole("log", { name: "Messages" }).getByText("Forget me").waitFor();
  }

  await owners.page.getByRole("button", { name: /^More actions/ }).click();
  await owners.page.getByRole("menuitem", { name: "Delete…" }).click();
  await owners.page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();

  await hers.page.getByText("This conversation doesn't exist or was deleted").waitFor({ timeout: 5_000 });
  for (const { page } of [owners, hers])
    await expect
      .poll(() => page.getByRole("list", { name: "Conversations" }).getByText("Forget me").count())
      .toBe(0);
  await owners.page.getByRole("log", { name: "Messages" }).getByText("Who answers me?").waitFor();
  await deaf.page.getByRole("textbox", { name: "Reply" }).fill("Are you there?");
  await deaf.page.keyboard.press("Enter");
  await deaf.page.getByText("This conversation doesn't exist or was deleted").waitFor({ timeout: 5_000 });
  // Deleted things answer 404, which browsers log to their console.
  const troubles = [...owners.troubles, ...hers.troubles].filter((one) => !one.includes("404"));
  expect(troubles).toEqual([]);
});

test(
  "a messaging window that closes during typing says so, and the text stays",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit("inbox");
    await page.getByRole("list", { name: "Conversations" }).getByRole("link").first().click();
    await page.getByRole("textbox", { name: "Reply" }).fill("I was just about to");
    // The last minute counts as closed, which comes in some seconds.
    await stage.sql`update messaging.contacts
      set last_inbound_at = now() - interval '7 days' + interval '66 s'`;
    const id = new URL(page.url()).pathname.split("/").at(-1);
    await stage.api.raw("PATCH", `/conversations/${id}`, { status: "pending" });
    await page.getByText("only manual replies until seven days").first().waitFor();
    expect(await page.getByRole("textbox", { name: "Reply" }).count()).toBe(1);

    await expect
      .poll(() => page.getByRole("textbox", { name: "Reply" }).count(), { timeout: 25_000, interval: 500 })
      .toBe(0);
    await page
      .getByText(/window/i)
      .first()
      .waitFor();
    await stage.sql`update messaging.contacts set last_inbound_at = now()`;
    await page.reload();
    await expect
      .poll(() => page.getByRole("textbox", { name: "Reply" }).inputValue(), { timeout: 10_000 })
      .toBe("I was just about to");
    await stage.sql`update messaging.contacts set last_inbound_at = now() - interval '8 days'`;
    await page.reload();
    await page.getByText("Closed until this person writes again").waitFor();
    expect(await page.getByRole("textbox", { name: "Reply" }).count()).toBe(0);
    expect(troubles).toEqual([]);
  },
);

test("a snooze says its time in the reader's own zone", { timeout: 60_000 }, async () => {
  const { api } = stage;
  const { items } = await api.get<{ items: { id: string }[] }>("/conversations?status=all");
  const id = items[0]?.id;
  const snoozedUntil = `${new Date().getUTCFullYear()}-12-31T20:30:00.000Z`;
  const changed = await api.raw("PATCH", `/conversations/${id}`, { status: "snoozed", snoozedUntil });
  expect(changed.status).toBe(200);

  for (const [timezoneId, time] of [
    ["Asia/Tokyo", "05:30"],
    ["America/New_York", "15:30"],
  ] as const) {
    const { page } = await stage.visit(`inbox/${id}`, { timezoneId });
    const said = page
      .getByRole("log", { name: "Messages" })
      .getByText(new RegExp(`snoozed the conversation until .*${time}`));
    // The time of the event itself is not beside the one that it names.
    await expect.poll(async () => (await said.textContent())?.trim()).toMatch(new RegExp(`${time}$`));
  }
});

test("a logout removes drafts, so a later user does not find them", { timeout: 60_000 }, async () => {
  const { items } = await stage.api.get<{ items: { id: string }[] }>("/conversations?status=all");
  await stage.sql`update messaging.contacts set last_inbound_at = now()`;
  const bo = addMember(stage.product, { name: "Bo Agent", role: "operator" });
  const { page, troubles } = await stage.visit(`inbox/${items[0]?.id}`);
  const reply = page.getByRole("textbox", { name: "Reply" });
  const becomes = async (who: Login) => {
    await page.getByRole("button", { name: "Account, theme and language" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByLabel("Email").waitFor();
    await logIn(page, stage.product, who);
    await page.goto(`inbox/${items[0]?.id}`);
    await reply.waitFor();
  };
  await reply.fill("Between you and me");
  await page.reload();
  await reply.waitFor();
  expect(await reply.inputValue()).toBe("Between you and me");

  await becomes(bo);
  expect(await reply.inputValue()).toBe("");
  expect(await page.getByText("Between you and me").count()).toBe(0);
  await becomes(owner);

  expect(await reply.inputValue()).toBe("");
  expect(troubles.filter((one) => !one.includes("401"))).toEqual([]);
});
