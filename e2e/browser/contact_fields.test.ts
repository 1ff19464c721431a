import { afterAll, beforeAll, expect, test } from "vitest";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { addMember, waitFor } from "../support/product.ts";

let stage: BrowserStage;
let contactId = "";
beforeAll(async () => {
  stage = await openBrowserStage();
  await stage.write(anna, "Hello");
  await stage.api.post("/custom-fields", { key: "memo", label: "Memo", type: "text" });
  const find = async () => {
    const { items } = await stage.api.get<{ items: { id: string }[] }>(`/contacts?search=${anna}`);
    contactId = items[0]?.id ?? "";
    return contactId !== "";
  };
  await waitFor(find);
});
afterAll(() => stage.close());

const change = (body: object) => stage.api.raw("PATCH", `/contacts/${contactId}`, body);

async function stored(): Promise<{ timezone: string | null; fields: Record<string, unknown> }> {
  return (
    await stage.api.get<{ contact: { timezone: string | null; fields: Record<string, unknown> } }>(
      `/contacts/${contactId}`,
    )
  ).contact;
}

test(
  "a value that is refused does not stay in its field, and passing through a field changes nothing",
  { timeout: 60_000 },
  async () => {
    await change({ timezone: "Europe/Berlin", fields: { memo: "first line\nsecond line " } });
    const { page } = await stage.visit(`contacts/${contactId}`);
    const zone = page.getByLabel("Time zone");
    await zone.waitFor();
    await expect.poll(() => zone.inputValue()).toBe("Europe/Berlin");

    await zone.fill("Nowhere/Land");
    await zone.press("Enter");
    await page.getByText('Cannot use the time zone "Nowhere/Land"').waitFor();
    await expect.poll(() => zone.inputValue()).toBe("Europe/Berlin");
    await page.getByLabel("Memo").focus();
    await zone.focus();
    await zone.fill("Asia/Tokyo");
    await zone.press("Enter");

    await expect.poll(async () => (await stored()).timezone).toBe("Asia/Tokyo");
    expect((await stored()).fields).toEqual({ memo: "first line\nsecond line" });
  },
);

test("a field keeps the typed text while a colleague changes it", { timeout: 60_000 }, async () => {
  const { page, troubles } = await stage.visit(`contacts/${contactId}`);
  const memo = page.getByLabel("Memo");
  await memo.waitFor();
  await expect.poll(() => memo.inputValue()).toContain("first line");

  await memo.fill("Calls on Mon");
  await change({ timezone: "Europe/Rome", fields: { memo: "colleague" } });
  await expect.poll(() => page.getByLabel("Time zone").inputValue()).toBe("Europe/Rome");
  await memo.pressSequentially("day");
  await memo.press("Enter");

  await expect.poll(async () => (await stored()).fields).toEqual({ memo: "Calls on Monday" });
  await change({ fields: { memo: "colleague" } });
  await expect.poll(() => memo.inputValue()).toBe("colleague");
  expect(troubles).toEqual([]);
});

test(
  "a note that is begun beside a profile waits there and in the conversation, and tells whom it mentions",
  { timeout: 60_000 },
  async () => {
    addMember(stage.product, { name: "Nia Notes", role: "operator" });
    const { page, troubles } = await stage.visit(`contacts/${contactId}`);
    const note = page.getByLabel("New note");
    await note.fill("@Nia Notes call back");

    await page.getByRole("link", { name: "Open conversation" }).click();
    await page.getByRole("tab", { name: "note" }).click();
    expect(await page.getByRole("textbox", { name: "Note" }).inputValue()).toBe("@Nia Notes call back");
    // Also before the team is loaded.
    await page.route("**/members*", async (route) => {
      await Bun.sleep(1_000);
      await route.continue();
    });
    await page.goto(`contacts/${contactId}`);
    await page.getByRole("button", { name: "Add note" }).click();
    await page.getByRole("list", { name: "Notes" }).getByText("@Nia Notes call back").waitFor();

    expect(await note.inputValue()).toBe("");
    const notified = await stage.sql`select u.name from messaging.notifications n
      join auth.users u on u.id = n.user_id where n.kind = 'mention'`;
    expect(notified.map(({ name }) => name)).toEqual(["Nia Notes"]);
    expect(troubles).toEqual([]);
  },
);

test("a profile says when its contact is deleted while it is read", { timeout: 60_000 }, async () => {
  const { contact } = await stage.api.post<{ contact: { id: string } }>("/contacts", {
    pageId: stage.pageId,
    psid: "70000001",
    firstName: "Silent",
  });

  for (const id of [contact.id, contactId]) {
    const { page } = await stage.visit(`contacts/${id}`);
    await page.getByLabel("First name").waitFor();
    await stage.api.raw("DELETE", `/contacts/${id}`);

    await page.getByText("This contact doesn't exist or was deleted").waitFor({ timeout: 5_000 });
    expect(await page.getByLabel("First name").count()).toBe(0);
  }
});
