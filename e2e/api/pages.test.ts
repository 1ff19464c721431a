import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let token: string;
let facebookId: string;

beforeAll(async () => {
  on = await openAppWithMeta();
});
afterAll(async () => {
  await on.close();
});
beforeEach(async () => {
  const made = await on.control("POST", "/pages", { name: "Luna", followers: 120 });
  facebookId = String(made.id);
  token = await pageToken(facebookId);
});

async function pageToken(id: string): Promise<string> {
  return String((await on.control("GET", `/pages/${id}/token`)).token);
}

const pages = (rest = "") => `/workspaces/${on.workspaceId}/pages${rest}`;
const connect = (accessToken = token) =>
  on.call(on.managerToken, "POST", pages(), { pageId: facebookId, accessToken });

async function connected(): Promise<string> {
  const { status, body } = await connect();
  expect(status).toBe(201);
  const { page } = body;
  if (typeof page !== "object" || page === null || !("id" in page)) throw new Error("no page");
  return String(page.id);
}

test("connectPage subscribes the page and shows a healthy card, with the token nowhere visible", async () => {
  const { status, body } = await connect();

  const atMeta = await on.control("GET", `/pages/${facebookId}`);
  expect(status).toBe(201);
  expect(body.page).toMatchObject({
    pageId: facebookId,
    name: "Luna",
    followers: 120,
    status: "connected",
    health: {
      token: { state: "ok" },
      scopes: { state: "ok", missing: [] },
      subscription: { state: "ok", missing: [] },
      humanAgent: "unknown",
      restriction: null,
      limits: { heldReason: null, waiting: 0 },
    },
  });
  expect(JSON.stringify(atMeta)).toContain("message_echoes");
  const stored = await on.database
    .sql`select token_sealed from messaging.pages where facebook_id = ${facebookId}`;
  expect(JSON.stringify([body, stored])).not.toContain(token);
});

test.each([
  ["a token that is none", () => Promise.resolve("EAAGnothing")],
  ["the token of another page", () => pageToken("104810069068201")],
  ["a user's token", async () => String((await on.control("GET", "/users/122096412345678901/token")).token)],
])("connecting with %s is refused in words, and nothing is stored", async (_, wrong) => {
  const { status, body } = await connect(await wrong());

  const rows = await on.database.sql`select id from messaging.pages where facebook_id = ${facebookId}`;
  expect(status).toBe(422);
  expect(body).toMatchObject({ code: expect.stringMatching(/^page-token-/), remedy: expect.any(String) });
  expect(rows).toEqual([]);
});

test("a page is active in one workspace: others are refused, and only members with access see its name", async () => {
  await connected();
  const path = `/workspaces/${on.otherWorkspaceId}/pages`;
  const given = { pageId: facebookId, accessToken: token };

  const stranger = await on.call(on.otherToken, "POST", path, given);
  const owner = await on.call(on.ownerToken, "POST", path, given);

  expect([stranger.status, stranger.body.code]).toEqual([409, "page-connected-elsewhere"]);
  expect(stranger.body.detail).not.toContain("Here");
  expect(owner.body.detail).toContain('"Here"');
});

test("a caller without a page's token does not learn that another workspace has it", async () => {
  await connected();
  const path = `/workspaces/${on.otherWorkspaceId}/pages`;

  const guesses = ["EAAGnothing", await pageToken("104810069068201")];
  const answers = await Promise.all(
    guesses.map((accessToken) => on.call(on.ownerToken, "POST", path, { pageId: facebookId, accessToken })),
  );

  expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
    [422, "page-token-invalid"],
    [422, "page-token-other-page"],
  ]);
});

test("of two workspaces that connect a page concurrently one gets it", async () => {
  const given = { pageId: facebookId, accessToken: token };

  const answers = await Promise.all([
    on.call(on.ownerToken, "POST", `/workspaces/${on.workspaceId}/pages`, given),
    on.call(on.ownerToken, "POST", `/workspaces/${on.otherWorkspaceId}/pages`, given),
  ]);

  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
});

test("reconnecting keeps the page and its history; disconnecting ends Meta's events and keeps them too", async () => {
  const id = await connected();

  expect(await connected()).toBe(id);
  const { status, body } = await on.call(on.managerToken, "DELETE", pages(`/${id}`));

  expect([status, body.page]).toEqual([200, expect.objectContaining({ id, status: "disconnected" })]);
  expect(await on.control("GET", `/pages/${facebookId}`)).toMatchObject({ subscribedFields: null });
  expect(await connected()).toBe(id);
});

test("checkPage finds a dead token and a lost subscription; repairPage subscribes again", async () => {
  const id = await connected();
  await on.control("PATCH", `/pages/${facebookId}`, { tokenDeath: 460 });
  const dead = await on.call(on.managerToken, "POST", pages(`/${id}/check`));
  await on.control("PATCH", `/pages/${facebookId}`, { tokenDeath: null, subscribedFields: ["messages"] });
  const partial = await on.call(on.managerToken, "POST", pages(`/${id}/check`));
  const repaired = await on.call(on.managerToken, "POST", pages(`/${id}/repair`));

  expect(dead.body.page).toMatchObject({
    status: "token_dead",
    statusReason: expect.stringContaining("password"),
    health: { token: { state: "failed" } },
  });
  expect(partial.body.page).toMatchObject({
    status: "connected",
    health: { subscription: { state: "warning", missing: expect.arrayContaining(["message_echoes"]) } },
  });
  expect(repaired.body.page).toMatchObject({ health: { subscription: { state: "ok", missing: [] } } });
});

async function startLogin(): Promise<URL> {
  const { body } = await on.call(on.managerToken, "POST", pages("/login"));
  return new URL(String(body.url));
}

async function consent(
  dialog: URL,
  pageIds: string[],
  scopes?: string[],
): Promise<{ code: string; state: string }> {
  const form = new FormData();
  form.set("choice", "continue");
  form.set("user", "122096412345678901");
  for (const id of pageIds) form.append("page", id);
  for (const scope of scopes ?? (dialog.searchParams.get("scope") ?? "").split(","))
    form.append("scope", scope);
  const answer = await fetch(dialog, { method: "POST", body: form, redirect: "manual" });
  const target = new URL(answer.headers.get("location") ?? "");
  expect(target.href).toContain(`${on.url}/connect/facebook?`);
  return { code: target.searchParams.get("code") ?? "", state: target.searchParams.get("state") ?? "" };
}

test("Facebook Login lists every granted page and connects the selected ones", async () => {
  const brought = await consent(await startLogin(), ["104810069068200", "104810069068201"]);

  const finished = await on.call(on.managerToken, "POST", pages("/login/finish"), brought);
  const again = await on.call(on.managerToken, "POST", pages("/login/finish"), brought);
  const chosen = await on.call(on.managerToken, "POST", pages(`/login/${finished.body.loginId}/connect`), {
    pageIds: ["104810069068201", "999"],
  });

  expect(finished.body).toMatchObject({
    missingScopes: [],
    pages: expect.arrayContaining([
      expect.objectContaining({
        pageId: "104810069068200",
        canMessage: true,
        problem: null,
        problemWords: null,
        connected: false,
      }),
    ]),
  });
  expect(finished.body.pages).toHaveLength(2);
  expect([again.status, again.body.code]).toEqual([409, "login-expired"]);
  expect(chosen.body.items).toEqual([
    expect.objectContaining({
      pageId: "104810069068201",
      problem: null,
      page: expect.objectContaining({ status: "connected" }),
    }),
    expect.objectContaining({
      pageId: "999",
      page: null,
      problem: expect.stringContaining("does not grant"),
      problemWords: { code: "page-not-granted", params: {} },
    }),
  ]);
});

test("a login shows where a page is already connected, before it is selected", async () => {
  await connected();
  const path = `/workspaces/${on.otherWorkspaceId}/pages`;
  const start = await on.call(on.ownerToken, "POST", `${path}/login`);
  const brought = await consent(new URL(String(start.body.url)), [facebookId, "104810069068200"]);

  const { body } = await on.call(on.ownerToken, "POST", `${path}/login/finish`, brought);

  expect(body.pages).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        pageId: facebookId,
        canMessage: false,
        problem: 'The workspace "Here" uses this page: disconnect it there first',
        problemWords: { code: "page-is-in", params: { workspace: "Here" } },
      }),
      expect.objectContaining({ pageId: "104810069068200", canMessage: true, problem: null }),
    ]),
  );
});

test("a login to renew a dead token selects its page, and no working page", async () => {
  await on.database.sql`update messaging.pages set status = 'token_dead'
    where workspace_id = ${on.workspaceId} and facebook_id = '104810069068201'`;
  const works = await consent(await startLogin(), ["104810069068201", facebookId]);

  const { body } = await on.call(on.managerToken, "POST", pages("/login/finish"), works);

  expect(body.pages).toEqual(
    expect.arrayContaining([expect.objectContaining({ pageId: "104810069068201", connected: false })]),
  );
});

test("a page of a business portfolio is found by its granted scope, and missing permissions are named", async () => {
  await on.control("PATCH", "/pages/104810069068202", { isBusinessOwned: true });
  const scopes = ["pages_show_list", "pages_messaging", "pages_manage_metadata", "pages_read_engagement"];
  const brought = await consent(await startLogin(), ["104810069068202"], scopes);

  const { body } = await on.call(on.managerToken, "POST", pages("/login/finish"), brought);

  expect(body.pages).toEqual([expect.objectContaining({ pageId: "104810069068202" })]);
  // Other pages of the workspace use the last four.
  expect(body.missingScopes).toEqual([
    "business_management",
    "pages_utility_messaging",
    "pages_read_user_content",
    "pages_manage_engagement",
    "pages_user_locale",
  ]);
});

test("a login without the permission to list pages reports it, and still finds granted pages", async () => {
  const brought = await consent(
    await startLogin(),
    ["104810069068201"],
    ["pages_messaging", "pages_manage_metadata"],
  );

  const { status, body } = await on.call(on.managerToken, "POST", pages("/login/finish"), brought);

  expect(status).toBe(200);
  expect(body.pages).toMatchObject([{ pageId: "104810069068201", name: "Harbour Bike Repair" }]);
  expect(body.missingScopes).toContain("pages_show_list");
});

test("a login names a page that nobody may read", async () => {
  const scopes = ["pages_show_list", "pages_messaging", "pages_manage_metadata"];
  const brought = await consent(await startLogin(), ["104810069068202"], scopes);
  const { body } = await on.call(on.managerToken, "POST", pages("/login/finish"), brought);

  const connected = await on.call(on.managerToken, "POST", pages(`/login/${body.loginId}/connect`), {
    pageIds: ["104810069068202"],
  });

  expect(connected.body.items).toMatchObject([
    { problem: null, page: { name: "Nordlicht Books", status: "connected" } },
  ]);
});

test("a login's state is bound to its person and workspace, and expires after ten minutes", async () => {
  const brought = await consent(await startLogin(), ["104810069068200"]);

  const elsewhere = await on.call(
    on.otherToken,
    "POST",
    `/workspaces/${on.otherWorkspaceId}/pages/login/finish`,
    brought,
  );
  const byOther = await on.call(on.ownerToken, "POST", pages("/login/finish"), brought);
  await on.database.sql`update messaging.facebook_logins set expires_at = now() - interval '1 s'`;
  const late = await on.call(on.managerToken, "POST", pages("/login/finish"), brought);

  expect([elsewhere, byOther, late].map(({ body }) => body.code)).toEqual(Array(3).fill("login-expired"));
});

test("runDoctor reports passed and failed checks", async () => {
  await connected();

  const { body } = await on.call(on.managerToken, "GET", pages("/doctor"));

  expect(body.checks).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ key: "app", state: "ok" }),
      expect.objectContaining({ key: "subscription", state: "ok" }),
      expect.objectContaining({ key: "callback", state: "ok" }),
      expect.objectContaining({ key: "version", state: "ok" }),
    ]),
  );

  const before = await on.control("GET", "/app");
  const wrongly = async (app: Record<string, unknown>) => {
    await on.control("PATCH", "/app", app);
    const said = await on.call(on.managerToken, "GET", pages("/doctor"));
    await on.control("PATCH", "/app", Object.fromEntries(Object.keys(app).map((key) => [key, before[key]])));
    return said.body.checks;
  };
  const failed = (key: string, text: string | RegExp) =>
    expect.objectContaining({ key, text: typeof text === "string" ? text : expect.stringMatching(text) });
  expect(await wrongly({ secret: "another" })).toContainEqual(
    failed("app", "Meta does not accept the app id with its secret"),
  );
  expect(await wrongly({ callbackUrl: "https://elsewhere.example.com/hook" })).toContainEqual(
    failed("subscription", "Meta sends events to https://elsewhere.example.com/hook"),
  );
  expect(await wrongly({ fields: ["messages"] })).toContainEqual(
    failed("subscription", /^The app does not receive .*message_echoes/),
  );
});

test("a first message loads name and image; its file is copied and served safely", async () => {
  await connected();
  const person = await on.control("POST", "/persons", { pageId: facebookId, name: "Peter Chang" });
  const form = new FormData();
  form.set("text", "See this");
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  form.append("file", new File([svg], "drawing.svg", { type: "image/svg+xml" }));
  const wrote = await fetch(`${on.simulator.url}/_simulator/persons/${person.psid}/write`, {
    method: "POST",
    body: form,
  });
  expect(wrote.status).toBe(200);

  const { sql } = on.database;
  const contact = await until("profile", async () => {
    const [row] = await sql`select id, name, first_name, picture_key from messaging.contacts
      where psid = ${String(person.psid)} and picture_key is not null`;
    return row;
  });
  const attachment = await until("file", async () => {
    const [row] = await sql`select a.id, a.mime_type, a.file_name from messaging.attachments a
      join messaging.messages m on m.id = a.message_id where m.conversation_id = ${contact.id} and a.file_state = 'stored'`;
    return row;
  });
  const get = (path: string, bearer = on.managerToken, headers: Record<string, string> = {}) =>
    on.request("GET", path, { token: bearer, headers });
  const picture = await get(`/contacts/${contact.id}/picture`);
  const file = await get(`/attachments/${attachment.id}/file`);
  const part = await get(`/attachments/${attachment.id}/file`, on.managerToken, { range: "bytes=0-3" });
  const stranger = await get(`/attachments/${attachment.id}/file`, on.otherToken);

  expect(contact).toMatchObject({ name: "Peter Chang", first_name: "Peter" });
  expect([picture.status, picture.headers.get("content-type")]).toEqual([200, "image/png"]);
  expect(attachment).toMatchObject({ mime_type: "application/octet-stream", file_name: "drawing.svg" });
  expect(file.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''drawing.svg");
  expect(file.headers.get("content-type")).toBe("application/octet-stream");
  expect(file.headers.get("content-security-policy")).toContain("sandbox");
  expect(file.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await file.text()).toBe(svg);
  expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([
    206,
    "<svg",
    `bytes 0-3/${svg.length}`,
  ]);
  expect(stranger.status).toBe(404);
});

test("a file that the contact removes is deleted from the disk", async () => {
  await connected();
  const { sql } = on.database;
  const person = await on.control("POST", "/persons", { pageId: facebookId, name: "Ula Unsends" });
  const form = new FormData();
  form.append("file", new File(["my passport"], "passport.txt", { type: "text/plain" }));
  const wrote = await fetch(`${on.simulator.url}/_simulator/persons/${person.psid}/write`, {
    method: "POST",
    body: form,
  });
  const { mid } = await wrote.json();
  const { key } = await until("the file", async () => {
    const [row] = await sql<{ key: string }[]>`select a.file_key as key from messaging.attachments a
      join messaging.messages m on m.id = a.message_id where m.mid = ${mid} and a.file_state = 'stored'`;
    return row;
  });
  const path = join(on.dataDir, "files", key);
  expect(existsSync(path)).toBe(true);

  await on.control("POST", `/persons/${person.psid}/unsend`, { mid });

  await until("its end", async () => !existsSync(path) || undefined);
  expect(await sql`select from messaging.attachments where file_key = ${key}`).toHaveLength(0);
});

test.each([
  [
    "name_only",
    "Ann Only",
    { name: "Ann Only", first_name: null, picture_key: null, profile_state: "known" },
  ],
  ["no_permission", "Kept Private", { name: "Kept Private", first_name: null, profile_state: "known" }],
  ["none", "Phone Account", { name: "Phone Account", first_name: null, profile_state: "known" }],
])(
  "a profile that Meta shows as %s is stored as it is, without invented values",
  async (profile, name, wanted) => {
    await connected();
    const person = await on.control("POST", "/persons", { pageId: facebookId, name, profile });
    await on.control("PATCH", `/persons/${person.psid}`, { profile });
    await on.control("POST", `/persons/${person.psid}/write`, { text: "hello" });

    const contact = await until("profile", async () => {
      const [row] = await on.database
        .sql`select name, first_name, picture_key, profile_state from messaging.contacts
      where psid = ${String(person.psid)} and profile_at is not null`;
      return row;
    });

    expect(contact).toMatchObject(wanted);
  },
);
