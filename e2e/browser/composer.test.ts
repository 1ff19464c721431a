import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, type VisitOptions } from "../support/browser.ts";
import { anna, type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { addMember, waitFor } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
  await stage.write(anna, "Can I see the bag?");
  await waitFor(async () => {
    const { items } = await stage.api.get<{ items: { contact: { name: string } }[] }>("/conversations");
    return items[0]?.contact.name === "Anna Keller";
  });
});
afterAll(() => stage.close());

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

async function openConversation(options?: VisitOptions) {
  const { items } = await stage.api.get<{ items: { id: string }[] }>("/conversations");
  const watched = await stage.visit(`inbox/${items[0]?.id}`, options);
  await watched.page.getByRole("textbox", { name: "Reply" }).waitFor();
  return watched;
}

/** The words, or the kind of the file, of each message that reached Meta. */
async function sent(): Promise<(string | null)[]> {
  return (await stage.sent(anna)).map(({ text, message }) => message.attachments?.[0]?.type ?? text);
}

test(
  "a picture and a file are attached with the limits said before, and go out after the words",
  { timeout: 90_000 },
  async () => {
    const { page, troubles } = await openConversation();
    const conversation = page.getByRole("log", { name: "Messages" });
    const files = page.getByRole("list", { name: "Files to send" });

    await page.getByRole("button", { name: "Attach a file" }).click();
    await page.getByText("Images up to 8 MB, other files up to 25 MB").waitFor();
    await page.keyboard.press("Escape");
    await page.getByLabel("Files to attach").setInputFiles([
      { name: "bag.png", mimeType: "image/png", buffer: png },
      { name: "prices.txt", mimeType: "text/plain", buffer: Buffer.from("250 g: 9 €") },
      { name: "huge.png", mimeType: "image/png", buffer: Buffer.alloc(8 * 1024 * 1024 + 1) },
    ]);
    await files.getByText(/Messenger accepts images up to 8 MB/).waitFor();
    await page.getByRole("textbox", { name: "Reply" }).fill("Here it is");
    expect(await page.getByRole("button", { name: /^Send/ }).last().isDisabled()).toBe(true);
    await page.getByRole("button", { name: "Remove huge.png" }).click();
    await expectAccessible(page, "attached files");
    // The words are slow on their way to Meta, and the picture is slower than the file after it.
    for (const [path, ms] of [
      ["/messages", 4_000],
      ["/message_attachments", 1_500],
    ])
      await stage.control("POST", "faults", { kind: "hang", path, ms, count: 1 });
    await page.getByRole("button", { name: /^Send/ }).last().click();

    await conversation.getByText("Here it is").waitFor();
    await conversation.getByRole("img", { name: "bag.png" }).waitFor();
    await conversation.getByText("prices.txt").waitFor();
    await waitFor(async () => (await sent()).length === 3, 15_000, "three messages at Meta");
    expect(await sent()).toEqual(["Here it is", "image", "file"]);
    expect(await files.count()).toBe(0);
    expect(troubles).toEqual([]);
  },
);

test("replies after an unsent one wait, and are sent after it", { timeout: 60_000 }, async () => {
  const { page } = await openConversation();
  const before = (await sent()).length;
  await page
    .getByLabel("Files to attach")
    .setInputFiles([{ name: "menu.txt", mimeType: "text/plain", buffer: Buffer.from("Espresso") }]);
  await page.getByRole("textbox", { name: "Reply" }).fill("Our menu");
  await page.getByRole("button", { name: "Remove menu.txt" }).waitFor();
  await page.route("**/messages", (route) => route.abort(), { times: 1 });

  await page.getByRole("button", { name: /^Send/ }).last().click();
  await page.getByText("The server did not answer").waitFor();
  await page.getByText("The message before this one was not sent").waitFor();
  for (const _part of ["words", "file"])
    await page.getByRole("button", { name: "Try again" }).first().click();

  await waitFor(async () => (await sent()).length === before + 2, 15_000, "two messages at Meta");
  expect((await sent()).slice(before)).toEqual(["Our menu", "file"]);
});

test(
  "a pasted picture stays attached to its conversation while another is open",
  { timeout: 60_000 },
  async () => {
    const { page } = await openConversation();
    const files = page.getByRole("list", { name: "Files to send" });

    const paste = (words: Record<string, string>) =>
      page.getByRole("textbox", { name: "Reply" }).evaluate(
        (field, { bytes, given }) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "shot.png", { type: "image/png" }));
          for (const [type, text] of Object.entries(given)) data.setData(type, text);
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
          return field.dispatchEvent(event);
        },
        { bytes: [...png], given: words },
      );
    // Cells of a table bring a picture of themselves: the browser goes on and puts their words in.
    expect(await paste({ "text/plain": "9 €", "text/html": "<td>9 €</td>" })).toBe(true);
    expect(await files.count()).toBe(0);
    await paste({});
    await files.getByText("shot.png").waitFor();
    await page.getByRole("link", { name: /^Contacts/ }).click();
    await page.getByRole("heading", { name: "Contacts" }).waitFor();
    await page.goBack();

    await files.getByText("shot.png").waitFor();
    await page.getByRole("button", { name: "Remove shot.png" }).click();
    expect(await files.count()).toBe(0);
  },
);

test(
  "single braces are sent as typed, and two of them offer the contact's fields",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await openConversation();
    const reply = page.getByRole("textbox", { name: "Reply" });
    const offered = page.getByRole("listbox", { name: "Variables" });

    await reply.pressSequentially("Total is {5} euros, {{5}} or {{first_name|you}} {{");
    expect(await reply.inputValue()).toBe("Total is {5} euros, {{5}} or {{first_name|you}} {{");
    await offered.getByRole("option").first().waitFor();
    await expectAccessible(page, "variables");
    await page.keyboard.press("Escape");
    await offered.waitFor({ state: "detached" });
    await reply.pressSequentially("}}");
    const typed = "Total is {5} euros, {{5}} or {{first_name|you}} {{}}";
    expect(await reply.inputValue()).toBe(typed);
    await page.keyboard.press("Enter");
    await waitFor(async () => (await sent()).at(-1) === typed, 10_000, "what was typed at Meta");
    await reply.pressSequentially("{{cust");
    expect(await offered.count()).toBe(0);
    await reply.fill("");

    expect(troubles).toEqual([]);
  },
);

test("fields of the contact and emoji are inserted at the caret", { timeout: 60_000 }, async () => {
  const { page, troubles } = await openConversation();
  const reply = page.getByRole("textbox", { name: "Reply" });

  await reply.pressSequentially("Dear ! ");
  for (let n = 0; n < 2; n += 1) await page.keyboard.press("ArrowLeft");
  await page.keyboard.type("{{na");
  await page.getByRole("option", { name: "First name", selected: true }).waitFor();
  await page.keyboard.press("Enter");
  await expect.poll(() => reply.inputValue(), { timeout: 5_000 }).toBe("Dear Anna! ");
  await page.keyboard.press("End");
  await page.getByRole("button", { name: "Emoji" }).click();
  await page.getByPlaceholder("Search emoji").fill("coffee");
  await expectAccessible(page, "emoji");
  await page.keyboard.press("Enter");
  await expect.poll(() => reply.inputValue(), { timeout: 5_000 }).toMatch(/^Dear Anna!.*☕/);

  expect(troubles).toEqual([]);
  await reply.fill("");
});

test(
  "a mention in a note notifies the member at once, and is listed among the notifications",
  { timeout: 90_000 },
  async () => {
    const aylin = addMember(stage.product, { name: "Aylin Agent", role: "operator" });
    const hers = await stage.visit("inbox", { as: aylin });
    const { page, troubles } = await openConversation({ width: 390 });

    await page.getByRole("tab", { name: "note" }).click();
    const note = page.getByRole("textbox", { name: "Note" });
    await note.pressSequentially("Please call, @");
    await note.pressSequentially("ayl");
    await page.getByRole("option", { name: "Aylin Agent", selected: true }).waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => note.inputValue(), { timeout: 5_000 }).toBe("Please call, @Aylin Agent ");
    await page.keyboard.press("Enter");
    await page.getByRole("log", { name: "Messages" }).getByText("@Aylin Agent").waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);

    const words = /mentioned you in a note about Anna Keller/;
    await hers.page.getByText(words).waitFor({ timeout: 10_000 });
    await hers.page.getByRole("link", { name: /^Notifications/ }).click();
    await hers.page.getByRole("link", { name: words }).click();
    await hers.page.getByRole("log", { name: "Messages" }).getByText("@Aylin Agent").waitFor();
    expect(troubles).toEqual([]);
    expect(hers.troubles).toEqual([]);
  },
);

test("a reaction reaches the contact, and is removed", { timeout: 60_000 }, async () => {
  const { page, troubles } = await openConversation();
  const conversation = page.getByRole("log", { name: "Messages" });
  const reactions = async () => {
    const person = await stage.control("GET", `persons/${anna}/thread`);
    return JSON.stringify(person).includes('"page":"love"');
  };

  await conversation.getByText("Can I see the bag?").hover();
  const opener = conversation.getByRole("button", { name: "React to this message" }).first();
  await opener.click();
  await page.getByRole("group", { name: "React to this message" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("group", { name: "React to this message" }).waitFor({ state: "detached" });
  expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
  await opener.click();
  await expectAccessible(page, "reactions");
  await conversation.getByRole("button", { name: "Love" }).click();
  await conversation.getByText("from the page").waitFor({ state: "attached" });
  expect(await reactions()).toBe(true);
  await conversation.getByRole("button", { name: "React to this message" }).first().click();
  await conversation.getByRole("button", { name: "Remove reaction: Love" }).click();

  await conversation.getByText("from the page").waitFor({ state: "detached" });
  expect(await reactions()).toBe(false);
  expect(troubles).toEqual([]);
});

test(
  "while the server is away, read messages are not reported repeatedly; they are marked once it is back",
  { timeout: 60_000 },
  async () => {
    const { page } = await openConversation();
    let asked = 0;
    await page.route("**/read", async (route) => {
      asked += 1;
      await (asked === 1 ? route.abort() : route.continue());
    });

    await stage.write(anna, "Are you there?");
    await page.getByRole("log", { name: "Messages" }).getByText("Are you there?").waitFor();
    await waitFor(() => asked === 1);
    await Bun.sleep(1_500);

    expect(asked).toBe(1);
    expect(await page.getByText("The server did not answer").count()).toBe(0);
    await waitFor(() => asked === 2);
    await waitFor(async () => {
      const { items } = await stage.api.get<{ items: { unreadCount: number }[] }>("/conversations");
      return items[0]?.unreadCount === 0;
    });
  },
);

test(
  "a page that loses its access closes open composers, and their texts return with the page",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await openConversation();
    const reply = page.getByRole("textbox", { name: "Reply" });
    await reply.fill("It is nearly ready");

    const { api, facebookPageId } = stage;
    const { token } = await stage.control<{ token: string }>("GET", `pages/${facebookPageId}/token`);
    await api.raw("DELETE", `/pages/${stage.pageId}`);
    await page.getByText("The page is disconnected").waitFor({ timeout: 5_000 });
    expect(await reply.count()).toBe(0);
    await api.post("/pages", { pageId: facebookPageId, accessToken: token });

    await expect.poll(() => reply.inputValue(), { timeout: 5_000 }).toBe("It is nearly ready");
    await reply.fill("");
    expect(troubles).toEqual([]);
  },
);

test(
  "the composer of a workspace that is switched off says so before anybody writes",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await openConversation();
    const switchTo = (disabledAt: string | null) =>
      stage.sql`update auth.workspaces set disabled_at = ${disabledAt} where id = ${stage.workspaceId}`;

    await switchTo(new Date().toISOString());
    await page.reload();

    await page.getByText(/switched off: it receives/).waitFor();
    expect(await page.getByRole("textbox", { name: "Reply" }).count()).toBe(0);
    await expectAccessible(page, "switched off");
    expect(troubles).toEqual([]);
    await switchTo(null);
  },
);
