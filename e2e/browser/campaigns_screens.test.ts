import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, launchBrowser, logIn, openWindow } from "../support/browser.ts";
import {
  type Connected,
  connectPage,
  type Product,
  simulatorCall,
  startProduct,
  waitFor,
} from "../support/product.ts";

// Looked at by people; kept out of the repository.
const shots = fileURLToPath(new URL("../../test-results/screens", import.meta.url));

let product: Product;
let browser: Browser;
let connected: Connected;
const ids = { sent: "", scheduled: "", draft: "", template: "" };
beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchBrowser()]);
  connected = await connectPage(product);
  const { api, workspaceId, pageId, facebookPageId } = connected;
  await simulatorCall(product.simulator, "POST", "persons", {
    pageId: facebookPageId,
    count: 30,
    text: "Hi",
  });
  const w = `/workspaces/${workspaceId}`;
  await waitFor(async () => {
    const [row] = await product.database.sql<{ count: number }[]>`
      select count(*)::int4 as count from messaging.contacts where last_inbound_at is not null`;
    return row?.count === 30;
  });
  const make = async (name: string, more: object = {}) => {
    const variants = ["Fresh beans", "Beans, {{first_name|friend}}?"];
    const { campaign } = await api.post<{ campaign: { id: string } }>(`${w}/campaigns`, {
      name,
      kind: "window",
      audience: { pageIds: [pageId] },
      variants: variants.map((text) => ({ weight: 50, content: { text } })),
      ...more,
    });
    return campaign.id;
  };
  ids.sent = await make("Autumn sale");
  ids.scheduled = await make("Christmas hours", {
    schedule: { timezone: "Europe/Berlin", recurrence: { every: "week", weekdays: ["mon"], time: "09:00" } },
  });
  ids.draft = await make("Half an idea");
  for (const id of [ids.sent, ids.scheduled]) await api.post(`${w}/campaigns/${id}/launch`);
  const { template } = await api.post<{ template: { id: string } }>(`${w}/templates`, {
    name: "Winter beans",
    content: {
      cards: [{ title: "Guji", buttons: [{ type: "url", title: "Order", url: "https://example.com" }] }],
    },
  });
  ids.template = template.id;
  await api.post(`${w}/utility-templates/clone`, {
    pageIds: [pageId],
    libraryName: "order_delivered",
    name: "order_delivered",
    language: "en",
  });
  const read = (path: string) => api.get<Record<string, unknown>>(`${w}${path}`);
  await waitFor(async () => JSON.stringify(await read("/utility-templates")).includes("APPROVED"));
  await waitFor(
    async () => JSON.stringify(await read(`/campaigns/${ids.sent}`)).includes('"completed"'),
    30_000,
  );
  mkdirSync(shots, { recursive: true });
});
afterAll(async () => {
  await browser.close();
  await product.stop();
});

const looks = [
  { width: 1440, theme: "light" },
  { width: 1024, theme: "dark" },
  { width: 390, theme: "light" },
] as const;

test.each(looks)(
  "every screen of campaigns and templates is accessible, fits and is free of errors at $width px, $theme",
  { timeout: 120_000 },
  async (look) => {
    const { page, troubles, context } = await openWindow(browser, look);
    const at = `${look.width}-${look.theme}`;
    await logIn(page, product);
    const w = `${product.url}/w/${connected.workspaceId}`;
    const check = async (name: string) => {
      await page.screenshot({ path: join(shots, `${name}-${at}.png`) });
      await expectAccessible(page, `${name} at ${at}`);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${name} at ${at} scrolls sideways`).toBeLessThanOrEqual(0);
    };
    const screens: [name: string, path: string, sign: string | RegExp][] = [
      ["campaigns", "/campaigns", "Autumn sale"],
      ["campaigns-calendar", "/campaigns/calendar", "Christmas hours"],
      ["campaigns-compliance", "/campaigns/compliance", "Within 24 hours of the person's message"],
      ["campaign-results", `/campaigns/${ids.sent}`, "Per variant"],
      ["campaign-scheduled", `/campaigns/${ids.scheduled}`, "every Monday at 09:00"],
      ["templates", "/templates", "Winter beans"],
      ["template", `/templates/${ids.template}`, "Guji"],
      ["templates-utility", "/templates/utility", "Approved"],
    ];
    for (const [name, path, sign] of screens) {
      await page.goto(w + path);
      await page.getByText(sign).filter({ visible: true }).first().waitFor({ timeout: 15_000 });
      await check(name);
    }
    await page.goto(`${w}/campaigns/${ids.draft}/edit`);
    const steps = page.getByRole("navigation", { name: "Steps" }).getByRole("button");
    const signs = [
      /can be reached now/,
      "In the audience",
      "Share of A",
      "Respect quiet hours",
      /goes to \d+ people/,
    ];
    for (const [index, sign] of signs.entries()) {
      await steps.nth(index).click();
      await page.getByText(sign).first().waitFor({ timeout: 15_000 });
      await check(`wizard-${index + 1}`);
    }
    expect(troubles).toEqual([]);
    await context.close();
  },
);
