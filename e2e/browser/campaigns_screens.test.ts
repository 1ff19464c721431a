import { afterAll, beforeAll, expect, test } from "vitest";
import { lookOnce } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { waitFor } from "../support/product.ts";

let stage: BrowserStage;
const ids = { sent: "", scheduled: "", draft: "", template: "" };
beforeAll(async () => {
  stage = await openBrowserStage();
  const { api, pageId } = stage;
  await stage.addWriters(30);
  const campaign = {
    audience: { pageIds: [pageId] },
    variants: ["Fresh beans", "Beans, {{first_name|friend}}?"].map((text) => ({
      weight: 50,
      content: { text },
    })),
  };
  ids.sent = await stage.launch({ ...campaign, name: "Autumn sale" });
  ids.scheduled = await stage.launch({
    ...campaign,
    name: "Christmas hours",
    schedule: { timezone: "Europe/Berlin", recurrence: { every: "week", weekdays: ["mon"], time: "09:00" } },
  });
  ids.draft = await stage.draft({ ...campaign, name: "Half an idea" });
  const { template } = await api.post<{ template: { id: string } }>("/templates", {
    name: "Winter beans",
    content: {
      cards: [{ title: "Guji", buttons: [{ type: "url", title: "Order", url: "https://example.com" }] }],
    },
  });
  ids.template = template.id;
  await api.post("/utility-templates/clone", {
    pageIds: [pageId],
    libraryName: "order_delivered",
    name: "order_delivered",
    language: "en",
  });
  const tells = async (path: string, word: string) => JSON.stringify(await api.get(path)).includes(word);
  await waitFor(() => tells("/utility-templates", "APPROVED"));
  await waitFor(() => tells(`/campaigns/${ids.sent}`, '"completed"'), 30_000);
});
afterAll(() => stage.close());

const looks = [
  { width: 1440, theme: "light" },
  { width: 1024, theme: "dark" },
  { width: 390, theme: "light" },
] as const;

test.each(looks)(
  "every screen of campaigns and templates is accessible, fits and is free of errors at $width px, $theme",
  { timeout: 120_000 },
  async (look) => {
    const { page, troubles } = await stage.visit("inbox", look);
    const at = `${look.width}-${look.theme}`;
    const screens: [name: string, path: string, sign: string | RegExp][] = [
      ["campaigns", "campaigns", "Autumn sale"],
      ["campaigns-calendar", "campaigns/calendar", "Christmas hours"],
      ["campaigns-compliance", "campaigns/compliance", "Within 24 hours of the contact's message"],
      ["campaign-results", `campaigns/${ids.sent}`, "Results by variant"],
      ["campaign-scheduled", `campaigns/${ids.scheduled}`, "every Monday at 09:00"],
      ["templates", "templates", "Winter beans"],
      ["template", `templates/${ids.template}`, "Guji"],
      ["templates-utility", "templates/utility", "Approved"],
    ];
    for (const [name, path, sign] of screens) {
      await page.goto(path);
      await page.getByText(sign).filter({ visible: true }).first().waitFor({ timeout: 15_000 });
      await lookOnce(page, `${name}-${at}`);
    }
    await page.goto(`campaigns/${ids.draft}/edit`);
    const steps = page.getByRole("navigation", { name: "Steps" }).getByRole("button");
    const signs = [
      /can be reached now/,
      "In the audience",
      "Share of A",
      "Respect quiet hours",
      /Send one of 2 variants to \d+ contacts/,
    ];
    for (const [index, sign] of signs.entries()) {
      await steps.nth(index).click();
      await page.getByText(sign).first().waitFor({ timeout: 15_000 });
      await lookOnce(page, `wizard-${index + 1}-${at}`);
    }
    expect(troubles).toEqual([]);
  },
);

test(
  "an open draft shows a colleague's changes, and the copy of this browser does not overwrite them",
  { timeout: 60_000 },
  async () => {
    const { api } = stage;
    const id = await stage.draft({ name: "Ours", content: { text: "Hello" } });
    const { page, troubles } = await stage.visit(`campaigns/${id}/edit`);
    const name = page.getByLabel("Name", { exact: true });
    const shows = (text: string) => waitFor(async () => (await name.inputValue()) === text);
    await shows("Ours");

    await api.raw("PATCH", `/campaigns/${id}`, { name: "Theirs" });
    await shows("Theirs");
    // Changes that the server did not accept stay in this browser.
    await page.route(`**/campaigns/${id}`, (route) =>
      route.request().method() === "PATCH" ? route.abort() : route.continue(),
    );
    await name.fill("Mine");
    await page.getByText(/^Not saved/).waitFor();
    await page.goto("campaigns");
    await page.unroute(`**/campaigns/${id}`);
    await api.raw("PATCH", `/campaigns/${id}`, { name: "Theirs again" });
    await page.goto(`campaigns/${id}/edit`);

    await shows("Theirs again");
    expect(troubles.filter((one) => !one.includes("ERR_FAILED"))).toEqual([]);
  },
);

test("each step of the wizard begins at its first field with the keyboard", { timeout: 60_000 }, async () => {
  const { page, troubles } = await stage.visit("campaigns/new");
  await page.getByLabel("Name", { exact: true }).fill("By keys");
  const isAt = (step: number) =>
    page
      .getByRole("region", { name: `Step ${step} of 5` })
      .evaluate((region) => region === document.activeElement);

  for (const step of [2, 3, 4, 5]) {
    await page.getByRole("button", { name: "Continue" }).press("Enter");
    await expect.poll(() => isAt(step)).toBe(true);
  }
  await page.getByRole("button", { name: "Back", exact: true }).press("Enter");

  await expect.poll(() => isAt(4)).toBe(true);
  expect(troubles).toEqual([]);
});
