import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changeLook, expectAccessible, expectNoOverflow, type Look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";

let stage: BrowserStage;
let demo: string;
let ids: Record<
  "conversation" | "contact" | "segment" | "campaign" | "sequence" | "template" | "page",
  string
>;
beforeAll(async () => {
  const building = Bun.spawn([process.execPath, "build.ts", "qps"], {
    cwd: join(import.meta.dirname, "../../apps/dashboard"),
    stdout: "ignore",
    stderr: "inherit",
  });
  expect(await building.exited).toBe(0);
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
  "account",
  "settings",
  "settings/inbox",
  "settings/sending",
  "settings/suppressions",
  "settings/team",
  "settings/activity",
  `sequences/${ids.sequence}/enrolments`,
  "segments/new",
  "templates/new",
  "sequences/new",
  "system",
];

/** The words of a screen that no message of the catalogs holds, and controls whose words are cut. */
async function faultsOf(page: Page): Promise<{ outside: string[]; cut: string[] }> {
  return await page.evaluate(() => {
    const outside = new Set<string>();
    const cut = new Set<string>();
    const note = (text: string | null) => {
      let left = text ?? "";
      // A message may be a value of another one.
      for (let before = ""; before !== left;) {
        before = left;
        left = left.replace(/⟦[^⟦⟧]*⟧/g, " ");
      }
      left = left.trim().replace(/\s+/g, " ");
      if (/\p{L}{3,}/u.test(left)) outside.add(left);
    };
    const isSeen = (element: Element) => element.checkVisibility({ visibilityProperty: true });
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (parent && !["SCRIPT", "STYLE", "OPTION", "KBD"].includes(parent.tagName) && isSeen(parent))
        note(node.textContent);
    }
    for (const element of document.querySelectorAll("[aria-label],[title],[placeholder],[alt]"))
      if (isSeen(element))
        for (const name of ["aria-label", "title", "placeholder", "alt"]) note(element.getAttribute(name));
    for (const element of document.querySelectorAll<HTMLElement>(
      "button, a:not(.sr-only), label:not(.sr-only), th, h1, h2, h3, legend",
    )) {
      const isCut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1;
      const { overflowX, textOverflow, display } = getComputedStyle(element);
      if (isCut && overflowX === "hidden" && textOverflow !== "ellipsis" && display !== "inline")
        cut.add(element.textContent?.trim() ?? "");
    }
    return { outside: [...outside], cut: [...cut] };
  });
}

/** Everything that the server sent to the page: its texts come from data. */
function listen(page: Page): { has: (text: string) => boolean } {
  const told: string[] = [];
  page.on("response", (response) => {
    if (!response.url().includes("/api/")) return;
    void response.text().then(
      (text) => told.push(text.replaceAll('\\"', '"').replaceAll("\\n", " ").replace(/\s+/g, " ")),
      () => {},
    );
  });
  return {
    has(text) {
      const parts = text.split(/ · |, |: |\. |[“”()]/u).map((part) => part.replace(/^[\s·]+|[\s·:]+$/gu, ""));
      return parts.every((part) => isName(part) || isOfIntl(part) || told.some((one) => one.includes(part)));
    },
  };
}

const isName = (text: string) =>
  !/\p{L}{3,}/u.test(text) ||
  /^(MessageSender( \d+\.\d+\.\d+)?|PSID|Redis|PostgreSQL|[a-z]{2}-[A-Z]{2})$/.test(text);

/** Words of dates, times and units as Intl writes them. */
const ofIntl =
  /^(?:\d*|AM|PM|at|UTC|GMT|K|M|ms|ago|in|(?:second|minute|hour|day|week|month)s?|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*)$/;

const isOfIntl = (text: string) => text.split(/[\s:.,/–+-]/u).every((word) => ofIntl.test(word));

const goTo = async (page: Page, screen: string): Promise<void> => {
  await page.goto(`${stage.product.url}/w/${demo}/${screen}`, { waitUntil: "networkidle" }).catch(() => {});
};

test(
  "every screen takes its words from the catalogs, and longer words fit",
  { timeout: 300_000 },
  async () => {
    const { page, troubles } = await stage.visit("inbox", { language: "qps" });
    const told = listen(page);
    const faults: string[] = [];
    for (const screen of screens()) {
      await changeLook(page, { width: 1440, theme: "light" });
      await goTo(page, screen);
      await page.getByText(/⟦/).first().waitFor();
      for (const width of [1440, 390]) {
        await changeLook(page, { width, theme: "light" });
        const place = `${screen} at ${width} px`;
        await expectNoOverflow(page, `qps-${screen.replaceAll("/", "-")}-${width}`);
        const { outside, cut } = await faultsOf(page);
        for (const text of cut) faults.push(`${place}: cut: ${text}`);
        for (const text of outside)
          if (!told.has(text)) faults.push(`${place}: outside the catalogs: ${text}`);
      }
    }

    expect(faults).toEqual([]);
    expect(troubles).toEqual([]);
  },
);

test.each<{ language: string; looks: Look[] }>([
  {
    language: "ar",
    looks: [
      { width: 1440, theme: "light" },
      { width: 390, theme: "dark" },
    ],
  },
  { language: "es", looks: [{ width: 390, theme: "light" }] },
])(
  "$language: every screen is accessible, fits and is free of errors",
  { timeout: 300_000 },
  async ({ language, looks }) => {
    const { page, troubles } = await stage.visit("inbox", { language, ...looks[0] });
    for (const screen of screens()) {
      const name = `${language}-${screen.replaceAll("/", "-")}`;
      if (looks[0]) await changeLook(page, looks[0]);
      await goTo(page, screen);
      for (const look of looks) {
        await changeLook(page, look);
        await expectAccessible(page, `${name}-${look.width}-${look.theme}`);
      }
      // Colors change no width.
      for (const width of [390, 1024, 1440]) {
        await changeLook(page, { width, theme: "light" });
        await expectNoOverflow(page, `${name}-${width}`);
      }
    }

    expect(await page.locator("html").getAttribute("dir")).toBe(language === "ar" ? "rtl" : "ltr");
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

  await page.getByRole("button", { name: "تسجيل الدخول", exact: true }).waitFor();
  expect(await page.locator("html").getAttribute("dir")).toBe("rtl");
  expect(troubles.filter((trouble) => !trouble.includes("401"))).toEqual([]);
});
