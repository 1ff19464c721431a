import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await stage.control("PATCH", "switches", {
    app: { lackedPermissions: [], invalidScopes: "redirect", fieldPermissions: {} },
  });
});

const app = (rules: object) => stage.control("PATCH", "switches", { app: rules });

test(
  "the card lists refused events with their permission, and a lost setting of the app is set right in one click",
  { timeout: 120_000 },
  async () => {
    await app({ fieldPermissions: { feed: ["pages_never_granted"], message_reads: ["pages_other"] } });
    await stage.api.post(`/pages/${stage.pageId}/repair`);
    await stage.control("PATCH", "app", {
      callbackUrl: `${stage.product.url}/api/v1/webhooks/facebook`,
      fields: ["messages", "message_echoes"],
    });
    await stage.api.get("/pages/doctor");
    const { page, troubles } = await stage.visit("pages");
    const card = page.getByRole("article", { name: "Luna Coffee Roasters" });

    await card.getByText("Comments on posts. Needs pages_never_granted").waitFor();
    await card.getByText("Read receipts. Needs pages_other").waitFor();
    await card
      .getByText("Some events do not arrive because Meta refuses them. Everything else works")
      .waitFor();
    await card.getByText("Page token: valid, and does not expire by itself").waitFor();
    const notice = page.getByRole("region", { name: "Meta app settings" });
    await notice.getByText(/^The app does not receive message_edits/).waitFor();
    await look(page, "pages-refused-events");
    await notice.getByRole("button", { name: "Fix at Meta" }).click();

    await expect.poll(() => notice.count()).toBe(0);
    expect(await stage.control("GET", "app")).toMatchObject({
      fields: expect.arrayContaining(["message_edits", "feed"]),
    });
    expect(troubles).toEqual([]);
  },
);

test(
  "the doctor replaces the webhook address of another installation only after a question that names it",
  { timeout: 120_000 },
  async () => {
    const theirs = "https://staging.example.com/webhook";
    const before = await stage.control("GET", "app");
    await stage.control("PATCH", "app", { callbackUrl: theirs });
    const { page, troubles } = await stage.visit("pages");
    await page.getByRole("button", { name: "Setup check" }).click();
    const doctor = page.getByRole("region", { name: "Setup check" });

    await doctor.getByText(`Meta sends events to ${theirs}`).waitFor();
    await doctor.getByText("Meta does not say whether messages of the public arrive").waitFor();
    await look(page, "doctor-other-address");
    await doctor.getByRole("button", { name: "Fix at Meta" }).click();
    const question = page.getByRole("alertdialog", { name: "Replace the webhook URL?" });
    await question.getByText(theirs).waitFor();
    await question.getByRole("button", { name: "Replace" }).click();

    await doctor.getByText("The app receives all events of its pages").waitFor();
    const { callbackUrl } = await stage.control("GET", "app");
    expect(new URL(String(callbackUrl)).pathname).toBe(new URL(String(before.callbackUrl)).pathname);
    expect(troubles).toEqual([]);
  },
);

test(
  "Invalid Scopes: the screen names the missing permission and how to add it, and connects without it",
  { timeout: 120_000 },
  async () => {
    await app({ lackedPermissions: ["business_management"] });
    const { page, troubles } = await stage.visit("pages");
    await page.getByRole("button", { name: "Connect page" }).click();
    await page.getByRole("button", { name: "Continue with Facebook" }).click();

    await page.getByRole("heading", { name: "The Meta app is missing a permission" }).waitFor();
    await page.getByText("List pages that belong to a business portfolio.").waitFor();
    await page.getByText("How to add it at Meta").click();
    await page.getByText(/add business_management\. People outside your team/).waitFor();
    await look(page, "login-invalid-scopes");
    await page.getByRole("button", { name: "Connect without it" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("heading", { name: "Which pages do you want to connect?" }).waitFor();
    await page.getByRole("button", { name: "Connect 2 pages" }).click();

    await page.getByRole("heading", { name: "2 pages connected" }).waitFor();
    expect(troubles).toEqual([]);
  },
);

test(
  "Invalid Scopes on Facebook's own page: a person who returns finds the permissions to clear",
  { timeout: 120_000 },
  async () => {
    await app({ lackedPermissions: ["business_management"], invalidScopes: "page" });
    const { page } = await stage.visit("pages");
    await page.getByRole("button", { name: "Connect page" }).click();
    await page.getByRole("button", { name: "Continue with Facebook" }).click();
    await page.getByText(/^Invalid Scopes: business_management/).waitFor();
    await page.goto("pages");
    await page.getByRole("button", { name: "Connect page" }).click();

    await page.getByText("If Facebook shows “Invalid Scopes”").waitFor();
    expect(await page.getByRole("checkbox", { name: /pages_messaging/ }).isDisabled()).toBe(true);
    await look(page, "connect-permissions");
    await page.getByRole("checkbox", { name: /business_management/ }).uncheck();
    await page.getByRole("button", { name: "Continue with Facebook" }).click();

    await page.getByRole("heading", { name: "Log in with Facebook" }).waitFor();
    expect(new URL(page.url()).searchParams.get("scope")).not.toContain("business_management");
  },
);

test(
  "a declined permission is explained: a required one is asked for again, others do not stop the connection",
  { timeout: 120_000 },
  async () => {
    const { page, troubles } = await stage.visit("pages");
    const decline = async (...names: string[]) => {
      await page.getByRole("heading", { name: "Log in with Facebook" }).waitFor();
      for (const name of names) await page.getByRole("checkbox", { name }).uncheck();
      await page.getByRole("button", { name: "Continue" }).click();
    };
    await page.getByRole("button", { name: "Connect page" }).click();
    await page.getByRole("button", { name: "Continue with Facebook" }).click();
    await decline("pages_messaging", "pages_read_engagement");

    await page
      .getByRole("heading", { name: "Facebook did not grant a permission that every page needs" })
      .waitFor();
    await page.getByText("Receive and send the page's messages.").waitFor();
    await look(page, "login-required-declined");
    await page.getByRole("button", { name: "Try Facebook again" }).click();
    await decline("pages_read_user_content");
    await page.getByRole("heading", { name: "Which pages do you want to connect?" }).waitFor();
    await page.getByText("1 permission was not granted. Messages work without it.").click();
    await page.getByText("Comments arrive without their author.").waitFor();
    await look(page, "login-declined");
    await page.getByRole("checkbox", { name: "Harbour Bike Repair" }).check();
    await app({ fieldPermissions: { feed: ["pages_never_granted"] } });
    await page.getByRole("button", { name: /^Connect \d page/ }).click();
    await page.getByText("Not received: Comments on posts. Needs pages_never_granted").waitFor();
    await look(page, "login-connected");
    await page.getByRole("link", { name: "Go to Pages" }).click();
    const card = page.getByRole("article", { name: "Harbour Bike Repair" });
    await card.getByRole("button", { name: "Turn on comment authors" }).click();
    await page.getByRole("checkbox", { name: "pages_read_user_content" }).waitFor();

    expect(troubles).toEqual([]);
  },
);
