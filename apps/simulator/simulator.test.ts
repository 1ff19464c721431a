import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  extractWebhookEvents,
  Messenger,
  MessengerAPIError,
  verifyWebhookSignature,
} from "@warriorteam/messenger-sdk";
import { expect, test } from "vitest";
import { asRecord, asRecords, asText } from "./json.ts";
import { defaultApp, startSimulator } from "./simulator.ts";
import { callGraph, eventually, pageId, psid, startTest } from "./testing.ts";

test("startSimulator() with a state file keeps pages, threads, files and tokens across a restart", async () => {
  const folder = await mkdtemp(join(tmpdir(), "simulator-"));
  const stateFile = join(folder, "state.json");
  const first = await startTest({ stateFile });
  const form = new FormData();
  form.set("text", "with a file");
  form.set("file", new File(["kept"], "note.txt", { type: "text/plain" }));
  await fetch(`${first.simulator.url}/_simulator/persons/${psid}/write`, { method: "POST", body: form });
  await first.send({ text: "answer" });
  await first.stop();

  const second = await startSimulator({ stateFile, webhookUrl: "http://127.0.0.1:9/hook" });

  const call = {
    method: "POST",
    path: "me/messages",
    body: { recipient: { id: psid }, messaging_type: "RESPONSE", message: { text: "after" } },
  };
  expect((await callGraph(second.url, first.token, call)).status).toBe(200);
  expect(second.state.pages.get(pageId)?.subscribedFields).toContain("messages");
  const person = second.state.persons.get(psid);
  expect(person?.messages.map((message) => message.content.text)).toEqual(["with a file", "answer", "after"]);
  const url = asText(asRecord(asRecords(person?.messages[0]?.content.attachments)[0]?.payload)?.url) ?? "";
  const moved = await fetch(url.replace(first.simulator.url, second.url));
  expect(await moved.text()).toBe("kept");
  await second.stop();
  await rm(folder, { recursive: true });
});

test("main.ts refuses to start in production and gives the reason in one sentence", async () => {
  const started = Bun.spawn(["bun", join(import.meta.dirname, "main.ts")], {
    env: { ...process.env, NODE_ENV: "production", SIMULATOR_PORT: "0" },
    stderr: "pipe",
    stdout: "pipe",
  });

  expect(await started.exited).toBe(1);
  expect(await new Response(started.stderr).text()).toMatch(
    /^The simulator plays Meta .* NODE_ENV=production\.\n$/,
  );
});

test("main.ts prints its address, and stops on SIGTERM", async () => {
  const started = Bun.spawn(["bun", join(import.meta.dirname, "main.ts")], {
    env: { ...process.env, NODE_ENV: "test", SIMULATOR_PORT: "0", SIMULATOR_STATE: "" },
    stdout: "pipe",
  });
  const reader = started.stdout.getReader();
  const line = new TextDecoder().decode((await reader.read()).value);
  const url = line.match(/http:\/\/\S+:\d+/)?.[0] ?? "";

  expect(await (await fetch(`${url}/_simulator/health`)).json()).toEqual({ ok: true });
  const page = await fetch(url);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  started.kill("SIGTERM");
  expect(await started.exited).toBe(0);
});

test("a Messenger client library written for the real Graph API works against it unchanged", async () => {
  const on = await startTest();
  const messenger = new Messenger({
    accessToken: on.token,
    version: "v25.0",
    baseUrl: on.simulator.url,
    maxRetries: 1,
  });
  const recipient = { id: psid };
  await on.control("POST", `persons/${psid}/write`, { text: "Hallo, öffnen Sie heute?" });

  const sent = await messenger.send.message({
    recipient,
    messaging_type: "RESPONSE",
    message: { text: "Yes" },
  });
  await messenger.templates.button({
    recipient,
    text: "More?",
    buttons: [{ type: "postback", title: "Yes", payload: "YES" }],
  });
  await messenger.send.typingOn(psid);
  const profile = await messenger.profile.getFull(psid);
  const conversation = await messenger.conversations.findByUser(pageId, psid, "messenger");
  const blocked = await messenger.moderation.blockUser(psid);
  const refused = await messenger.send
    .message({ recipient, messaging_type: "RESPONSE", message: { text: "?" } })
    .catch((error: unknown) => error);

  expect(sent).toMatchObject({ recipient_id: psid, message_id: expect.stringMatching(/^m_/) });
  expect(profile).toMatchObject({ first_name: "Anna", last_name: "Keller" });
  expect(conversation).toMatch(/^t_/);
  expect(blocked).toEqual({ success: "true" });
  expect(refused).toBeInstanceOf(MessengerAPIError);
  expect(refused).toMatchObject({ code: 551, subcode: 1545041, statusCode: 400 });

  await eventually(() => expect(on.events("message").length).toBeGreaterThanOrEqual(3));
  const raw = on.received[0]?.raw ?? "";
  const signature = `sha256=${new Bun.CryptoHasher("sha256", defaultApp.appSecret).update(raw).digest("hex")}`;
  expect(await verifyWebhookSignature(Buffer.from(raw), signature, defaultApp.appSecret)).toMatchObject({
    isValid: true,
  });
  expect(on.received.every(({ isSigned }) => isSigned)).toBe(true);
  expect(extractWebhookEvents(JSON.parse(raw))).toMatchObject([
    { message: { text: "Hallo, öffnen Sie heute?" } },
  ]);
  await on.stop();
});
