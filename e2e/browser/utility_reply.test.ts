import { afterAll, beforeAll, expect, test } from "vitest";
import { look } from "../support/browser.ts";
import { type BrowserStage, openBrowserStage } from "../support/browser_stage.ts";
import { waitFor } from "../support/product.ts";

let stage: BrowserStage;
beforeAll(async () => {
  stage = await openBrowserStage();
});
afterAll(() => stage.close());

/** A contact whose message is so many hours old; returns the conversation's id. */
async function writer(name: string, hours: number): Promise<{ psid: string; conversationId: string }> {
  const { sql, facebookPageId } = stage;
  const { psid } = await stage.control<{ psid: string }>("POST", "persons", { pageId: facebookPageId, name });
  await stage.write(psid, "Where is my order?");
  await waitFor(async () => {
    const rows = await sql`select from messaging.contacts where psid = ${psid} and profile_state = 'known'`;
    return rows.length === 1;
  });
  await stage.control("POST", `persons/${psid}/age`, { hours });
  const [row] =
    await sql`update messaging.contacts set last_inbound_at = now() - make_interval(hours => ${hours})
    where psid = ${psid} returning id`;
  return { psid, conversationId: row?.id };
}

test("after the window the composer offers a utility template, which is filled in, previewed, sent and seen in the thread", async () => {
  const { api, pageId } = stage;
  const { psid, conversationId } = await writer("Ann Lee", 300);
  await api.post("/utility-templates", {
    pageIds: [pageId],
    name: "order_update",
    language: "en",
    header: "Order {{number}}",
    body: "Good news, {{customer}}: your order {{order_id}} is on its way to you.",
    buttons: [{ type: "postback", title: "Track", payload: "TRACK" }],
    samples: { customer: "John", order_id: "566701", "header.number": "7" },
  });
  const { page, troubles } = await stage.visit(`inbox/${conversationId}`);
  await page.getByRole("button", { name: "Send a utility template" }).waitFor();
  await look(page, "utility-closed");
  await waitFor(async () => {
    const rows = await stage.sql`select from messaging.utility_templates where status = 'APPROVED'`;
    return rows.length === 1;
  });

  await page.getByRole("button", { name: "Send a utility template" }).click();
  const dialog = page.getByRole("dialog", { name: "Send a utility template to Ann Lee" });
  await dialog.getByLabel("Header: number").fill("A-17");
  await dialog.getByLabel("customer").fill("{{first_name|friend}}");
  const send = dialog.getByRole("button", { name: "Send" });
  const isHeld = await send.isDisabled();
  await dialog.getByLabel("order_id").fill("566 701");
  await dialog.getByText("Good news, Ann: your order 566 701 is on its way to you.").waitFor();
  await look(page, "utility-dialog");
  await send.click();
  const bubble = page.getByText(/Good news, Ann: your order 566 701/).last();
  await bubble.waitFor();
  await page
    .getByText(/^(Sent|Delivered|Read)$/)
    .last()
    .waitFor({ state: "attached" });
  await look(page, "utility-sent");
  const sent = await stage.sent(psid);
  await page.reload();
  await bubble.waitFor();

  expect(isHeld).toBe(true);
  expect(sent).toMatchObject([{ messagingType: "UTILITY", text: expect.stringContaining("order 566 701") }]);
  expect(troubles).toEqual([]);
}, 90_000);

test("a blocked contact is offered none", async () => {
  const { conversationId } = await writer("Bo Ek", 300);
  await stage.sql`update messaging.contacts set blocked_at = now() where id = ${conversationId}`;
  const { page } = await stage.visit(`inbox/${conversationId}`);
  await page
    .getByText(/blocked/i)
    .first()
    .waitFor();

  expect(await page.getByRole("button", { name: "Send a utility template" }).count()).toBe(0);
}, 60_000);
