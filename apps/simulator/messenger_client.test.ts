import { MessengerBatch, MessengerClient } from "messaging-api-messenger";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { defaultApp } from "./simulator.ts";
import { pageId, psid, resetTest, startTest, type TestSimulator } from "./testing.ts";

// Others wrote this client for Meta's Graph API: it is right even if simulator and project share a mistake. Only
// `origin` differs from its normal use.
let on: TestSimulator;
let client: MessengerClient;
let token: string;

beforeAll(async () => {
  on = await startTest();
});
afterAll(() => on.stop());
beforeEach(async () => {
  await resetTest(on);
  token = String((await on.control("GET", `pages/${pageId}/token`)).token);
  client = clientOf();
});

function clientOf(options: { skipAppSecretProof?: boolean } = {}): MessengerClient {
  return new MessengerClient({
    accessToken: token,
    appId: defaultApp.appId,
    appSecret: defaultApp.appSecret,
    version: "25.0",
    origin: on.simulator.url,
    ...options,
  });
}

const accepted = { recipientId: psid, messageId: expect.stringMatching(/^m_/) };

test("messaging-api-messenger sends every form of message, each signed with an appsecret_proof", async () => {
  await on.control("PATCH", "switches", { requireProof: true });
  const button = { type: "postback", title: "Ask", payload: "ASK" } as const;

  expect(await client.sendText(psid, "Hello")).toEqual(accepted);
  expect(
    await client.sendText(psid, "Which?", {
      quickReplies: [{ contentType: "text", title: "Red", payload: "RED" }],
    }),
  ).toEqual(accepted);
  expect(await client.sendButtonTemplate(psid, "More?", [button])).toEqual(accepted);
  expect(
    await client.sendGenericTemplate(psid, [{ title: "Mug", subtitle: "$40", buttons: [button] }]),
  ).toEqual(accepted);
  expect(
    await client.sendReceiptTemplate(psid, {
      recipientName: "Ann",
      orderNumber: "505",
      currency: "USD",
      paymentMethod: "Visa 1234",
      elements: [{ title: "Mug", quantity: 1, price: 40, imageUrl: "https://example.com/mug.png" }],
      summary: { totalCost: 40 },
    }),
  ).toEqual(accepted);
  for (const act of ["markSeen", "typingOn", "typingOff"] as const)
    expect(await client[act](psid)).toEqual({ recipientId: psid });
  expect(await on.control("GET", "sent")).toMatchObject({ total: 5 });
});

test("messaging-api-messenger uploads a file once and sends it by its id", async () => {
  const { attachmentId } = await client.uploadFile(Buffer.from("a price list"), {
    isReusable: true,
    filename: "prices.txt",
  });

  expect(await client.sendFile(psid, { attachmentId })).toMatchObject(accepted);
});

test("messaging-api-messenger replies to a comment privately, and reads Meta's refusal of the second reply", async () => {
  const { commentId } = await on.control("POST", `persons/${psid}/comment`, { text: "Price?" });
  const recipient = { commentId: String(commentId) };

  expect(await client.sendText(recipient, "Here it is")).toEqual(accepted);
  const refused = await client.sendText(recipient, "Again").catch((error: unknown) => String(error));
  expect(refused).toContain("10900");
});

test("messaging-api-messenger sends a batch and reads each answer", async () => {
  const answers = await client.sendBatch([
    MessengerBatch.sendText(psid, "one"),
    MessengerBatch.sendText("1", "to nobody"),
    MessengerBatch.getUserProfile(psid),
  ]);

  expect(answers).toMatchObject([
    { code: 200, body: accepted },
    { code: 400, body: { error: { code: 100, errorSubcode: 2018001 } } },
    { code: 200, body: { firstName: "Anna" } },
  ]);
});

test("messaging-api-messenger reads people, the page and its token", async () => {
  expect(await client.getUserProfile(psid)).toMatchObject({ id: psid, firstName: "Anna" });
  expect(await client.getPageInfo()).toMatchObject({ id: pageId, name: expect.any(String) });
  // The client signs the app's token with the proof of the page's: Meta takes none of that.
  const plain = clientOf({ skipAppSecretProof: true });
  expect(await plain.debugToken()).toMatchObject({ appId: defaultApp.appId, isValid: true, type: "PAGE" });
});

test("messaging-api-messenger sets, reads and deletes the Messenger profile", async () => {
  await client.setGetStarted("GET_STARTED");
  await client.setGreeting("Welcome");
  await client.setIceBreakers([{ question: "Open today?", payload: "OPEN" }]);
  await client.setPersistentMenu([{ type: "postback", title: "Help", payload: "HELP" }]);

  expect(await client.getGetStarted()).toEqual({ payload: "GET_STARTED" });
  expect(await client.getGreeting()).toEqual([{ locale: "default", text: "Welcome" }]);
  expect(await client.getPersistentMenu()).toMatchObject([{ callToActions: [{ title: "Help" }] }]);
  await client.deletePersistentMenu();
  expect(await client.getPersistentMenu()).toBeNull();
});

test("messaging-api-messenger keeps personas and labels", async () => {
  const { id } = await client.createPersona({
    name: "Kim",
    profilePictureUrl: "https://example.com/kim.png",
  });
  expect(await client.sendText(psid, "Kim here", { personaId: id })).toEqual(accepted);
  expect(await client.getAllPersonas()).toMatchObject([{ id, name: "Kim" }]);
  await client.deletePersona(id);

  const label = await client.createLabel("VIP");
  expect(await client.associateLabel(psid, Number(label.id))).toEqual({ success: true });
  // Meta names it page_label_name now; the client requests the former name.
  expect(await client.getLabelList()).toMatchObject({ data: [{ id: label.id }] });
});

test("messaging-api-messenger takes, passes and names the thread's owner", async () => {
  await on.control("PATCH", `pages/${pageId}`, { hasRouting: true, canTakeControl: true });
  expect(await client.takeThreadControl(psid, "ours")).toEqual({ success: true });
  expect(await client.getThreadOwner(psid)).toMatchObject({ appId: defaultApp.appId });
  expect(await client.passThreadControlToPageInbox(psid, "theirs")).toEqual({ success: true });
  const refused = await client.sendText(psid, "?").catch((error: unknown) => String(error));
  expect(refused).toMatch(/another app|thread/i);
});
