import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, look, lookOnce } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { addMember, waitFor } from "../support/product.ts";

const nextPassword = "Anderer-Esel-8";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

interface OutboxMail {
  subject: string;
  text: string;
}

/** The newest of `count` mails to an address. */
async function mailTo(email: string, count: number): Promise<OutboxMail> {
  let mails: OutboxMail[] = [];
  await waitFor(
    async () => {
      mails = (await stage.control<{ mails: OutboxMail[] }>("GET", `mail?to=${encodeURIComponent(email)}`))
        .mails;
      return mails.length >= count;
    },
    20_000,
    `mail ${count} to ${email}`,
  );
  const [newest] = mails;
  if (!newest) throw new Error(`There is no mail to ${email}`);
  return newest;
}

test("a forgotten password: a mail, a new password, signed in, and the old session out within a second", async () => {
  const mia = addMember(stage.product, { name: "Mia", role: "operator" });
  const { page: before } = await stage.visit("inbox", { as: mia });
  await before.getByRole("link", { name: "Contacts" }).first().waitFor();

  const { page, troubles } = await stage.open();
  await page.goto(`${stage.product.url}/login`);
  await lookOnce(page, "login");
  await page.getByRole("link", { name: "Forgot password?" }).click();
  // The login form has a field of the same name.
  await page.getByRole("button", { name: "Send link" }).waitFor();
  await page.getByLabel("Email").fill(mia.email);
  await expectAccessible(page, "forgot");
  await look(page, "forgot");
  await page.getByRole("button", { name: "Send link" }).click();
  await page.getByRole("heading", { name: "Check your mail" }).waitFor();
  await lookOnce(page, "forgot-sent");

  const mail = await mailTo(mia.email, 1);
  expect(mail.subject).toBe("Set a new password");
  const link = /http\S+#token=\S+/.exec(mail.text)?.[0] ?? "";
  await page.goto(link);
  await page.getByText(`For ${mia.email}`).waitFor();
  await look(page, "reset");
  const field = page.getByRole("textbox", { name: "New password" });
  await field.fill("Password123");
  await page.getByRole("button", { name: "Set password and sign in" }).click();
  await page.getByText("is too common").waitFor();
  expect(troubles.splice(0)).toEqual([expect.stringContaining("422")]);
  await field.fill(nextPassword);
  await page.getByRole("button", { name: "Set password and sign in" }).click();
  await page.waitForURL(/\/inbox/);
  // Within a second on an idle machine; e2e/api/team.test.ts measures the stream.
  await before.getByRole("button", { name: "Sign in", exact: true }).waitFor({ timeout: 10_000 });

  expect((await mailTo(mia.email, 2)).subject).toBe("Your password was changed");
  await page.goto("about:blank");
  await page.goto(link);
  await page.getByRole("heading", { name: "This link cannot be used" }).waitFor();
  expect(troubles.filter((one) => !one.includes("410"))).toEqual([]);
  // The token was in no address that the server saw.
  expect(stage.product.log()).not.toContain(link.split("#token=")[1]);
}, 90_000);

test("an unknown address gets the same screen, also in Arabic from right to left", async () => {
  const { page } = await stage.open({ language: "ar" });
  await page.goto(`${stage.product.url}/forgot`);
  await page.locator("input[name=email]").fill("nobody@example.com");
  await lookOnce(page, "forgot-ar");
  await page.getByRole("button", { name: "إرسال الرابط" }).click();
  await page.getByRole("heading", { name: "تحقق من بريدك" }).waitFor();
}, 60_000);
