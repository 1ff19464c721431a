import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../../modules/std/testing.ts";
import { expectAccessible } from "../support/browser.ts";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { choose } from "../support/controls.ts";
import { unzip } from "../../modules/messaging/sheets/testing.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

/** More people than the list shows at once, and two lines that cannot be imported. */
const guests = [
  "PSID,First name,Last name,City",
  ...Array.from({ length: 70 }, (_, at) => `${7_000_000 + at},Guest,Number ${at},Berlin`),
  "none,No,Number,Berlin",
  "7000000,Twice,In it,Berlin",
].join("\n");

test(
  "a CSV file is imported, the whole result is tagged by a job, and the list shows it",
  { timeout: 90_000 },
  async () => {
    const { page, troubles } = await stage.visit("contacts/import");

    await page
      .getByLabel("CSV file")
      .setInputFiles({ name: "guests.csv", mimeType: "text/csv", buffer: Buffer.from(guests) });
    await page.getByLabel("Import “City” as").waitFor();
    await expectAccessible(page, "mapping");
    await page.goto("contacts/transfers");
    await page.getByText("Uploaded, not started").waitFor();
    await page.getByRole("link", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Check file" }).click();
    await page.getByText("Nothing has changed yet. The import would have this result").waitFor();
    await expectAccessible(page, "outcome of a dry run");
    const refused = page.waitForEvent("download");
    await page.getByRole("link", { name: "Rejected rows" }).click();
    expect((await refused).suggestedFilename()).toBe("refused-guests.csv");
    await page.getByRole("button", { name: "Import 70 contacts" }).click();
    await page.getByText("Imported 70 contacts").waitFor();
    await page.getByRole("link", { name: "View contacts" }).click();

    await page.getByText("70 contacts").waitFor();
    // All within one frame: fast typing means the row that j moved to.
    const second = page.getByRole("rowgroup", { name: "Contacts" }).getByRole("checkbox").nth(1);
    await second.waitFor();
    await page.evaluate(() => {
      for (const key of ["j", "j", "x"])
        document.activeElement?.dispatchEvent(
          new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
        );
    });
    await page.getByText("1 selected").waitFor();
    expect(await second.isChecked()).toBe(true);
    await page.keyboard.press("x");
    await page.getByLabel("Select all shown").click();
    await page.getByRole("button", { name: "Select all 70" }).click();
    await page.getByRole("button", { name: "Tag", exact: true }).click();
    await page.getByPlaceholder("Add a tag").fill("Guests");
    await page.getByRole("option", { name: "Create tag “Guests”" }).click();
    await page.getByText("70 of 70 contacts changed").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Undone by").waitFor();
    await expectAccessible(page, "a bulk action taken back");
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByLabel("Select all shown").click();
    await page.getByRole("button", { name: "Select all 70" }).click();
    await page.getByRole("button", { name: "Tag", exact: true }).click();
    await page.getByRole("option", { name: "Guests" }).click();
    await page.getByText("70 of 70 contacts changed").waitFor();
    await page.getByRole("button", { name: "Filter" }).click();
    await choose(page.getByLabel("Tag", { exact: true }), "Guests");
    await page.keyboard.press("Escape");
    await page.getByRole("list", { name: "Active filters" }).getByText("Tag: Guests").waitFor();
    await page.getByText("70 contacts", { exact: true }).waitFor();
    await page
      .getByRole("row", { name: /Guest Number 69/ })
      .getByText("Guests")
      .waitFor();

    await page.getByRole("button", { name: "Export results" }).click();
    await page.getByRole("heading", { name: "Export 70 contacts" }).waitFor();
    await page.getByRole("radio", { name: "Excel" }).click();
    await expectAccessible(page, "choice of a format");
    await page.getByRole("dialog").getByRole("button", { name: "Export" }).click();
    const exported = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download" }).click();
    const workbook = unzip(await Bun.file(await (await exported).path()).bytes());
    expect(workbook["xl/worksheets/sheet1.xml"]?.match(/>Guest Number \d+</g)).toHaveLength(70);

    await page.getByRole("link", { name: "Imports and exports" }).click();
    await page
      .getByRole("listitem")
      .filter({ hasText: "guests.csv" })
      .getByRole("button", { name: "Undo" })
      .click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Undo" }).click();
    await page.getByRole("listitem").filter({ hasText: "guests.csv" }).getByText("Undone by").waitFor();
    await page.getByRole("link", { name: "People" }).click();
    await page.getByText("No contacts yet").waitFor();
    expect(troubles).toEqual([]);
  },
);

test("tags, fields and consent of a contact are changed in place", { timeout: 60_000 }, async () => {
  const { api, pageId } = stage;
  const field = { key: "roast", label: "Favourite roast", type: "text" };
  await api.post("/custom-fields", field);
  await api.post("/contacts", { pageId, psid: "8000001", firstName: "Ida" });
  const { page, troubles } = await stage.visit("contacts");
  await page.getByRole("link", { name: /Ida/ }).click();

  await page.getByLabel("Favourite roast").fill("Dark");
  await page.getByLabel("Favourite roast").press("Enter");
  await page.getByLabel("Last name").fill("Brew");
  await page.getByLabel("Last name").press("Enter");
  await page.getByRole("heading", { name: "Ida Brew" }).waitFor();
  await page.getByRole("button", { name: "Tag", exact: true }).click();
  await page.getByPlaceholder("Add or remove a tag").fill("Regular");
  await page.getByRole("option", { name: "Create tag “Regular”" }).click();
  await page.getByRole("button", { name: "Remove tag Regular" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "More actions for Ida Brew" }).click();
  await page.getByRole("menuitem", { name: "Unsubscribe…" }).click();
  await page.getByLabel("Reason").fill("Asked by phone");
  await page.getByRole("button", { name: "Unsubscribe", exact: true }).click();
  await page.getByText("Ida Brew is unsubscribed").waitFor();
  await page.reload();

  await expect.poll(() => page.getByLabel("Favourite roast").inputValue()).toBe("Dark");
  await page.getByText("Asked by phone").first().waitFor();
  await page.getByText("Regular", { exact: true }).waitFor();
  expect(troubles).toEqual([]);
});

test("a bulk action on selected contacts is undone from its toast", { timeout: 60_000 }, async () => {
  const { api, pageId } = stage;
  for (const psid of ["8100001", "8100002"])
    await api.post("/contacts", { pageId, psid, firstName: "Undine" });
  const { page, troubles } = await stage.visit("contacts?search=Undine");
  await page.getByText("2 contacts", { exact: true }).waitFor();

  await page.getByLabel("Select all shown").click();
  await page.getByRole("button", { name: "Unsubscribe" }).click();
  await page.getByLabel("Reason").fill("Asked in the shop");
  await page.getByRole("dialog").getByRole("button", { name: "Unsubscribe" }).click();
  await page.getByText("Unsubscribed 2 contacts").waitFor();
  await page
    .getByRole("row", { name: /Undine/ })
    .getByText("Unsubscribed")
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Undo" }).first().click();
  await page.getByText("Undone by").waitFor();

  await expect
    .poll(() =>
      page
        .getByRole("row", { name: /Undine/ })
        .getByText("Unsubscribed")
        .count(),
    )
    .toBe(0);
  await page.getByLabel("Select all shown").click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("alertdialog", { name: "Delete 2 contacts?" }).waitFor();
  expect(troubles).toEqual([]);
});

test(
  "the list is filtered by a custom field and a date, and a bulk action changes only the results",
  { timeout: 60_000 },
  async () => {
    const { api, pageId } = stage;
    await api.post("/custom-fields", { key: "town", label: "Town", type: "text" });
    for (const [psid, town] of [
      ["8300001", "Bonn"],
      ["8300002", "Bonn"],
      ["8300003", "Kiel"],
    ])
      await api.post("/contacts", {
        pageId,
        psid,
        firstName: "Toni",
        fields: { town },
      });
    const { page, troubles } = await stage.visit("contacts?search=Toni");
    await page.getByText("3 contacts", { exact: true }).waitFor();

    await page.getByRole("button", { name: "Filter" }).click();
    await page.getByRole("button", { name: "Advanced filters" }).click();
    const dialog = page.getByRole("dialog", { name: "Advanced filters" });
    await choose(dialog.getByLabel("Property"), "Town");
    await dialog.getByLabel("Value").fill("bonn");
    await dialog.getByRole("button", { name: "Add condition" }).click();
    await choose(dialog.getByLabel("Property").last(), "Last message");
    await choose(dialog.getByLabel("Comparison").last(), "never");
    await expectAccessible(page, "advanced filters of the list");
    await dialog.getByRole("button", { name: "Apply filters" }).click();
    await page.getByText("2 contacts", { exact: true }).waitFor();
    await page.reload();
    await page.getByRole("list", { name: "Active filters" }).getByText("2 advanced filters").waitFor();
    await page.getByText("2 contacts", { exact: true }).waitFor();

    await page.getByRole("button", { name: "Export results" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Export" }).click();
    const exported = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download" }).click();
    const csv = await Bun.file(await (await exported).path()).text();
    expect(csv.match(/83000\d\d/g)?.toSorted()).toEqual(["8300001", "8300002"]);
    await page.getByRole("button", { name: "Remove filter: 2 advanced filters" }).click();
    await page.getByText("3 contacts", { exact: true }).waitFor();
    expect(troubles).toEqual([]);
  },
);

test("two contacts are merged into one person, and separated again", { timeout: 60_000 }, async () => {
  const { api, pageId } = stage;
  const add = (psid: string, lastName: string) =>
    api.post<{ contact: { id: string } }>("/contacts", {
      pageId,
      psid,
      firstName: "Mira",
      lastName,
    });
  const { contact } = await add("8200001", "Old");
  await add("8200002", "New");
  const { page, troubles } = await stage.visit(`contacts/${contact.id}`);

  await page.getByRole("button", { name: "More actions for Mira Old" }).click();
  await page.getByRole("menuitem", { name: "Merge…" }).click();
  await page.getByLabel("Contact to merge").fill("Mira N");
  await page.getByRole("option", { name: /Mira New/ }).click();
  await page.getByText("PSID 8200002").waitFor();
  await expectAccessible(page, "merging");
  await page.getByRole("dialog").getByRole("button", { name: "Merge" }).click();
  const others = page.getByRole("list", { name: "Other contacts of this person" });
  await others.getByRole("link", { name: "Mira New" }).click();
  await page.getByRole("heading", { name: "Mira New" }).waitFor();
  await others.getByRole("link", { name: "Mira Old" }).waitFor();
  await expectAccessible(page, "a merged person");
  await others.getByRole("button", { name: /Separate Mira Old/ }).click();
  await others.waitFor({ state: "detached" });
  expect(troubles).toEqual([]);
});

test("the profile shows what campaigns sent to a contact", { timeout: 60_000 }, async () => {
  const { api } = stage;
  await stage.write(anna, "Hello");
  const { items } = await until("Anna to be a contact", async () => {
    const found = await api.get<{ items: { id: string }[] }>("/contacts?search=Anna");
    return found.items.length > 0 ? found : null;
  });
  const contactIds = items.map(({ id }) => id);
  const id = await stage.launch({
    name: "Autumn news",
    audience: { contactIds },
    content: { text: "Hello {{first_name|there}}" },
  });
  await until("the campaign to be sent", async () => {
    const { campaign: now } = await api.get<{ campaign: { status: string } }>(`/campaigns/${id}`);
    return now.status === "completed" ? now : null;
  });
  const { page, troubles } = await stage.visit(`contacts/${contactIds[0]}`);

  const link = page.getByRole("listitem").filter({ hasText: "Autumn news" });
  await link.getByText(/Sent|Delivered|Read/).waitFor();
  await page.getByLabel("New note").fill("Likes it dark");
  await page.getByRole("button", { name: "Add note" }).click();
  const notes = page.getByRole("list", { name: "Notes" });
  await notes.getByText("Likes it dark").waitFor();
  await page.reload();
  await notes.getByText(/Owner · .+20\d\d/).waitFor();
  await expectAccessible(page, "profile with campaigns");
  await link.getByRole("link", { name: "Autumn news" }).click();
  await page.getByRole("heading", { name: "Autumn news" }).waitFor();
  expect(troubles).toEqual([]);
});

test("a contact is tagged, exported and blocked beside the conversation", { timeout: 60_000 }, async () => {
  await stage.api.post("/tags", { name: "Loyal", colour: "green" });
  await stage.write(anna, "Is it open?");
  const { page, troubles } = await stage.visit("inbox");
  await page.getByText("Is it open?").click();

  await page.getByRole("button", { name: "Tag", exact: true }).click();
  await page.getByRole("option", { name: "Loyal" }).click();
  await page.getByRole("button", { name: "Remove tag Loyal" }).waitFor();
  await page.keyboard.press("Escape");
  const more = async (item: string) => {
    await page.getByRole("button", { name: "More actions for Anna Keller" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await more("Export…");
  await page.getByRole("heading", { name: "Export Anna Keller" }).waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Export" }).click();
  const exported = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const file = await Bun.file(await (await exported).path()).text();
  expect(file.trim().split("\n")).toHaveLength(2);
  expect(file).toContain(anna);
  await more("Block…");
  await page.getByRole("alertdialog").getByRole("button", { name: "Block" }).click();
  await page.getByText("Blocked here").waitFor();
  await expectAccessible(page, "details of somebody who is blocked");
  await more("Unblock");
  await page.getByText("Anna Keller is unblocked").waitFor();

  await page.goto("contacts");
  await page
    .getByRole("row", { name: /Anna Keller/ })
    .getByText("Loyal")
    .waitFor();
  expect(troubles).toEqual([]);
});

test(
  "tags and custom fields of the workspace are made, changed and deleted",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit("contacts/labels");
    const [tags, fields] = [
      page.getByRole("region", { name: "Tags" }),
      page.getByRole("region", { name: "Custom fields" }),
    ];

    await tags.getByRole("button", { name: "New tag" }).click();
    await page.getByLabel("Name").fill("Wholesale");
    await page.getByRole("button", { name: "Save" }).click();
    await tags.getByRole("button", { name: "Edit Wholesale" }).click();
    await page.getByLabel("Name").fill("Trade");
    await page.getByRole("button", { name: "Save" }).click();
    await fields.getByRole("button", { name: "New field" }).click();
    await page.getByLabel("Name").fill("Grind size");
    await page.getByRole("button", { name: "Save" }).click();
    await fields.getByText("grind_size").waitFor();
    await expectAccessible(page, "tags and fields");

    await tags.getByRole("button", { name: "Delete Trade" }).click();
    await page.getByText("No contact has it. The tag is removed from all contacts.").waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.route("**/contacts/count?**", (route) => route.abort());
    await fields.getByRole("button", { name: "Delete Grind size" }).click();
    await page.getByText("The number of contacts with it could not be counted.").waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await fields.getByText("grind_size").waitFor({ state: "detached" });
    await page.reload();
    await tags.getByRole("button", { name: "New tag" }).waitFor();

    await expect(tags.getByText("Trade").count()).resolves.toBe(0);
    await expect(fields.getByText("grind_size").count()).resolves.toBe(0);
    // The count that was cut off is the only trouble.
    expect(troubles.filter((trouble) => !trouble.includes("ERR_FAILED"))).toEqual([]);
    await page.close();
  },
);
