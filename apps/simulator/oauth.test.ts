import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { asRecord, asRecords, asText } from "./json.ts";
import { demoOwnerId } from "./seed.ts";
import { defaultApp } from "./simulator.ts";
import { callGraph, type GraphReply, pageId, startTest, type TestSimulator } from "./testing.ts";

const redirectUri = "http://localhost:4000/connect/callback?from=pages";
const scope = "pages_show_list,pages_messaging,pages_manage_metadata,pages_read_engagement";
let on: TestSimulator;

beforeEach(async () => {
  on = await startTest();
});

afterEach(async () => {
  await on.stop();
});

/** Opens the dialog, presses a button and returns where it sends the browser. */
async function dialog(choice: string, pages: string[], query: Record<string, string> = {}): Promise<URL> {
  const asked = new URLSearchParams({
    client_id: defaultApp.appId,
    redirect_uri: redirectUri,
    state: "s-1",
    scope,
    ...query,
  });
  const url = `${on.simulator.url}/v25.0/dialog/oauth?${asked}`;
  const page = await fetch(url);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("Luna Coffee Roasters");
  const form = new FormData();
  form.set("choice", choice);
  form.set("user", demoOwnerId);
  for (const id of pages) form.append("page", id);
  for (const name of scope.split(",")) form.append("scope", name);
  const answer = await fetch(url, { method: "POST", body: form, redirect: "manual" });
  expect(answer.status).toBe(302);
  return new URL(answer.headers.get("location") ?? "");
}

function exchange(query: Record<string, string>): Promise<GraphReply> {
  const asked = new URLSearchParams({
    client_id: defaultApp.appId,
    client_secret: defaultApp.appSecret,
    ...query,
  });
  return get("", `oauth/access_token?${asked}`);
}

function get(token: string, path: string): Promise<GraphReply> {
  return callGraph(on.simulator.url, token, { method: "GET", path });
}

/** Logs in and exchanges to a long-lived user token. */
async function logIn(pages: string[]): Promise<string> {
  const target = await dialog("continue", pages);
  const short = await exchange({ code: target.searchParams.get("code") ?? "", redirect_uri: redirectUri });
  const long = await exchange({
    grant_type: "fb_exchange_token",
    fb_exchange_token: asText(short.body.access_token) ?? "",
  });
  return asText(long.body.access_token) ?? "";
}

test("the whole login: dialog, code, long-lived token, pages, page token, subscription", async () => {
  const target = await dialog("continue", [pageId]);
  const code = target.searchParams.get("code") ?? "";
  expect(target.href.startsWith("http://localhost:4000/connect/callback?from=pages&")).toBe(true);
  expect(target.searchParams.get("state")).toBe("s-1");

  expect(await exchange({ code, redirect_uri: "http://localhost:4000/connect/callback" })).toMatchObject({
    code: 100,
    subcode: 36008,
  });
  const short = await exchange({ code, redirect_uri: redirectUri });
  expect(short.body).toMatchObject({ token_type: "bearer", expires_in: 7200 });
  expect(await exchange({ code, redirect_uri: redirectUri })).toMatchObject({ code: 100, subcode: 36009 });
  const long = await exchange({
    grant_type: "fb_exchange_token",
    fb_exchange_token: asText(short.body.access_token) ?? "",
  });
  expect(Number(long.body.expires_in)).toBeGreaterThan(50 * 86_400);

  const accounts = await get(asText(long.body.access_token) ?? "", "me/accounts");
  const [page, more] = asRecords(accounts.body.data);
  expect(page).toMatchObject({
    id: pageId,
    name: "Luna Coffee Roasters",
    tasks: expect.arrayContaining(["MESSAGING", "MODERATE"]),
  });
  expect(more).toBeUndefined();

  const pageToken = asText(page?.access_token) ?? "";
  const appToken = `${defaultApp.appId}|${defaultApp.appSecret}`;
  const debug = await get(appToken, `debug_token?input_token=${pageToken}`);
  expect(debug.body.data).toMatchObject({
    is_valid: true,
    type: "PAGE",
    profile_id: pageId,
    expires_at: 0,
    scopes: expect.arrayContaining(["pages_messaging"]),
  });
  expect(asRecord(debug.body.data)?.granular_scopes).toContainEqual({
    scope: "pages_messaging",
    target_ids: [pageId],
  });
});

test("Cancel returns Facebook's error without a code", async () => {
  const target = await dialog("cancel", []);

  expect(Object.fromEntries(target.searchParams)).toMatchObject({
    error: "access_denied",
    error_reason: "user_denied",
    state: "s-1",
  });
  expect(target.searchParams.has("code")).toBe(false);
});

test("the dialog refuses another app, an unlisted redirect, an unknown scope, and scope under Login for Business", async () => {
  await on.control("PATCH", "app", { redirectUris: [redirectUri] });
  const open = async (change: Record<string, string>) => {
    const asked = new URLSearchParams({
      client_id: defaultApp.appId,
      redirect_uri: redirectUri,
      scope,
      ...change,
    });
    return (await fetch(`${on.simulator.url}/v25.0/dialog/oauth?${asked}`)).status;
  };

  expect(await open({ client_id: "1" })).toBe(400);
  expect(await open({ redirect_uri: `${redirectUri}&x=1` })).toBe(400);
  expect(await open({ scope: "pages_rule_the_world" })).toBe(400);
  await on.control("PATCH", "switches", { loginForBusiness: true });
  expect(await open({})).toBe(400);
  expect(await open({ config_id: "77" })).toBe(200);
});

test("accounts are paged, and a portfolio's page needs business_management", async () => {
  for (let index = 0; index < 4; index += 1) await on.control("POST", "pages", { name: `Extra ${index}` });
  await on.control("PATCH", "pages/104810069068201", { isBusinessOwned: true });
  const ids = [...on.simulator.state.pages.keys()];
  const token = await logIn(ids);
  const seen: unknown[] = [];
  let after = "";

  for (let round = 0; round < 5; round += 1) {
    const { body } = await get(token, `me/accounts?limit=3&after=${after}`);
    seen.push(...asRecords(body.data).map(({ id }) => id));
    const paging = asRecord(body.paging);
    if (paging?.next === undefined) break;
    after = asText(asRecord(paging.cursors)?.after) ?? "";
  }

  expect(seen).toEqual(ids.filter((id) => id !== "104810069068201"));
});

test("a page token dies by password, by removal of the app, by a later grant and by a lost role", async () => {
  const other = "104810069068201";
  const userToken = await logIn([pageId, other]);
  const token = asText(asRecords((await get(userToken, "me/accounts")).body.data)[0]?.access_token) ?? "";
  const check = () => get(token, "me");

  await logIn([other]);
  expect(await check()).toMatchObject({ code: 190, subcode: undefined });
  await logIn([pageId, other]);
  expect((await check()).status).toBe(200);
  await on.control("PATCH", `pages/${pageId}`, { roleIds: [] });
  expect(await check()).toMatchObject({ code: 190, subcode: 492 });
  await on.control("PATCH", `pages/${pageId}`, { roleIds: [demoOwnerId] });
  await on.control("POST", `users/${demoOwnerId}/password`);
  expect(await check()).toMatchObject({ code: 190, subcode: 460 });
  await on.control("POST", `users/${demoOwnerId}/remove_app`);
  expect(await check()).toMatchObject({ code: 190, subcode: 458 });
});

test("appsecret_proof is verified in both forms and can be required", async () => {
  const sign = (text: string) => createHmac("sha256", defaultApp.appSecret).update(text).digest("hex");
  const now = Math.floor(Date.now() / 1000);
  const timed = (time: number) => `me?appsecret_proof=${sign(`${on.token}|${time}`)}&appsecret_time=${time}`;

  expect((await get(on.token, `me?appsecret_proof=${sign(on.token)}`)).status).toBe(200);
  expect((await get(on.token, timed(now))).status).toBe(200);
  expect(await get(on.token, timed(now - 400))).toMatchObject({ code: 100 });
  expect(await get(on.token, `me?appsecret_proof=${sign("x")}`)).toMatchObject({ code: 100 });
  await on.control("PATCH", "switches", { requireProof: true });
  expect(await get(on.token, "me")).toMatchObject({ code: 100 });
});

test("subscriptions: the handshake must succeed, unknown fields fail, and DELETE ends them", async () => {
  const appToken = `${defaultApp.appId}|${defaultApp.appSecret}`;
  const path = `${defaultApp.appId}/subscriptions`;
  const subscribe = (callback_url: string) =>
    callGraph(on.simulator.url, appToken, {
      method: "POST",
      path,
      body: { object: "page", callback_url, verify_token: "t", fields: "messages,feed" },
    });

  expect((await subscribe(on.simulator.state.app.callbackUrl)).body).toEqual({ success: true });
  expect(await subscribe(`${on.simulator.url}/nowhere`)).toMatchObject({ code: 2200 });
  expect((await get(appToken, path)).body.data).toMatchObject([
    { object: "page", fields: [{ name: "messages" }, { name: "feed" }] },
  ]);
  expect(
    await on.graph("POST", `${pageId}/subscribed_apps`, { subscribed_fields: "messages,gossip" }),
  ).toMatchObject({ code: 100 });
  expect((await on.graph("GET", `${pageId}/subscribed_apps`)).body.data).toHaveLength(1);
  await on.graph("DELETE", `${pageId}/subscribed_apps`);
  expect((await on.graph("GET", `${pageId}/subscribed_apps`)).body.data).toEqual([]);
});

test("the deauthorize and deletion callbacks carry a signed_request for the user", async () => {
  const got: string[] = [];
  const callback = Bun.serve({
    port: 0,
    async fetch(request) {
      got.push(asText((await request.formData()).get("signed_request")) ?? "");
      return Response.json({ url: "https://example.com/deletion", confirmation_code: "abc" });
    },
  });

  const answer = await on.control("POST", `users/${demoOwnerId}/delete_data`, {
    callbackUrl: callback.url.href,
  });
  await callback.stop(true);

  const [signature, payload = ""] = (got[0] ?? "").split(".");
  expect(signature).toBe(createHmac("sha256", defaultApp.appSecret).update(payload).digest("base64url"));
  expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
    algorithm: "HMAC-SHA256",
    user_id: demoOwnerId,
  });
  expect(answer).toMatchObject({ status: 200, body: { confirmation_code: "abc" } });
});
