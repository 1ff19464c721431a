import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { choose, chosen } from "../support/controls.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

test(
  "a page's welcome message answers the first message of a contact; business hours are saved with the away message",
  { timeout: 90_000 },
  async () => {
    const { page, troubles } = await stage.visit("pages");
    await page.getByRole("link", { name: "Auto-replies" }).click();

    await page.getByRole("switch", { name: "Welcome message" }).click();
    const welcome = page.getByRole("region", { name: "Welcome message" });
    await welcome.getByLabel("Text", { exact: true }).fill("Welcome to Luna!");
    await page.getByRole("switch", { name: "Away message" }).click();
    const away = page.getByRole("region", { name: "Away message" });
    await away.getByLabel("Text", { exact: true }).fill("We are closed now.");
    // Open the whole week, so that the away message is not sent today.
    for (const day of ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]) {
      await page.getByLabel(`${day} from`).fill("00:00");
      await page.getByLabel(`${day} until`).fill("00:00");
    }
    await page.getByLabel("Add hours: Saturday").click();
    await page.getByLabel("Saturday until").fill("18:30");
    await expectAccessible(page, "automatic replies");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.reload();
    await expect.poll(() => page.getByLabel("Saturday until").inputValue()).toBe("6:30 PM");

    const phone = await stage.openPhones();
    await phone.device.getByRole("textbox").first().fill("Hello!");
    await phone.page.keyboard.press("Enter");
    await phone.device.getByText("Welcome to Luna!").first().waitFor({ timeout: 30_000 });
    expect(troubles).toEqual([]);
  },
);

test(
  "a Spanish welcome message reaches a person whose Messenger is Spanish; a language is removed by the keyboard",
  { timeout: 90_000 },
  async () => {
    const { page, troubles } = await stage.visit(`pages/${stage.pageId}`);
    const welcome = page.getByRole("region", { name: "Welcome message" });
    const languages = welcome.getByLabel("Welcome message: add language");
    const text = welcome.getByLabel("Text", { exact: true });
    await choose(languages, "Spanish");
    await page.getByText("fix this first: Welcome message (Spanish): Write the text").waitFor();
    await text.fill("¡Te damos la bienvenida!");
    await choose(languages, "Arabic");
    await text.fill("أهلا");
    await page.getByRole("region", { name: "Phone preview" }).getByText("أهلا").waitFor();
    await expectAccessible(page, "automatic replies in languages");
    await welcome.getByRole("button", { name: "Remove Arabic" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => text.inputValue()).toBe("Welcome to Luna!");
    await welcome.getByRole("radio", { name: "Spanish" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.reload();
    await welcome.getByRole("radio", { name: "Spanish" }).click();
    await expect.poll(() => text.inputValue()).toBe("¡Te damos la bienvenida!");
    const choice = welcome.getByRole("radiogroup", { name: "Welcome message: language" });
    expect(await choice.getByRole("radio").allTextContents()).toEqual(["Default", "Spanish"]);

    const person = await stage.control<{ psid: string }>("POST", "persons", {
      pageId: stage.facebookPageId,
      name: "Lucia Ramos",
      locale: "es_LA",
    });
    const phone = await stage.openPhones();
    await phone.page.locator("#person").selectOption("Lucia Ramos");
    await phone.page.locator("#open").click();
    const device = phone.device.getByRole("region", { name: "Phone of Lucia Ramos" });
    await device.getByRole("textbox").first().fill("Hola");
    await phone.page.keyboard.press("Enter");
    await device.getByText("¡Te damos la bienvenida!").first().waitFor({ timeout: 30_000 });
    expect(await stage.sent(person.psid)).toHaveLength(1);
    expect(troubles).toEqual([]);
  },
);

test(
  "a picker of many languages shows the chosen one on a phone, left to right and right to left",
  { timeout: 90_000 },
  async () => {
    const { page, troubles } = await stage.visit(`pages/${stage.pageId}`);
    await page.setViewportSize({ width: 390, height: 800 });
    const isOn = page.getByRole("switch", { name: "Welcome message" });
    await isOn.waitFor();
    if (!(await isOn.isChecked())) await isOn.click();
    const welcome = page.getByRole("region", { name: "Welcome message" });
    const picker = welcome.getByRole("radiogroup", { name: "Welcome message: language" });
    const chosen = picker.getByRole("radio", { checked: true });
    async function expectInView(name: string): Promise<void> {
      await expect.poll(() => chosen.textContent()).toBe(name);
      await expect
        .poll(async () => {
          const [bar, item] = [await picker.boundingBox(), await chosen.boundingBox()];
          return bar && item && item.x >= bar.x && item.x + item.width <= bar.x + bar.width;
        })
        .toBe(true);
    }

    for (const name of ["French", "German", "Italian", "Japanese", "Korean"])
      await choose(welcome.getByLabel("Welcome message: add language"), name);
    await expectInView("Korean");
    const top = await page.evaluate(() => document.querySelector("main")?.scrollTop);
    await welcome.getByRole("button", { name: "Remove Korean" }).click();
    await expectInView("Default");
    expect(await page.evaluate(() => document.querySelector("main")?.scrollTop)).toBe(top);
    await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
    await choose(welcome.getByLabel("Welcome message: add language"), "Korean");
    await expectInView("Korean");

    expect(troubles).toEqual([]);
  },
);

test(
  "a page's own messages are previewed with a contact of that page, not with the newest of all",
  { timeout: 60_000 },
  async () => {
    const other = "104810069068201";
    const { token } = await stage.control<{ token: string }>("GET", `pages/${other}/token`);
    const { page: connected } = await stage.api.post<{ page: { id: string } }>("/pages", {
      pageId: other,
      accessToken: token,
    });
    await stage.api.post("/contacts", { pageId: connected.id, psid: "7000009", firstName: "Newest" });
    const { page } = await stage.visit("pages");
    const preview = page.getByRole("region", { name: "Phone preview" });

    await page.goto(`pages/${connected.id}`);
    await preview.getByText("Harbour Bike Repair").waitFor();
    await expect.poll(() => chosen(page.getByLabel("Preview as"))).toBe("As Newest");
    await page.goto(`pages/${stage.pageId}`);
    await preview.getByText("Luna Coffee Roasters").waitFor();
    expect(await chosen(page.getByLabel("Preview as"))).not.toBe("As Newest");
  },
);

test(
  "sending rules are saved; a contact is added to the suppression list, found and removed",
  { timeout: 60_000 },
  async () => {
    const { page, troubles } = await stage.visit("settings");
    await page.getByRole("link", { name: "Sending rules" }).click();

    await choose(page.getByLabel("Time zone", { exact: true }), "Europe/Berlin");
    await page.getByRole("switch", { name: "Quiet hours" }).click();
    await page.getByLabel("Quiet hours start").fill("22:15");
    await page.getByRole("switch", { name: "Frequency cap" }).click();
    await page.getByLabel("Messages", { exact: true }).fill("2");
    await page.getByLabel("Opt-out keywords", { exact: true }).fill("enough\nbasta");
    await page.getByRole("switch", { name: "Reply to opt-outs" }).click();
    const stop = page.getByRole("region", { name: "Reply to opt-outs" });
    await stop.getByLabel("Text", { exact: true }).fill("You get no more messages");
    await choose(stop.getByLabel("Reply to opt-outs: add language"), "Arabic");
    await stop.getByLabel("Text", { exact: true }).fill("لن تصلك رسائل أخرى");
    await page.getByRole("region", { name: "Phone preview" }).getByText("لن تصلك رسائل أخرى").waitFor();
    await expectAccessible(page, "sending rules with a reply");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.reload();
    await expect.poll(() => page.getByLabel("Quiet hours start").inputValue()).toBe("10:15 PM");
    expect(await page.getByLabel("Time zone", { exact: true }).inputValue()).toBe("Europe/Berlin");
    expect(await page.getByLabel("Messages", { exact: true }).inputValue()).toBe("2");
    expect(await page.getByLabel("Opt-out keywords", { exact: true }).inputValue()).toBe("enough\nbasta");
    await stop.getByRole("radio", { name: "Arabic" }).click();
    expect(await stop.getByLabel("Text", { exact: true }).inputValue()).toBe("لن تصلك رسائل أخرى");

    await page.getByRole("link", { name: "Suppression list" }).click();
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByLabel("PSIDs").fill("7000001\n7000002");
    await page.getByRole("dialog").getByRole("button", { name: "Add" }).click();
    const list = page.getByRole("list", { name: "Suppression list" });
    await list.getByText("7000002").waitFor();
    await page.getByLabel("Search by PSID").fill("7000001");
    await expect.poll(() => list.getByRole("listitem").count()).toBe(1);
    await page.getByRole("button", { name: "Remove 7000001 from the list" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
    await page.getByText("No matching contact is on the list").waitFor();
    expect(troubles).toEqual([]);
  },
);

test("the owner writes the deletion page in two languages", { timeout: 90_000 }, async () => {
  const { page, troubles } = await stage.visit("settings");
  const panel = page.getByRole("region", { name: "Deletion page" });
  await panel.getByRole("switch", { name: "Use your own text" }).click();
  await panel.getByLabel("Title").fill("We deleted your data");
  await panel.getByLabel("Text", { exact: true }).fill("On {date} we deleted everything.");
  await choose(panel.getByLabel("Deletion page: add language"), "Arabic");
  await panel.getByText("Write the title and text in each language to save.").waitFor();
  await panel.getByLabel("Title").fill("حذفنا بياناتك");
  await panel.getByLabel("Text", { exact: true }).fill("حُذف كل شيء في {date}.");
  await expectAccessible(page, "settings with a deletion page");
  await look(page, "deletion page settings");
  await panel.getByRole("button", { name: "Save" }).click();
  await page.getByText("Deletion page saved").waitFor();
  await page.reload();
  await panel.getByRole("radio", { name: "Arabic" }).click();
  await expect.poll(() => panel.getByLabel("Title").inputValue()).toBe("حذفنا بياناتك");

  await panel.getByRole("switch", { name: "Use your own text" }).click();
  await panel.getByRole("button", { name: "Save" }).click();
  await page.getByText("Deletion page saved").waitFor();
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(troubles).toEqual([]);
});
