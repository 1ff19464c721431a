import { generateSync } from "otplib";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { look, lookOnce } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { addMember, type Login, waitFor } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

/** Plays an authenticator of Chromium that verifies its person, for one page. */
async function withAuthenticator(context: BrowserContext, page: Page): Promise<void> {
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function enterPassword(page: Page, as: Login): Promise<void> {
  await page.goto(`${stage.product.url}/login`);
  await page.getByLabel("Email").fill(as.email);
  await page.getByRole("textbox", { name: "Password" }).fill(as.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const panel = (page: Page) => page.getByRole("region", { name: "Second factor", exact: true });
const codesIn = async (page: Page) =>
  (await page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem").allTextContents()).map(
    (code) => code.trim(),
  );
/** Codes work once: as if the last ones were used long ago. */
const forgetSteps = () => stage.sql`update auth.totps set last_step = 0`;
const age = () => stage.sql`update auth.sessions set proved_at = now() - interval '11 minutes'`;

/** Sets up an authenticator app on the page of the account; returns its secret and the recovery codes. */
async function setUpApp(page: Page): Promise<{ secret: string; codes: string[] }> {
  await page.getByRole("button", { name: "Set up app" }).click();
  await page.getByRole("img", { name: "QR code for your authenticator app" }).waitFor();
  const secret = (await page.getByLabel("Or type this key").inputValue()).replaceAll(" ", "");
  await page.getByLabel("6 digits").fill(generateSync({ secret }));
  await page.getByRole("button", { name: "Turn on" }).click();
  await page.getByRole("heading", { name: "Save your recovery codes" }).waitFor();
  const codes = await codesIn(page);
  return { secret, codes };
}

test(
  "a person sets up an authenticator app, signs in with its code, with a recovery code once, and on a remembered device",
  { timeout: 120_000 },
  async () => {
    const mia = addMember(stage.product, { name: "Mia", role: "operator" });
    const { page, context, troubles } = await stage.visit("account", { as: mia });
    await panel(page).getByText("Off", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Set up app" }).click();
    await page.getByLabel("6 digits").fill("000000");
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByText("it is wrong, or it was used before").waitFor();
    await lookOnce(page, "factor-app");
    expect(troubles.splice(0)).toEqual([expect.stringContaining("422")]);
    await page.keyboard.press("Escape");
    const { secret, codes } = await setUpApp(page);
    expect(codes).toHaveLength(10);
    await lookOnce(page, "factor-codes");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download" }).click();
    expect((await download).suggestedFilename()).toBe("messagesender-recovery-codes.txt");
    await page.getByRole("button", { name: "I saved them" }).click();
    await panel(page).getByText("10 codes left").waitFor();
    await look(page, "factor-account");

    await context.clearCookies();
    await forgetSteps();
    await enterPassword(page, mia);
    await page.getByRole("heading", { name: "Confirm it is you" }).waitFor();
    await look(page, "factor-login");
    await page.getByLabel("Code", { exact: true }).fill("000000");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByText("it is wrong, or it was used before").waitFor();
    await page.getByLabel("Code", { exact: true }).fill(generateSync({ secret }));
    await page.getByLabel("Don't ask on this device for 30 days").check();
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(/\/inbox/);
    await page.goto("account");
    await panel(page).getByText("This device").waitFor();

    // Remembered: the password is enough, until the device is forgotten.
    await page.goto(stage.product.url);
    await page.getByRole("button", { name: "Account, theme and language" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    await enterPassword(page, mia);
    await page.waitForURL(/\/inbox/);
    await page.goto("account");
    await panel(page)
      .getByRole("button", { name: /^Forget/ })
      .click();
    await panel(page).getByText("No device is remembered.").waitFor();

    const { page: other } = await stage.open();
    const recover = async () => {
      await enterPassword(other, mia);
      await other.getByRole("button", { name: "Use a recovery code" }).click();
      await other.getByLabel("Recovery code").fill(codes[0] ?? "");
      await other.getByRole("button", { name: "Sign in", exact: true }).click();
    };
    await recover();
    await other.waitForURL(/\/inbox/);
    await other.context().clearCookies();
    await recover();
    await other.getByText("it is wrong, or it was used before").waitFor();
    await page.reload();
    await panel(page).getByText("9 codes left").waitFor();
    expect(troubles.filter((one) => !/422/.test(one))).toEqual([]);
  },
);

test(
  "a person adds a passkey, and signs in by it alone and as the second step",
  { timeout: 120_000 },
  async () => {
    const noor = addMember(stage.product, { name: "Noor", role: "operator" });
    const { page, context, troubles } = await stage.visit("account", { as: noor });
    await withAuthenticator(context, page);
    await page.getByRole("button", { name: "Add passkey" }).click();
    await page.getByLabel("Name").last().fill("Work laptop");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "I saved them" }).click();
    await panel(page).getByText("Work laptop").waitFor();
    await panel(page).getByText("Never used").waitFor();

    await context.clearCookies();
    await page.goto(`${stage.product.url}/login`);
    await lookOnce(page, "login-passkey");
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.waitForURL(/\/inbox/);
    await page.goto("account");
    await panel(page)
      .getByText(/Last used/)
      .waitFor();

    await context.clearCookies();
    await enterPassword(page, noor);
    await page.getByRole("heading", { name: "Confirm it is you" }).waitFor();
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.waitForURL(/\/inbox/);

    // Removed, it no longer signs in.
    await page.goto("account");
    await panel(page).getByRole("button", { name: "Remove passkey Work laptop" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
    await panel(page).getByText("Off", { exact: true }).waitFor();
    await context.clearCookies();
    await page.goto(`${stage.product.url}/login`);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByText("Cannot accept this passkey").waitFor();
    expect(troubles.filter((one) => !/422/.test(one))).toEqual([]);
  },
);

test(
  "a dangerous action asks for the identity and is then done, with the password, an app and a passkey",
  { timeout: 120_000 },
  async () => {
    const pia = addMember(stage.product, { name: "Pia", role: "operator" });
    const { page, context } = await stage.visit("account", { as: pia });
    await withAuthenticator(context, page);
    await age();
    await page.getByRole("button", { name: "Set up app" }).click();
    const dialog = page.getByRole("dialog").filter({ hasText: "Confirm it is you" });
    await dialog.getByRole("textbox", { name: "Password" }).fill("Not-The-Right-1");
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await dialog.getByText("Is wrong").waitFor();
    await look(page, "confirm-identity");
    await dialog.getByRole("textbox", { name: "Password" }).fill(pia.password);
    await dialog.getByRole("button", { name: "Confirm" }).click();
    // The refused request goes on by itself.
    await page.getByRole("img", { name: "QR code for your authenticator app" }).waitFor();
    const secret = (await page.getByLabel("Or type this key").inputValue()).replaceAll(" ", "");
    await page.getByLabel("6 digits").fill(generateSync({ secret }));
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByRole("button", { name: "I saved them" }).click();

    await age();
    await forgetSteps();
    await page.getByRole("button", { name: "Make new codes" }).click();
    await dialog.getByLabel("Code").fill(generateSync({ secret }));
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("button", { name: "I saved them" }).click();

    await page.getByRole("button", { name: "Add passkey" }).click();
    await page.getByLabel("Name").last().fill("Key");
    await page.getByRole("button", { name: "Continue" }).click();
    await panel(page).getByText("Never used").waitFor();
    await age();
    await page.getByRole("button", { name: "Remove app" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
    await dialog.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByText("Authenticator app removed").waitFor();

    // Cancelled, nothing happens and the reason is said.
    await age();
    await page.getByRole("button", { name: "Make new codes" }).click();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByText("you did not confirm your identity").waitFor();
  },
);

test(
  "an owner requires a second factor, a member is led to it, and the owner resets it",
  { timeout: 120_000 },
  async () => {
    const zoe = addMember(stage.product, { name: "Zoe", role: "operator" });
    const { page: boss } = await stage.visit("settings");
    const { page, troubles } = await stage.visit("inbox", { as: zoe });
    await page.getByRole("link", { name: "Contacts" }).first().waitFor();

    await boss.getByRole("switch", { name: "Require a second factor" }).click();
    await boss.getByText("your own account has none").waitFor();
    await boss.goto("account");
    const { secret } = await setUpApp(boss);
    await boss.getByRole("button", { name: "I saved them" }).click();
    await boss.goto("settings");
    await boss.getByRole("switch", { name: "Require a second factor" }).click();
    await boss.getByText("A second factor is required now").waitFor();
    await look(boss, "factor-required-setting");

    // Zoe's open page finds out, and every other address leads back.
    await page.waitForURL(/\/secure/, { timeout: 20_000 });
    await page.getByRole("heading", { name: "Set up a second factor" }).waitFor();
    await look(page, "factor-secure");
    await page.goto("contacts");
    await page.waitForURL(/\/secure/);
    await setUpApp(page);
    await page.getByRole("button", { name: "I saved them" }).click();
    await page.waitForURL(/\/contacts/);
    await page.getByRole("heading", { name: "Contacts" }).first().waitFor();

    await boss.goto("settings/team");
    const row = boss.getByRole("listitem").filter({ hasText: "Zoe" });
    await row.getByText("Second factor", { exact: true }).waitFor();
    await look(boss, "factor-team");
    await age();
    await forgetSteps();
    await boss.getByRole("button", { name: "Manage Zoe" }).click();
    await boss.getByRole("button", { name: "Remove second factor" }).click();
    await boss.getByRole("alertdialog").getByRole("button", { name: "Remove second factor" }).click();
    const dialog = boss.getByRole("dialog").filter({ hasText: "Confirm it is you" });
    await dialog.getByLabel("Code").fill(generateSync({ secret }));
    await dialog.getByRole("button", { name: "Confirm" }).click();
    await boss.getByText("Second factor of Zoe removed").waitFor();
    await page.waitForURL(/\/login/, { timeout: 20_000 });
    const [mail] = await stage.sql`select kind from mail.mails where address = ${zoe.email}`;
    expect(mail?.kind).toBe("second-factor-reset");
    await boss.keyboard.press("Escape");
    await boss.goto("settings");
    await boss.getByRole("switch", { name: "Require a second factor" }).click();
    await boss.getByText("A second factor is optional now").waitFor();
    expect(troubles.filter((one) => !/40[13]/.test(one))).toEqual([]);
  },
);

test("the second factor is there in Arabic, from right to left", { timeout: 60_000 }, async () => {
  const lea = addMember(stage.product, { name: "Lea", role: "operator" });
  const { page } = await stage.visit("account", { as: lea, language: "ar" });
  await page.getByRole("heading", { name: "العامل الثاني" }).waitFor();
  await lookOnce(page, "factor-account-ar");
});

test("a password reset by mail still asks for the second factor", { timeout: 90_000 }, async () => {
  const rea = addMember(stage.product, { name: "Rea", role: "operator" });
  const { page } = await stage.visit("account", { as: rea });
  const { secret } = await setUpApp(page);
  await forgetSteps();

  const { page: other } = await stage.open();
  await other.goto(`${stage.product.url}/forgot`);
  await other.getByLabel("Email").fill(rea.email);
  await other.getByRole("button", { name: "Send link" }).click();
  let link = "";
  await waitFor(async () => {
    const { mails } = await stage.control<{ mails: { text: string }[] }>(
      "GET",
      `mail?to=${encodeURIComponent(rea.email)}`,
    );
    link = mails.map(({ text }) => /http\S+reset#token=\S+/.exec(text)?.[0]).find(Boolean) ?? "";
    return link !== "";
  }, 20_000);
  await other.goto(link);
  await other.getByRole("textbox", { name: "New password" }).fill("Anderer-Esel-8");
  await other.getByRole("button", { name: "Set password and sign in" }).click();
  await other.getByRole("heading", { name: "Confirm it is you" }).waitFor();
  await other.getByLabel("Code", { exact: true }).fill(generateSync({ secret }));
  await other.getByRole("button", { name: "Sign in", exact: true }).click();
  await other.waitForURL(/\/inbox/);
});
