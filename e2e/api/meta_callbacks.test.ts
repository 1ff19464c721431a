import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { deletePersons } from "#messaging";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";

const asid = "122096412345678901";
let on: AppWithMeta;
let page: { facebookId: string; pageId: string };

beforeAll(async () => {
  on = await openAppWithMeta();
});
afterAll(async () => {
  await on.close();
});
beforeEach(async () => {
  page = await on.connectNewPage();
  await on.database.sql`update messaging.pages set connected_by_asid = ${asid} where id = ${page.pageId}`;
});

const callbackUrl = (what: string) => `${on.url}/api/v1/facebook/${what}`;

async function statusOf(pageId: string) {
  const { body } = await on.here("GET", `/pages/${pageId}`);
  return body.page;
}

async function post(what: string, claims: object, secret = String(on.system.config.appSecrets[0])) {
  const payload = Buffer.from(JSON.stringify({ algorithm: "HMAC-SHA256", ...claims })).toString("base64url");
  const signature = createHmac("sha256", secret).update(payload).digest("base64url");
  const body = new URLSearchParams({ signed_request: `${signature}.${payload}` });
  return await fetch(callbackUrl(what), { method: "POST", body });
}

test("deauthorize disconnects the pages of the person who removed the app, with the reason, and stops their sending", async () => {
  const other = await on.connectNewPage("Sol");
  await on.database.sql`update messaging.pages set connected_by_asid = '1' where id = ${other.pageId}`;

  const told = await on.control("POST", `/users/${asid}/remove_app`, {
    callbackUrl: callbackUrl("deauthorize"),
  });

  expect(told.status).toBe(200);
  expect(await statusOf(page.pageId)).toMatchObject({
    status: "disconnected",
    statusReason: expect.stringContaining("lost its access"),
  });
  expect(await statusOf(other.pageId)).toMatchObject({ status: "connected" });
  const [row] = await on.database.sql`select token_sealed, held_reason from messaging.pages as p
    join messaging.lanes as l on l.page_id = p.id and l.class = 'reply' where p.id = ${page.pageId}`;
  expect(row).toEqual({ token_sealed: null, held_reason: "The page is disconnected" });
});

test("deauthorize of one page disconnects only that page", async () => {
  const other = await on.connectNewPage("Sol");

  const { status } = await post("deauthorize", { user_id: null, profile_id: other.facebookId });

  expect(status).toBe(200);
  expect(await statusOf(other.pageId)).toMatchObject({ status: "disconnected" });
  expect(await statusOf(page.pageId)).toMatchObject({ status: "connected" });
});

test("data-deletion deletes the login with its pages, and returns a stable status page", async () => {
  await on.database
    .sql`insert into messaging.facebook_logins (state_hash, workspace_id, user_id, asid, expires_at)
    select ${page.pageId}, ${on.workspaceId}, id, ${asid}, now() + interval '1 hour' from auth.users limit 1`;
  const claims = { user_id: asid, issued_at: 1 };

  const first = await (await post("data-deletion", claims)).json();
  const again = await (await post("data-deletion", claims)).json();

  expect(first).toEqual(again);
  expect(first.url).toBe(`${on.url}/deletion/${first.confirmation_code}`);
  const shown = await fetch(first.url);
  expect(shown.status).toBe(200);
  expect(await shown.text()).toMatch(/Your data was deleted[\s\S]*can no longer be used here: \d+\./);
  expect(await statusOf(page.pageId)).toMatchObject({ status: "disconnected" });
  const left = await on.database.sql`select asid from messaging.facebook_logins where asid = ${asid}
    union all select connected_by_asid from messaging.pages where connected_by_asid = ${asid}`;
  expect(left).toEqual([]);
});

test("the owner writes the status page in languages; others get the default, or our words without one", async () => {
  const { url } = await (await post("data-deletion", { user_id: asid, issued_at: 2 })).json();
  const shownIn = async (language: string) =>
    await (await fetch(url, { headers: { "accept-language": language } })).text();
  const path = "/system/deletion-page";
  const words = {
    content: { title: "Gone", text: "Deleted on {date}." },
    translations: {
      pt: { title: "Apagado", text: "Apagado." },
      "pt-BR": { title: "Excluído", text: "Excluído em {date}." },
    },
  };

  const before = await on.call(on.ownerToken, "GET", path);
  const saved = await on.call(on.ownerToken, "PUT", path, words);
  const byManager = await on.call(on.managerToken, "PUT", path, words);
  const withoutDefault = await on.call(on.ownerToken, "PUT", path, { ...words, content: null });

  expect(before.body).toEqual({ page: { content: null, translations: {} } });
  expect(saved).toEqual({ status: 200, body: { page: words } });
  expect(byManager.status).toBe(403);
  expect(withoutDefault).toMatchObject({ status: 422, body: { code: "default-missing" } });
  expect(await shownIn("pt-BR")).toMatch(
    /<html lang="pt-BR"[\s\S]*<p>Excluído em \d+ de [a-zç]+ de \d+\.<\/p>/,
  );
  expect(await shownIn("pt-PT, en;q=0.5")).toContain("<h1>Apagado</h1>");
  expect(await shownIn("de")).toContain("<h1>Gone</h1>");
  const [recorded] = await on.database.sql`
    select before, after from auth.activity where action = 'deletion-page.changed'`;
  expect(recorded?.after).toEqual({ content: null, translations: null });

  await on.call(on.ownerToken, "PUT", path, { content: null, translations: {} });
  expect(await shownIn("es")).toContain('<html lang="es"');
});

test.each(["deauthorize", "data-deletion"])(
  "%s without a configured app's signature does nothing",
  async (what) => {
    const { status } = await post(what, { user_id: asid }, "another secret");

    expect(status).toBe(403);
    expect(await statusOf(page.pageId)).toMatchObject({ status: "connected" });
  },
);

test("the status page returns nothing for an unknown code", async () => {
  const answer = await fetch(`${on.url}/deletion/${"0".repeat(32)}`);

  expect(answer.status).toBe(404);
  expect(answer.headers.get("content-type")).toContain("text/html");
});

test("the privacy page shows its operator and runs no script", async () => {
  const answer = await fetch(`${on.url}/privacy`);

  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(await answer.text()).toContain(`The operator of ${new URL(on.url).host}`);
});

test("deletePersons() deletes the people of Meta's list with their messages, and no one else", async () => {
  const [gone, stays] = await on.database.sql<{ id: string }[]>`
    insert into messaging.contacts (workspace_id, page_id, psid)
    select ${on.workspaceId}::uuid, ${page.pageId}::uuid, psid from unnest(array['990011', '990012']) as psid returning id`;

  expect(await deletePersons(on.system, ["990011", "123", asid])).toMatchObject({ contacts: 1 });

  const left = await on.database.sql`select id from messaging.contacts where psid in ('990011', '990012')`;
  expect(left).toEqual([{ id: stays?.id }]);
  expect(gone?.id).not.toBe(stays?.id);
});
