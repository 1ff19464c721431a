import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, look } from "../support/browser.ts";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { choose, chosen } from "../support/controls.ts";
import { addMember, waitFor } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test(
  "a person changes name, password and sessions, and is signed out elsewhere",
  { timeout: 60_000 },
  async () => {
    const mia = addMember(stage.product, { name: "Mia", role: "operator" });
    const { page: elsewhere } = await stage.visit("inbox", { as: mia });
    await elsewhere.getByRole("link", { name: "Contacts" }).first().waitFor();
    const { page, troubles } = await stage.visit("inbox", { as: mia });

    await page.getByRole("button", { name: "Account, theme and language" }).click();
    await page.getByRole("menuitem", { name: "My account" }).click();
    const sessions = page.getByRole("region", { name: "Sessions" });
    await expect.poll(() => sessions.getByRole("listitem").count()).toBe(2);
    await page.getByLabel("Name", { exact: true }).fill("Mia Marvel");
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByRole("button", { name: "Mia Marvel" }).waitFor();
    await expectAccessible(page, "account");
    await look(page, "account");

    await page.getByLabel("Current password").fill("Not-The-Right-1");
    await page.getByLabel("New password").fill("Anderer-Esel-8");
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByRole("alert").filter({ hasText: "is wrong" }).waitFor();
    expect(troubles.splice(0)).toEqual([expect.stringContaining("422")]);
    await page.getByLabel("Current password").fill(mia.password);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("Your other sessions have ended.").waitFor();

    // The other window finds out with its next request, and its live stream has ended.
    await elsewhere.getByRole("button", { name: "Sign in", exact: true }).waitFor({ timeout: 15_000 });
    await page.reload();
    await expect.poll(() => sessions.getByRole("listitem").count()).toBe(1);
    await sessions.getByText("This session").waitFor();
    expect(troubles).toEqual([]);
  },
);

test(
  "the language and time zone of an account follow its person to another browser",
  { timeout: 60_000 },
  async () => {
    const noor = addMember(stage.product, { name: "Noor", role: "operator" });
    await stage.write(anna, "What time is it?");
    const { page, troubles } = await stage.visit("account", { as: noor });
    await choose(page.getByRole("combobox", { name: "Time zone" }), "Asia/Tokyo");
    // A new time zone loads the page again.
    const isLoaded = page.waitForEvent("load");
    await page.getByRole("button", { name: "Save" }).first().click();
    await isLoaded;
    await page.goto("inbox");
    const row = page.getByRole("link", { name: /What time is it/ }).first();
    await row.click();
    const [{ at = "" } = {}] = await stage.sql<{ at: string }[]>`
    select to_char(max(created_at) at time zone 'Asia/Tokyo', 'FMHH12:MI AM') as at from messaging.messages
    where text = 'What time is it?'`;
    await page.getByRole("log", { name: "Messages" }).getByText(at).first().waitFor();
    await page.getByRole("button", { name: "Account, theme and language" }).click();
    await page.getByRole("menuitemradio", { name: "العربية" }).click();
    await page.getByRole("link", { name: "جهات الاتصال" }).first().waitFor();

    const { page: other, troubles: theirs } = await stage.visit("account", { as: noor });

    await other.getByRole("heading", { name: "حسابي" }).waitFor();
    await expect
      .poll(() => chosen(other.getByRole("combobox", { name: "المنطقة الزمنية" })))
      .toBe("Asia/Tokyo");
    await choose(other.getByLabel("اللغة", { exact: true }), 0);
    await other.getByRole("button", { name: "حفظ" }).first().click();
    await other.getByRole("heading", { name: "My account" }).waitFor();
    expect([...troubles, ...theirs]).toEqual([]);
  },
);

test(
  "an owner sees the sessions of a member and ends them while they watch",
  { timeout: 60_000 },
  async () => {
    const leo = addMember(stage.product, { name: "Leo", role: "operator" });
    const { page: his } = await stage.visit("inbox", { as: leo });
    await his.getByRole("link", { name: "Contacts" }).first().waitFor();
    await stage.visit("inbox", { as: leo });
    const { page: boss, troubles } = await stage.visit("settings/team");
    await boss.getByRole("button", { name: "Manage Leo" }).click();
    await boss.getByRole("button", { name: "Show sessions" }).click();

    const dialog = boss.getByRole("dialog", { name: "Sessions of Leo" });
    await expect.poll(() => dialog.getByRole("listitem").count()).toBe(2);
    await expectAccessible(boss, "team-sessions");
    await look(boss, "team-sessions");
    await dialog.getByRole("button", { name: "End all sessions" }).click();
    await dialog.getByText("This person is not signed in anywhere.").waitFor();

    // Within a second on an idle machine; e2e/api/team.test.ts measures the stream.
    await his.getByRole("button", { name: "Sign in", exact: true }).waitFor({ timeout: 10_000 });
    expect(troubles).toEqual([]);
  },
);

test(
  "a new address is confirmed by its mail, and the former mailbox takes the account back",
  { timeout: 90_000 },
  async () => {
    const linkTo = async (email: string) => {
      let text = "";
      await waitFor(
        async () => {
          const path = `mail?to=${encodeURIComponent(email)}`;
          text = (await stage.control<{ mails: { text: string }[] }>("GET", path)).mails[0]?.text ?? "";
          return text !== "";
        },
        20_000,
        `a mail to ${email}`,
      );
      return /http\S+#(?:token|undo)=\S+/.exec(text)?.[0] ?? "";
    };
    const zoe = addMember(stage.product, { name: "Zoe", role: "operator" });
    const { page, troubles } = await stage.visit("account", { as: zoe });
    await page.getByRole("button", { name: "Change address" }).click();
    const dialog = page.getByRole("dialog", { name: "Change your address" });
    await dialog.getByLabel("New address").fill("zoe@elsewhere.example");
    await dialog.getByLabel("Current password").fill(zoe.password);
    await look(page, "address-change");
    await dialog.getByRole("button", { name: "Send link" }).click();
    await page.getByText("A link is on its way to zoe@elsewhere.example").waitFor();
    await look(page, "account-address");

    await page.goto(await linkTo("zoe@elsewhere.example"));
    await page.getByText("in place of zoe@example.com").waitFor();
    await expectAccessible(page, "address");
    await look(page, "address");
    await page.getByRole("button", { name: "Confirm address" }).click();
    await page.getByRole("heading", { name: "Your address is changed" }).waitFor();
    await page.getByRole("link", { name: "Continue" }).click();
    await page.waitForURL(/\/inbox/);
    expect(troubles).toEqual([]);

    const { page: other } = await stage.open();
    await other.goto(await linkTo("zoe@example.com"));
    await other.getByRole("textbox", { name: "New password" }).fill("Anderer-Esel-8");
    await look(other, "address-undo");
    await other.getByRole("button", { name: "Take account back and sign in" }).click();
    await other.waitForURL(/\/inbox/);
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor({ timeout: 10_000 });
  },
);
