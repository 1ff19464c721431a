import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { openWalk, otherBrowsers, type Walk } from "../support/other_browsers.ts";
import { owner, waitFor } from "../support/product.ts";

let stage: BrowserStage;
let demo: string;
let ids: Record<"conversation" | "contact" | "segment" | "campaign" | "sequence" | "page", string>;
beforeAll(async () => {
  stage = await openBrowserStage();
  await stage.write(anna, "Good morning");
  const { workspace } = await stage.everywhere.post<{ workspace: { id: string } }>("/demo");
  demo = workspace.id;
  const [row] = await stage.sql<(typeof ids)[]>`
    select (select id from messaging.conversations w where workspace_id = ${demo} order by last_message_at desc limit 1) as conversation,
      (select id from messaging.contacts where workspace_id = ${demo} order by id limit 1) as contact,
      (select id from messaging.segments where workspace_id = ${demo} and kind = 'dynamic' order by id limit 1) as segment,
      (select id from messaging.campaigns where workspace_id = ${demo} and kind <> 'sequence' and status = 'completed'
        order by id limit 1) as campaign,
      (select id from messaging.campaigns where workspace_id = ${demo} and kind = 'sequence' order by id limit 1) as sequence,
      (select id from messaging.pages where workspace_id = ${demo} order by id limit 1) as page`;
  if (!row) throw new Error("The demo has nothing to look at");
  ids = row;
}, 180_000);
afterAll(() => stage?.close());

/** The main screens, some with a text that they show once they have their data. */
const screens = (): [path: string, sign?: string][] => [
  ["inbox"],
  [`inbox/${ids.conversation}`, "The demo sends no messages"],
  ["contacts"],
  [`contacts/${ids.contact}`],
  ["segments"],
  [`segments/${ids.segment}`, "Contacts now"],
  ["campaigns", "New harvest: Sidamo Natural"],
  [`campaigns/${ids.campaign}`, "Completed"],
  ["campaigns/new", "Continue"],
  ["sequences"],
  [`sequences/${ids.sequence}`],
  ["analytics"],
  ["pages"],
  [`pages/${ids.page}`, "Welcome message"],
  ["settings", "Workspace"],
  ["account", "Single-key shortcuts"],
  ["settings/sending", "Frequency cap"],
  ["system", "Database"],
];

describe.each(otherBrowsers)("$name", (browser) => {
  // A machine of ours has both: `bun run test` and the workflow install them.
  const isLeftOut = !browser.isInstalled && process.env.CI === undefined;
  if (isLeftOut) test.skip(`is not installed: the screens were not seen in it (Debian: ${browser.packages})`);
  if (isLeftOut) return;

  let walk: Walk;
  beforeAll(async () => {
    // The language stays with the account, and the browser before this one chose Arabic.
    await stage.sql`update auth.users set language = null`;
    walk = await openWalk(browser);
    await walk.driver.resize(1440, 900);
    await walk.driver.load(`${stage.product.url}/login`);
    await walk.click({ role: "textbox", name: "Email" });
    await walk.driver.type(owner.email);
    await walk.driver.press("Tab");
    await walk.driver.type(owner.password);
    await walk.driver.press("Enter");
    await walk.find({ role: "list", name: "Conversations" });
  }, 120_000);
  afterAll(() => walk?.driver.close());

  test("a message arrives live, and its reply is sent", { timeout: 120_000 }, async () => {
    await walk.driver.load(`${stage.product.url}/w/${stage.workspaceId}/inbox`);
    await walk.find({ role: "link", name: "Anna Keller" });
    await stage.write(anna, `Hello from ${browser.name}`);
    await walk.see(`Hello from ${browser.name}`);
    await walk.click({ role: "link", name: "Anna Keller" });
    await walk.find({ role: "log", name: "Messages" });
    await walk.click({ role: "textbox", name: "Reply" });
    await walk.driver.type(`Reply from ${browser.name}`);
    await walk.driver.press("Enter");
    await waitFor(
      async () => (await stage.sent(anna)).some(({ text }) => text === `Reply from ${browser.name}`),
      20_000,
      "the reply at Meta",
    );
    await stage.write(anna, `Thanks, ${browser.name}`);
    await walk.see(`Thanks, ${browser.name}`);
    await walk.look("conversation");

    expect(await walk.driver.troubles()).toEqual([]);
  });

  test("keys move through the inbox, the palette and the sections", { timeout: 120_000 }, async () => {
    await walk.driver.load(`${stage.product.url}/w/${stage.workspaceId}/inbox`);
    await walk.find({ role: "link", name: "Anna Keller" });
    await walk.driver.press("j");
    await walk.driver.press("Enter");
    await walk.find({ role: "log", name: "Messages" });
    await walk.driver.press("r");
    await walk.driver.type(`Typed in ${browser.name}`);
    await walk.driver.press("Enter");
    await waitFor(
      async () => (await stage.sent(anna)).some(({ text }) => text === `Typed in ${browser.name}`),
      20_000,
      "the reply at Meta",
    );
    await walk.driver.press("Escape");
    await walk.driver.press("Control+k");
    await walk.find({ role: "combobox", name: "" });
    await walk.driver.type("frequency cap");
    await walk.find({ role: "option", name: "Sending rules" });
    await walk.driver.press("Escape");
    await walk.driver.press("g");
    await walk.driver.press("c");
    await waitFor(() => walk.driver.run(() => location.pathname.endsWith("/contacts"), null));

    expect(await walk.driver.troubles()).toEqual([]);
  });

  test("the wizard of campaigns and the editor of segments work", { timeout: 120_000 }, async () => {
    await walk.driver.load(`${stage.product.url}/w/${demo}/campaigns/new`);
    await walk.click({ role: "textbox", name: "Name" });
    await walk.driver.type(`Made in ${browser.name}`);
    for (const step of [2, 3, 4, 5]) {
      await walk.click({ role: "button", name: "Continue" });
      await waitFor(() =>
        walk.driver.run(
          (wanted) => document.activeElement?.getAttribute("aria-label")?.startsWith(wanted) ?? false,
          `Step ${step} of 5`,
        ),
      );
      await walk.look(`wizard-${step}`);
    }
    await walk.follow(`/w/${demo}/segments/${ids.segment}`);
    await walk.see("Contacts now");
    await walk.click({ role: "button", name: "Add group" });
    await walk.find({ role: "combobox", name: "Match rule", at: 1 });
    await walk.look("segment");

    expect(await walk.driver.troubles()).toEqual([]);
  });

  test.each([1440, 390])(
    "at %i px the main screens fit and are free of errors",
    { timeout: 180_000 },
    async (width) => {
      await walk.driver.resize(width, width < 500 ? 844 : 900);
      await walk.driver.load(`${stage.product.url}/w/${demo}/inbox`);
      const faults: string[] = [];
      for (const [path, sign] of screens()) {
        await walk.follow(`/w/${demo}/${path}`);
        await walk.stand();
        if (sign !== undefined) await walk.see(sign);
        await walk.look(`${path.replaceAll("/", "-")}-${width}`);
        if ((await walk.overflow()) > 0) faults.push(`${path}: wider than the window`);
      }

      expect(faults).toEqual([]);
      expect(await walk.driver.troubles()).toEqual([]);
    },
  );

  test("in Arabic and dark the screens are mirrored, and fit on a phone", { timeout: 180_000 }, async () => {
    await walk.driver.resize(1440, 900);
    await walk.driver.load(`${stage.product.url}/w/${demo}/inbox`);
    await walk.click({ role: "button", name: "Account, theme and language" });
    await walk.click({ role: "menuitemradio", name: "Dark" });
    await waitFor(() => walk.driver.run(() => document.documentElement.classList.contains("dark"), null));
    await walk.driver.load(`${stage.product.url}/w/${demo}/inbox`);
    await walk.click({ role: "button", name: "Account, theme and language" });
    await walk.click({ role: "menuitemradio", name: "العربية" });
    await waitFor(() => walk.driver.run(() => document.documentElement.dir === "rtl", null), 20_000);
    await walk.driver.resize(390, 844);
    await walk.driver.load(`${stage.product.url}/w/${demo}/inbox`);
    const faults: string[] = [];
    for (const [path] of screens()) {
      await walk.follow(`/w/${demo}/${path}`);
      await walk.stand();
      await walk.look(`ar-${path.replaceAll("/", "-")}`);
      if ((await walk.overflow()) > 0) faults.push(`${path}: wider than the window`);
    }

    expect(await walk.driver.run(() => document.documentElement.dir, null)).toBe("rtl");
    expect(faults).toEqual([]);
    expect(await walk.driver.troubles()).toEqual([]);
  });
});
