import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

// Each row of the table "When a page does not connect" in ops/docs/facebook-app.md.

let on: AppWithMeta;
let facebookId: string;

beforeAll(async () => {
  on = await openAppWithMeta();
});
afterAll(async () => {
  await on.close();
});
beforeEach(async () => {
  await on.control("POST", "/reset");
  on.system.config.loginConfigId = null;
  // A login repeats requests for features in use by the workspace's pages.
  await on.database.sql`update messaging.pages set scopes = '{}'`;
  facebookId = String((await on.control("POST", "/pages", { name: "Luna" })).id);
});

const app = (rules: object) => on.control("PATCH", "/switches", { app: rules });
const change = (page: object) => on.control("PATCH", `/pages/${facebookId}`, page);

async function connect(): Promise<{ status: number; body: Record<string, unknown> }> {
  const { token } = await on.control("GET", `/pages/${facebookId}/token`);
  return await on.here("POST", "/pages", { pageId: facebookId, accessToken: token });
}

async function connectedId(): Promise<string> {
  await connect();
  const [row] = await on.database.sql<{ id: string }[]>`
    select id from messaging.pages where facebook_id = ${facebookId}`;
  return row?.id ?? "";
}

async function openDialog(wishes?: object): Promise<URL> {
  const { body } = await on.here("POST", "/pages/login", wishes);
  return new URL(String(body.url));
}

/** The redirect of the dialog when its user allows these scopes; all requested ones by default. */
async function allow(dialog: URL, scopes?: string[]): Promise<URLSearchParams> {
  const form = new FormData();
  form.set("choice", "continue");
  form.set("user", "122096412345678901");
  form.append("page", facebookId);
  const asked = dialog.searchParams.get("scope")?.split(",") ?? [
    "pages_show_list",
    "pages_messaging",
    "pages_manage_metadata",
    "pages_read_engagement",
  ];
  for (const scope of scopes ?? asked) form.append("scope", scope);
  const answer = await fetch(dialog, { method: "POST", body: form, redirect: "manual" });
  return new URL(answer.headers.get("location") ?? "http://nowhere").searchParams;
}

async function finish(brought: URLSearchParams): Promise<Record<string, unknown>> {
  const { body } = await on.here("POST", "/pages/login/finish", {
    code: brought.get("code"),
    state: brought.get("state"),
  });
  return body;
}

/** The first page of a finished login, connected: the card, or the problem. */
async function choose(login: Record<string, unknown>): Promise<{ page: unknown; problem: string | null }> {
  const { body } = await on.here("POST", `/pages/login/${login.loginId}/connect`, { pageIds: [facebookId] });
  const [item] = Array.isArray(body.items) ? body.items : [];
  return item;
}

test.each(["first", "all"])(
  "a field without its permission is left out and listed with the permission (refusal names %s)",
  async (fieldRefusals) => {
    await app({
      fieldRefusals,
      fieldPermissions: {
        feed: ["pages_never_granted", "pages_other"],
        message_reads: ["pages_third"],
        inbox_labels: ["pages_fourth"],
      },
    });

    const { status, body } = await connect();

    const { subscribedFields } = await on.control("GET", `/pages/${facebookId}`);
    expect(status).toBe(201);
    expect(subscribedFields).toEqual(expect.arrayContaining(["messages", "standby", "send_cart"]));
    expect(subscribedFields).not.toContain("feed");
    expect(body.page).toMatchObject({
      status: "connected",
      health: {
        subscription: {
          state: "warning",
          missing: ["message_reads", "feed"],
          lacks: [
            { name: "message_reads", text: "Read receipts", permissions: ["pages_third"] },
            {
              name: "feed",
              text: "Comments on posts",
              permissions: ["pages_never_granted", "pages_other"],
            },
            { name: "inbox_labels", permissions: ["pages_fourth"] },
          ],
        },
      },
    });
  },
);

test("repairPage and the daily check list Meta's refusals, and subscribe when the permission is granted", async () => {
  const id = await connectedId();
  await change({ subscribedFields: ["messages"] });
  await app({ fieldPermissions: { feed: ["pages_never_granted"] } });

  const repaired = await on.here("POST", `/pages/${id}/repair`);
  await app({ fieldPermissions: {} });
  await checkDaily(id);

  const lacks = [{ name: "feed", permissions: ["pages_never_granted"] }];
  expect(repaired.body.page).toMatchObject({ health: { subscription: { missing: ["feed"], lacks } } });
  expect((await on.here("GET", `/pages/${id}`)).body.page).toMatchObject({
    health: { subscription: { state: "ok", missing: [], lacks: [] } },
  });
});

test("a missing permission for messages blocks the connection and is named", async () => {
  await app({ fieldPermissions: { messages: ["pages_never_granted"] } });

  const { status, body } = await connect();

  expect([status, body.code]).toEqual([422, "page-scopes-missing"]);
  expect(body.detail).toBe(
    "Cannot connect this page: the permission pages_never_granted is missing. Add it to the Meta app, then connect the page again and allow it",
  );
});

test("a field missing in the Graph version is left out; messages cannot be", async () => {
  await app({ unknownFields: ["feed", "send_cart"] });
  const without = await connect();
  await app({ unknownFields: ["messages"] });
  const none = await connect();

  expect(without.body.page).toMatchObject({
    health: { subscription: { missing: ["feed"], lacks: [{ name: "feed", permissions: [] }] } },
  });
  expect([none.status, none.body.detail]).toEqual([
    422,
    expect.stringContaining('Meta does not know the field "messages"'),
  ]);
});

test("the health card shows why the daily check failed, until one succeeds", async () => {
  const id = await connectedId();
  const card = async () => (await on.here("GET", `/pages/${id}`)).body.page;
  await change({ subscribedFields: ["messages"] });
  await on.control("POST", "/faults", { kind: "error", code: 100, path: "/debug_token", count: 1 });
  await checkDaily(id);
  const failed = await card();
  await app({ fieldPermissions: { messages: ["pages_never_granted"] } });
  await checkDaily(id);
  const refused = await card();
  await app({ fieldPermissions: {} });
  await checkDaily(id);

  expect(failed).toMatchObject({ health: { problem: expect.stringMatching(/^Cannot check this page: /) } });
  expect(refused).toMatchObject({
    status: "connected",
    health: {
      problem: expect.stringContaining("the permission pages_never_granted is missing"),
      subscription: { state: "warning" },
    },
  });
  expect(await card()).toMatchObject({ health: { problem: null, subscription: { state: "ok" } } });
});

/** A day passes for one page. */
async function checkDaily(pageId: string): Promise<void> {
  const { sql } = on.database;
  await sql`delete from jobs.jobs where kind = 'page.check'`;
  await sql`insert into jobs.jobs (kind, key, payload)
    values ('page.check', ${pageId}, ${JSON.stringify({ workspaceId: on.workspaceId })}::jsonb)`;
  await until("the daily check", async () => {
    const [row] = await sql`select from jobs.jobs where kind = 'page.check'`;
    return row === undefined;
  });
}

test("no role: a page without a token reports that the person has no role on it", async () => {
  await change({ tasks: [] });

  const login = await finish(await allow(await openDialog()));

  const problem = "Your role on this page is not sufficient: ask its owner for full access";
  expect(login.pages).toMatchObject([{ pageId: facebookId, canMessage: false, problem, caution: null }]);
  expect((await choose(login)).problem).toBe(problem);
});

test.each([
  ["full control", ["PROFILE_PLUS_FULL_CONTROL"]],
  ["messages and moderation", ["PROFILE_PLUS_MESSAGING", "PROFILE_PLUS_MODERATE", "PROFILE_PLUS_NEW_TASK"]],
  ["the classic names", ["MESSAGING", "MODERATE"]],
])("new experience: a page connects with %s", async (_, tasks) => {
  await change({ tasks });

  const login = await finish(await allow(await openDialog()));

  expect(login.pages).toMatchObject([{ canMessage: true, problem: null, caution: null }]);
  expect(await choose(login)).toMatchObject({ page: { status: "connected" }, problem: null });
});

test("new experience: a role that looks too small is tried, and a refusal names the missing part", async () => {
  await change({ tasks: ["PROFILE_PLUS_ANALYZE"] });

  const login = await finish(await allow(await openDialog()));
  const refused = await choose(login);
  await change({ tasks: ["PROFILE_PLUS_NEW_NAME", "PROFILE_PLUS_MODERATE"] });
  const tried = await finish(await allow(await openDialog()));

  expect(login.pages).toMatchObject([
    { canMessage: true, caution: expect.stringContaining("MESSAGING, MODERATE") },
  ]);
  expect(refused.problem).toBe(
    "Cannot connect this page: your role on the page lacks MESSAGING, MODERATE. Ask an admin of the page for full control, then connect it again",
  );
  expect(await choose(tried)).toMatchObject({ page: { status: "connected" } });
});

test("portfolio page: it connects without business_management, by the granted pages", async () => {
  await change({ isBusinessOwned: true });
  const dialog = await openDialog({ without: ["business_management"] });

  const login = await finish(await allow(dialog));

  expect(dialog.searchParams.get("scope")).not.toContain("business_management");
  expect(login).toMatchObject({ pages: [{ pageId: facebookId, canMessage: true }], missing: [] });
  expect(await choose(login)).toMatchObject({ page: { status: "connected" } });
});

test("declined scope: the login explains each permission, and connects with those of an inbox", async () => {
  const login = await finish(await allow(await openDialog(), ["pages_messaging", "pages_manage_metadata"]));
  const connected = await choose(login);
  const refusing = await finish(await allow(await openDialog(), ["pages_show_list", "pages_messaging"]));

  expect(login.missing).toMatchObject([
    { name: "pages_show_list", need: "recommended" },
    {
      name: "pages_read_engagement",
      need: "recommended",
      purpose: "Read the page's name, picture and earlier conversations.",
      without: "New messages work. Earlier conversations and the picture are missing.",
      howToAdd: expect.stringContaining("App Dashboard"),
    },
    { name: "business_management", need: "recommended" },
  ]);
  expect(connected).toMatchObject({
    page: {
      status: "connected",
      health: { scopes: { state: "warning" }, subscription: { missing: ["feed"] } },
    },
  });
  expect(refusing.missing).toContainEqual(
    expect.objectContaining({ name: "pages_manage_metadata", need: "required" }),
  );
  expect((await choose(refusing)).problem).toContain("the permission pages_manage_metadata is missing");
});

test("missing capability: Invalid Scopes and code 3 name the app's missing part, and a login can leave it out", async () => {
  await app({ lackedPermissions: ["business_management"], invalidScopes: "redirect" });
  const refused = await allow(await openDialog());
  const login = await finish(await allow(await openDialog({ without: ["business_management"] })));
  const needed = await on.here("POST", "/pages/login", { without: ["pages_messaging"] });
  await app({ lackedCapabilities: ["accounts"] });
  const unlisted = await finish(await allow(await openDialog({ without: ["business_management"] })));
  await app({ lackedCapabilities: ["subscribed_apps"] });
  const incapable = await choose(unlisted);

  expect(refused.get("error_message")).toMatch(/^Invalid Scopes: business_management\. /);
  expect(login).toMatchObject({ pages: [{ canMessage: true }], missing: [] });
  expect([needed.status, needed.body.code]).toEqual([422, "login-needs-permission"]);
  expect(unlisted.pages).toMatchObject([{ pageId: facebookId, canMessage: true }]);
  expect(incapable.problem).toBe(
    "Cannot connect this page: the Meta app lacks the capability for this call. Add the Messenger use case to the app in the App Dashboard, then try again",
  );
});

test("a feature requests its permissions, and later logins request them again", async () => {
  const usual = await openDialog();
  const asked = await openDialog({ features: ["comment_authors"] });
  const login = await finish(await allow(asked));
  const { page } = await choose(login);
  const later = await openDialog();

  const needs = ["pages_read_user_content", "pages_manage_engagement"];
  const scopesOf = (dialog: URL) => dialog.searchParams.get("scope")?.split(",");
  expect(scopesOf(usual)).toEqual([
    "pages_show_list",
    "pages_messaging",
    "pages_manage_metadata",
    "pages_read_engagement",
    "business_management",
  ]);
  expect(scopesOf(asked)).toEqual(expect.arrayContaining(needs));
  expect(page).toMatchObject({
    health: {
      features: [
        { key: "comment_authors", isOn: true, missing: [] },
        { key: "contact_languages", isOn: false, missing: ["pages_user_locale"] },
        { key: "utility_templates", isOn: false, missing: ["pages_utility_messaging"] },
      ],
    },
  });
  expect(scopesOf(later)).toEqual(expect.arrayContaining(needs));
});

test("system user: Login for Business gives a token without expiry, and the card shows its type", async () => {
  on.system.config.loginConfigId = "778899";
  await on.control("PATCH", "/switches", { loginForBusiness: true });
  await app({ loginToken: "system_user" });

  const dialog = await openDialog();
  const { page } = await choose(await finish(await allow(dialog)));

  expect([dialog.searchParams.get("scope"), dialog.searchParams.get("config_id")]).toEqual([null, "778899"]);
  expect(page).toMatchObject({
    status: "connected",
    health: {
      tokenHolder: "system_user",
      token: { state: "ok", text: "System user token: valid, and does not expire by itself" },
    },
  });
});

test("system user: its own pasted token connects its assigned pages", async () => {
  on.system.config.loginConfigId = "778899";
  await on.control("PATCH", "/switches", { loginForBusiness: true });
  await app({ loginToken: "system_user" });
  await finish(await allow(await openDialog()));
  const systemUser = [...on.simulator.state.users.values()].find((user) => user.isSystem);
  const { token } = await on.control("GET", `/users/${systemUser?.id}/token`);
  const other = String((await on.control("POST", "/pages", { name: "Sol" })).id);

  const assigned = await on.here("POST", "/pages", { pageId: facebookId, accessToken: token });
  const stranger = await on.here("POST", "/pages", { pageId: other, accessToken: token });

  expect(assigned.body.page).toMatchObject({ status: "connected", health: { tokenHolder: "system_user" } });
  expect([stranger.status, stranger.body.detail]).toEqual([
    422,
    expect.stringContaining("it is not assigned to this system user"),
  ]);
});

test("expired token: the page asks for a new login, which renews it in place", async () => {
  const id = await connectedId();
  await change({ tokenDeath: 463 });
  const expired = await on.here("POST", `/pages/${id}/check`);
  await change({ tokenDeath: null });
  const login = await finish(await allow(await openDialog()));

  expect(expired.body.page).toMatchObject({
    id,
    status: "token_dead",
    statusReason: "The access to this page has expired",
    health: { token: { state: "failed" } },
  });
  expect(login.pages).toMatchObject([{ pageId: facebookId, connected: false, canMessage: true }]);
  expect(await choose(login)).toMatchObject({ page: { id, status: "connected", statusReason: null } });
});
