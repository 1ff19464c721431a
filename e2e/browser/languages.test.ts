import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

let stage: BrowserStage;
let demo: string;
let ids: Record<
  "conversation" | "contact" | "segment" | "campaign" | "sequence" | "template" | "page",
  string
>;
beforeAll(async () => {
  stage = await openBrowserStage();
  const { workspace } = await stage.everywhere.post<{ workspace: { id: string } }>("/demo");
  demo = workspace.id;
  const [row] = await stage.sql<(typeof ids)[]>`
    select (select id from messaging.conversations w where workspace_id = ${demo} order by last_message_at desc limit 1) as conversation,
      (select id from messaging.contacts where workspace_id = ${demo} order by id limit 1) as contact,
      (select id from messaging.segments where workspace_id = ${demo} order by id limit 1) as segment,
      (select id from messaging.campaigns where workspace_id = ${demo} and kind <> 'sequence' and status = 'completed'
        order by id limit 1) as campaign,
      (select id from messaging.campaigns where workspace_id = ${demo} and kind = 'sequence' order by id limit 1) as sequence,
      (select id from messaging.templates where workspace_id = ${demo} order by id limit 1) as template,
      (select id from messaging.pages where workspace_id = ${demo} order by id limit 1) as page`;
  if (!row) throw new Error("The demo has nothing to look at");
  ids = row;
}, 180_000);
afterAll(() => stage.close());

const screens = (): string[] => [
  "inbox",
  `inbox/${ids.conversation}`,
  "contacts",
  `contacts/${ids.contact}`,
  "contacts/labels",
  "contacts/transfers",
  "contacts/import",
  "segments",
  `segments/${ids.segment}`,
  "campaigns",
  "campaigns/calendar",
  "campaigns/compliance",
  "campaigns/new",
  `campaigns/${ids.campaign}`,
  "sequences",
  `sequences/${ids.sequence}`,
  "templates",
  `templates/${ids.template}`,
  "templates/utility",
  "analytics",
  "pages",
  `pages/${ids.page}`,
  `pages/${ids.page}/profile`,
  "notifications",
  "settings",
  "settings/inbox",
  "settings/sending",
  "settings/suppressions",
  "system",
];

test.each([
  { language: "ar", width: 1440, theme: "light" },
  { language: "ar", width: 390, theme: "dark" },
  { language: "es", width: 390, theme: "light" },
] as const)(
  "$language at $width px, $theme: every screen is accessible, fits and is free of errors",
  { timeout: 240_000 },
  async (options) => {
    const { page, troubles } = await stage.visit("inbox", options);
    const wide: string[] = [];
    for (const screen of screens()) {
      await page
        .goto(`${stage.product.url}/w/${demo}/${screen}`, { waitUntil: "networkidle" })
        .catch(() => {});
      await expectAccessible(page, `${screen} in ${options.language}`);
      await look(page, `${options.language}-${screen.replaceAll("/", "-")}-${options.width}`);
      if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth))
        wide.push(screen);
    }

    expect(await page.locator("html").getAttribute("dir")).toBe(options.language === "ar" ? "rtl" : "ltr");
    expect(wide).toEqual([]);
    expect(troubles).toEqual([]);
  },
);

test("a person chooses a language, which stays; before login the browser chooses", async () => {
  const { page, context, troubles } = await stage.visit("inbox");
  await page.getByRole("button", { name: "Account, theme and language" }).click();
  await page.getByRole("menuitemradio", { name: "Español" }).click();
  await page.getByRole("link", { name: "Bandeja de entrada" }).first().waitFor();
  await page.reload();
  await page.getByRole("link", { name: "Contactos" }).first().waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("es");
  await context.clearCookies();
  await context.setExtraHTTPHeaders({ "accept-language": "ar-EG,en;q=0.5" });

  await page.goto(`${stage.product.url}/login`);

  await page.getByRole("button", { name: "تسجيل الدخول" }).waitFor();
  expect(await page.locator("html").getAttribute("dir")).toBe("rtl");
  expect(troubles.filter((trouble) => !trouble.includes("401"))).toEqual([]);
});
