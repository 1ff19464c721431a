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
let conversationId: string;
let segmentId: string;
beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchBrowser()]);
  connected = await connectPage(product);
  const { simulator } = product;
  const say = (psid: string, body: object) => simulatorCall(simulator, "POST", `persons/${psid}/write`, body);
  await say("24266381753005181", { text: "Hi! Do you ship to Berlin?" });
  await say("24266381753005182", { text: "My order 4711 arrived broken." });
  await say("24266381753005180", { text: "Good morning" });
  await say("24266381753005180", { text: "Is the espresso blend back in stock?" });
  const { api, workspaceId } = connected;
  await waitFor(
    async () =>
      (await api.get<{ items: unknown[] }>(`/workspaces/${workspaceId}/conversations`)).items.length === 3,
  );
  const { items } = await api.get<{ items: { id: string; preview: { text: string } }[] }>(
    `/workspaces/${workspaceId}/conversations?search=espresso`,
  );
  conversationId = items[0]?.id ?? "";
  const thread = `/workspaces/${workspaceId}/conversations/${conversationId}`;
  await api.post(
    `${thread}/messages`,
    { text: "Yes, roasted this morning. Shall I put a bag aside for you?" },
    { "idempotency-key": "screens-0001" },
  );
  await api.post(`${thread}/notes`, { text: "Regular since 2023, likes it dark." });
  // Else the next message is written before the answer is there, and stands above it.
  await waitFor(async () => {
    const rows = await product.database.sql`select 1 from messaging.deliveries where state = 'sent'`;
    return rows.length === 1;
  });
  await say("24266381753005180", { text: "Please do, I come at noon!" });
  const { segment } = await api.post<{ segment: { id: string } }>(`/workspaces/${workspaceId}/segments`, {
    name: "Open windows",
    kind: "dynamic",
    conditions: {
      match: "all",
      conditions: [
        { field: "window", op: "open" },
        {
          match: "any",
          not: true,
          conditions: [
            { field: "consent", op: "unsubscribed" },
            { field: "lastInteraction", op: "notWithin", days: 7 },
          ],
        },
      ],
    },
  });
  segmentId = segment.id;
  mkdirSync(shots, { recursive: true });
});
afterAll(async () => {
  await browser.close();
  await product.stop();
});

const looks = [
  { width: 1440, theme: "light" },
  { width: 1440, theme: "dark" },
  { width: 1024, theme: "light" },
  { width: 390, theme: "light" },
  { width: 390, theme: "dark" },
] as const;

test.each(looks)(
  "every screen is accessible, fits and is free of errors at $width px, $theme",
  { timeout: 120_000 },
  async (look) => {
    const { page, troubles, context } = await openWindow(browser, look);
    const at = `${look.width}-${look.theme}`;
    await page.goto(`${product.url}/login`);
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    await expectAccessible(page, "login");
    await logIn(page, product);
    const w = `${product.url}/w/${connected.workspaceId}`;
    const screens: [name: string, address: string, sign: string | RegExp][] = [
      ["inbox", `${w}/inbox`, "Do you ship to Berlin?"],
      ["conversation", `${w}/inbox/${conversationId}`, "Please do, I come at noon!"],
      ["contacts", `${w}/contacts`, "Anna Keller"],
      ["contact", `${w}/contacts/${conversationId}`, "Anna Keller"],
      ["segments", `${w}/segments`, "Open windows"],
      ["segment", `${w}/segments/${segmentId}`, "Who is in it"],
      ["contact-labels", `${w}/contacts/labels`, "Custom fields"],
      ["contact-transfers", `${w}/contacts/transfers`, "Imports and exports appear here"],
      ["contact-import", `${w}/contacts/import`, "Choose a CSV file"],
      ["sequences", `${w}/sequences`, "Sequences appear here"],
      ["sequence", `${w}/sequences/new`, "It begins when"],
      ["pages", `${w}/pages`, "Luna Coffee Roasters"],
      ["page-replies", `${w}/pages/${connected.pageId}`, "Welcome message"],
      ["settings", `${w}/settings`, "Single-key shortcuts"],
      ["sending-rules", `${w}/settings/sending`, "Frequency cap"],
      ["suppressions", `${w}/settings/suppressions`, "Nobody is on the list"],
      ["system", `${w}/system`, "Database"],
    ];
    for (const [name, address, sign] of screens) {
      await page.goto(address);
      await page.getByText(sign).first().waitFor({ timeout: 10_000 });
      await page.screenshot({ path: join(shots, `${name}-${at}.png`) });
      await expectAccessible(page, `${name} at ${at}`);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${name} at ${at} scrolls sideways`).toBeLessThanOrEqual(0);
    }
    expect(troubles).toEqual([]);
    await context.close();
  },
);

test("the inbox is usable with the keyboard alone", { timeout: 60_000 }, async () => {
  const { page, troubles } = await openWindow(browser);
  await logIn(page, product);
  await page.goto(`${product.url}/w/${connected.workspaceId}/inbox`);
  await page.getByText("Do you ship to Berlin?").waitFor();

  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("log", { name: "Messages" }).waitFor();
  await page.keyboard.press("r");
  await page.keyboard.type("Typed without a mouse");
  await page.keyboard.press("Enter");
  await page.getByRole("log", { name: "Messages" }).getByText("Typed without a mouse").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page
    .getByRole("dialog")
    .getByText(/keyboard/i)
    .first()
    .waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await page.waitForURL(/\/contacts/);

  expect(troubles).toEqual([]);
});

test(
  "on a phone the first steps are a line over the sections, until they are hidden",
  { timeout: 60_000 },
  async () => {
    const { workspace } = await connected.api.post<{ workspace: { id: string } }>("/workspaces", {
      name: "New",
    });
    const { page, troubles } = await openWindow(browser, { width: 390 });
    await logIn(page, product);
    await page.goto(`${product.url}/w/${workspace.id}/inbox`);

    await page.getByRole("button", { name: /Getting started/ }).click();
    await page.getByRole("button", { name: /Pass the set-up doctor/ }).waitFor();
    await expectAccessible(page, "first steps on a phone");
    await page.screenshot({ path: join(shots, "first-steps-390.png") });
    await page.getByRole("button", { name: /Hide this list/ }).click();
    await expect.poll(() => page.getByRole("button", { name: /Getting started/ }).count()).toBe(0);

    expect(troubles).toEqual([]);
  },
);
