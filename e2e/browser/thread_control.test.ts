import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultApp } from "../../apps/simulator/simulator.ts";
import { look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { waitFor } from "../support/product.ts";

const businessSuite = "263902037430900";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

/** Somebody who just wrote; their conversation's id. */
async function writer(name: string): Promise<{ psid: string; conversationId: string }> {
  const { psid } = await stage.control<{ psid: string }>("POST", "persons", {
    pageId: stage.facebookPageId,
    name,
  });
  await stage.write(psid, "Is my order on its way?");
  await waitFor(
    async () => (await stage.sql`select from messaging.contacts where psid = ${psid}`).length > 0,
  );
  const [row] = await stage.sql`select id from messaging.contacts where psid = ${psid}`;
  return { psid, conversationId: row?.id };
}

/** Whether Conversation Routing is on for the page, at Meta and here. */
async function setRouting(isOn: boolean): Promise<void> {
  await stage.control("PATCH", `pages/${stage.facebookPageId}`, { hasRouting: isOn, canTakeControl: true });
  await stage.api.post(`/pages/${stage.pageId}/check`);
}

const hold = (psid: string, appId: string) => stage.control("POST", `persons/${psid}/owner`, { appId });

test("a reply that another app's control refuses comes back as a draft, and goes out after Take over; Hand back ends it", async () => {
  await setRouting(true);
  const { psid, conversationId } = await writer("Ann Lee");
  const { page, troubles } = await stage.visit(`inbox/${conversationId}`);
  const composer = page.getByRole("textbox", { name: "Reply" });
  const control = page.getByRole("region", { name: "Conversation control" });
  const conversation = page.getByRole("log", { name: "Messages" });
  await conversation.getByText("Is my order on its way?").waitFor();
  const refusedAt = async () => {
    const [row] = await stage.sql`select settled_at from messaging.deliveries
      where contact_id = ${conversationId} and state = 'failed'`;
    return row?.settled_at;
  };
  // With routing, a new conversation is the default app's, and that is ours.
  await conversation.getByText("Conversation passed to MessageSender").waitFor();
  await control.getByText("MessageSender controls this conversation").waitFor();

  await hold(psid, businessSuite);
  await control.getByText("Facebook inbox controls this conversation").waitFor();
  await composer.fill("It left this morning.");
  await page.keyboard.press("Enter");
  await conversation.getByText("Another app controls this conversation").waitFor();
  await expect.poll(() => composer.inputValue()).toBe("It left this morning.");
  await conversation.getByText("Your text is in the composer").waitFor();
  await look(page, "thread-control-other");

  // Sent again as it is, the words leave the composer, and come back with the next refusal.
  const first = await refusedAt();
  await conversation.getByRole("button", { name: "Try again" }).click();
  await waitFor(async () => ![undefined, first].includes(await refusedAt()));
  await expect.poll(() => composer.inputValue()).toBe("It left this morning.");

  await composer.fill("Something else");
  await conversation.getByRole("button", { name: "Edit and send again" }).click();
  await expect.poll(() => composer.inputValue()).toBe("It left this morning.\nSomething else");
  await composer.fill("It left this morning.");

  await control.getByRole("button", { name: "Take over" }).click();
  await control.getByText("MessageSender controls this conversation").waitFor();
  await conversation.getByText("Owner took over the conversation from Facebook inbox").waitFor();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await waitFor(async () => (await stage.sent(psid)).length === 1);
  await look(page, "thread-control-ours");
  await control.getByRole("button", { name: "Hand back" }).click();
  await conversation.getByText("Owner handed back the conversation").waitFor();
  await control.waitFor({ state: "detached" });

  expect(await stage.sent(psid)).toMatchObject([{ text: "It left this morning." }]);
  expect(await composer.inputValue()).toBe("");
  expect(troubles).toEqual([]);
}, 120_000);

test("without routing control is requested, which is no control until the other app hands over", async () => {
  await setRouting(false);
  const { psid, conversationId } = await writer("Bo Ek");
  const { page, troubles } = await stage.visit(`inbox/${conversationId}`);
  const control = page.getByRole("region", { name: "Conversation control" });
  await hold(psid, "555000111");
  await control.getByText("App 555000111 controls this conversation").waitFor();

  await control.getByRole("button", { name: "Request control" }).click();
  await control.getByText("Control requested, not granted yet").waitFor();
  await look(page, "thread-control-requested");
  const offers = await control.getByRole("button").count();
  await hold(psid, defaultApp.appId);
  await control.getByText("MessageSender controls this conversation").waitFor();

  expect(offers).toBe(0);
  expect(await page.getByRole("textbox", { name: "Reply" }).isEditable()).toBe(true);
  expect(troubles).toEqual([]);
}, 90_000);
