import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { look, lookOnce } from "../support/browser.ts";
import { choose } from "../support/controls.ts";
import { apiClient, waitFor } from "../support/product.ts";

const password = "Korrekt-Pferd-7";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

interface OutboxMail {
  subject: string;
  text: string;
}

/** The newest mail to an address, once it is in the outbox. */
async function mailTo(email: string, count = 1): Promise<OutboxMail> {
  const read = async () =>
    (await stage.control<{ mails: OutboxMail[] }>("GET", `mail?to=${encodeURIComponent(email)}`)).mails;
  await waitFor(async () => (await read()).length >= count, 20_000, `mail ${count} to ${email}`);
  const [newest] = await read();
  if (!newest) throw new Error(`There is no mail to ${email}`);
  return newest;
}

const linkIn = ({ text }: OutboxMail) => /http\S+#token=\S+/.exec(text)?.[0] ?? "";
const row = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });

test("two people: invited by mail, accepts, sees what the role allows, is changed and deactivated while watching", async () => {
  const { page: boss, troubles } = await stage.visit("settings/team");
  await boss.getByText("You work alone so far").waitFor();
  await boss.getByRole("button", { name: "Invite people" }).click();
  await boss.getByLabel("Email").fill("nina@example.com");
  await choose(boss.getByLabel("Role", { exact: true }), "Viewer");
  await boss.getByText("Reads everything and changes nothing.").waitFor();
  await lookOnce(boss, "team-invite");
  await boss.getByRole("button", { name: "Send invitation" }).click();
  await boss.getByRole("heading", { name: "Invitation for nina@example.com" }).waitFor();
  const shown = await boss.getByLabel("Link", { exact: true }).inputValue();
  await boss.getByRole("button", { name: "Done", exact: true }).click();
  await row(boss, "nina@example.com").getByText("Luna Coffee (Viewer)").waitFor();

  const mail = await mailTo("nina@example.com");
  expect(mail.subject).toBe("Owner invites you to Luna Coffee");
  expect(linkIn(mail)).toBe(shown);

  const { page: nina, troubles: ninasTroubles } = await stage.open();
  await nina.goto(linkIn(mail));
  await nina.getByRole("heading", { name: "Join Luna Coffee" }).waitFor();
  await nina.getByText("Luna Coffee: Viewer").waitFor();
  await lookOnce(nina, "invite-accept");
  await nina.getByLabel("Your name").fill("Nina New");
  await nina.getByRole("textbox", { name: "Password" }).fill(password);
  await nina.getByRole("button", { name: "Create account and join" }).click();
  await nina.waitForURL(/\/inbox/);

  await nina.goto("settings/team");
  await nina.getByText("Only owners manage the team").waitFor();
  await nina.goto("settings");
  await nina.getByText("Luna Coffee").first().waitFor();
  expect(await nina.getByLabel("Name", { exact: true }).count()).toBe(0);

  // The role changes while she watches: she is out within seconds, and comes back with more rights.
  await nina.goto("inbox");
  await boss.reload();
  await boss.getByRole("button", { name: "Manage Nina New" }).click();
  await choose(boss.getByLabel("Role in Luna Coffee"), "Manager");
  await boss.getByText("Role saved").waitFor();
  await nina.waitForURL(/\/login/, { timeout: 10_000 });
  await nina.getByLabel("Email").fill("nina@example.com");
  await nina.getByRole("textbox", { name: "Password" }).fill(password);
  await nina.getByRole("button", { name: "Sign in", exact: true }).click();
  await nina.waitForURL(/\/inbox/);
  await nina.goto("settings");
  await nina.getByLabel("Name", { exact: true }).waitFor();

  await nina.goto("inbox");
  await look(boss, "team-member");
  await boss.getByRole("button", { name: "Deactivate", exact: true }).click();
  await boss.getByRole("alertdialog").getByRole("button", { name: "Deactivate" }).click();
  await boss.getByText("Nina New is deactivated").waitFor();
  await nina.waitForURL(/\/login/, { timeout: 10_000 });
  await nina.getByLabel("Email").fill("nina@example.com");
  await nina.getByRole("textbox", { name: "Password" }).fill(password);
  await nina.getByRole("button", { name: "Sign in", exact: true }).click();
  await nina.getByText("the email address or the password is wrong").waitFor();

  await boss.keyboard.press("Escape");
  await row(boss, "Nina New").getByText("Deactivated").waitFor();
  await look(boss, "team");
  expect(troubles).toEqual([]);
  expect(ninasTroubles.filter((one) => !/40[13]/.test(one))).toEqual([]);
}, 120_000);

test("an invitation can be sent again, revoked, and its dead link says what to do", async () => {
  const { page: boss } = await stage.visit("settings/team");
  await boss.getByRole("button", { name: "Invite people" }).click();
  await boss.getByLabel("Email").fill("otto@example.com");
  await boss.getByRole("button", { name: "Send invitation" }).click();
  await boss.getByRole("button", { name: "Done", exact: true }).click();
  const first = linkIn(await mailTo("otto@example.com"));
  await row(boss, "otto@example.com").getByRole("button", { name: "Send again" }).click();
  const second = linkIn(await mailTo("otto@example.com", 2));
  expect(second).not.toBe(first);

  const { page: otto } = await stage.open();
  await otto.goto(first);
  await otto.getByRole("heading", { name: "This invitation cannot be used" }).waitFor();
  await lookOnce(otto, "invite-over");

  await row(boss, "otto@example.com").getByRole("button", { name: "Revoke" }).click();
  await boss.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await boss.getByText("Invitation revoked").waitFor();
  await otto.goto("about:blank");
  await otto.goto(second);
  await otto.getByRole("heading", { name: "This invitation cannot be used" }).waitFor();
}, 120_000);

test("an account joins another workspace after its login, in Arabic from right to left", async () => {
  const { everywhere, workspaceId, product } = stage;
  const invite = async (workspace: string) => {
    const workspaces = [{ workspaceId: workspace, role: "operator" }];
    const body = { email: "omar@example.com", workspaces, sendMail: true, language: "ar" };
    return (await everywhere.post<{ link: string }>("/team/invitations", body)).link;
  };
  const token = (await invite(workspaceId)).split("#token=")[1];
  // Mails of one moment may arrive in either order.
  await mailTo("omar@example.com");
  await apiClient(product.url, null).post("/auth/invitations/accept", { token, name: "Omar", password });
  const { workspace } = await everywhere.post<{ workspace: { id: string } }>("/workspaces", {
    name: "Roastery",
  });
  const link = await invite(workspace.id);
  expect((await mailTo("omar@example.com", 2)).subject).toBe("دعوة من Owner إلى Roastery");

  const { page: omar } = await stage.open({ language: "ar" });
  await omar.goto(link);
  await omar.getByRole("heading", { name: /الانضمام إلى .?Roastery/ }).waitFor();
  expect(await omar.locator("html").getAttribute("dir")).toBe("rtl");
  await lookOnce(omar, "invite-join-ar");
  await omar.locator("input[name=password]").fill(password);
  await omar.getByRole("button", { name: "انضمام", exact: true }).click();
  await omar.waitForURL(/\/inbox/);
  await omar.goto(`${product.url}/w/${workspace.id}/settings`);
  await omar.getByText("Roastery").first().waitFor();

  const { page: boss } = await stage.visit("settings/team", { language: "ar" });
  await boss.getByRole("button", { name: "دعوة أشخاص" }).click();
  await boss.getByText("يرد ويعمل على المحادثات").waitFor();
  await lookOnce(boss, "team-invite-ar");
  await boss.keyboard.press("Escape");
  await lookOnce(boss, "team-ar");
}, 90_000);

test("the owner sends a test mail, and the simulator's outbox shows it", async () => {
  const { page } = await stage.visit("system");
  await page.getByRole("tab", { name: "Mail" }).click();
  await page.getByRole("button", { name: "Send test mail" }).click();
  await page.getByText("Sent to owner@example.com.").waitFor({ timeout: 15_000 });
  await lookOnce(page, "system-mail");

  const { page: outbox } = await stage.open();
  await outbox.goto(`${stage.product.simulator.url}/outbox`);
  await outbox.getByRole("button", { name: "Test mail of MessageSender" }).click();
  await outbox.frameLocator("iframe").getByText("Mail works: invitations and notices").waitFor();
  await lookOnce(outbox, "outbox");
}, 60_000);
