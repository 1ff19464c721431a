import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changeLook, type Look, lookOnce } from "../support/browser.ts";
import { anna, type BrowserStage, minh, openBrowserStage, zoe } from "../support/browser_stage.ts";
import { waitFor } from "../support/product.ts";

let stage: BrowserStage;
let conversationId: string;
let segmentId: string;
beforeAll(async () => {
  stage = await openBrowserStage();
  await stage.write(minh, "Hi! Do you ship to Berlin?");
  await stage.write(zoe, "My order 4711 arrived broken.");
  await stage.write(anna, "Good morning");
  await stage.write(anna, "Is the espresso blend back in stock?");
  const { api } = stage;
  await waitFor(async () => (await api.get<{ items: unknown[] }>("/conversations")).items.length === 3);
  const { items } = await api.get<{ items: { id: string; preview: { text: string } }[] }>(
    "/conversations?search=espresso",
  );
  conversationId = items[0]?.id ?? "";
  const conversation = `/conversations/${conversationId}`;
  await api.post(
    `${conversation}/messages`,
    { text: "Yes, roasted this morning. Shall I put a bag aside for you?" },
    { "idempotency-key": "screens-0001" },
  );
  await api.post(`${conversation}/notes`, { text: "Regular since 2023, likes it dark." });
  // Else the next message is written before the answer is there, and stands above it.
  await waitFor(async () => {
    const rows = await stage.sql`select 1 from messaging.deliveries where state = 'sent'`;
    return rows.length === 1;
  });
  await stage.write(anna, "Please do, I come at noon!");
  const { segment } = await api.post<{ segment: { id: string } }>("/segments", {
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
});
afterAll(() => stage.close());

/** A page is loaded at the first of these and changed to the others. */
const looks: Look[][] = [
  [
    { width: 1440, theme: "light" },
    { width: 1440, theme: "dark" },
    { width: 1024, theme: "light" },
  ],
  [
    { width: 390, theme: "dark" },
    { width: 390, theme: "light" },
  ],
];

async function lookAt(page: Page, name: string, looks: readonly Look[]): Promise<void> {
  for (const look of looks) {
    await changeLook(page, look);
    await lookOnce(page, `${name}-${look.width}-${look.theme}`);
  }
}

test.each(looks.map((group) => [group[0]?.width, group] as const))(
  "every screen is accessible, fits and is free of errors from %i px on",
  { timeout: 240_000 },
  async (_, group) => {
    const [first] = group;
    const stranger = await stage.open(first);
    await stranger.page.goto("/login");
    await stranger.page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    await lookAt(stranger.page, "login", group);
    const { page, troubles } = await stage.visit("inbox", first);
    const screens: [name: string, address: string, sign: string | RegExp][] = [
      ["inbox", "inbox", "Do you ship to Berlin?"],
      ["conversation", `inbox/${conversationId}`, "Please do, I come at noon!"],
      ["contacts", "contacts", "Anna Keller"],
      ["contact", `contacts/${conversationId}`, "Anna Keller"],
      ["segments", "segments", "Open windows"],
      ["segment", `segments/${segmentId}`, "Contacts now"],
      ["contact-labels", "contacts/labels", "Custom fields"],
      ["contact-transfers", "contacts/transfers", "No imports or exports yet"],
      ["contact-import", "contacts/import", "Choose a CSV file or drop it here"],
      ["sequences", "sequences", "No sequences yet"],
      ["sequence", "sequences/new", "Trigger"],
      ["pages", "pages", "Luna Coffee Roasters"],
      ["auto-replies", `pages/${stage.pageId}`, "Welcome message"],
      ["settings", "settings", "Deletion page"],
      ["account", "account", "Single-key shortcuts"],
      ["sending-rules", "settings/sending", "Frequency cap"],
      ["suppressions", "settings/suppressions", "The suppression list is empty"],
      ["system", "system", "Database"],
    ];
    for (const [name, address, sign] of screens) {
      if (first) await changeLook(page, first);
      await page.goto(address);
      await page.getByText(sign).first().waitFor({ timeout: 10_000 });
      await lookAt(page, name, group);
    }
    expect([...stranger.troubles, ...troubles]).toEqual([]);
  },
);

test("the inbox is usable with the keyboard alone", { timeout: 60_000 }, async () => {
  const { page, troubles } = await stage.visit("inbox");
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
    const { workspace } = await stage.everywhere.post<{ workspace: { id: string } }>("/workspaces", {
      name: "New",
    });
    const { page, troubles } = await stage.visit("inbox", { width: 390 });
    await page.goto(`/w/${workspace.id}/inbox`);

    await page.getByRole("button", { name: /Getting started/ }).click();
    await page.getByRole("button", { name: /Pass the setup check/ }).waitFor();
    await lookOnce(page, "first-steps-390");
    await page.getByRole("button", { name: /Hide this list/ }).click();
    await expect.poll(() => page.getByRole("button", { name: /Getting started/ }).count()).toBe(0);

    expect(troubles).toEqual([]);
  },
);
