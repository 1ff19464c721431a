/** Members who see a part of a workspace: every route, generated from the routes of the app. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { accessRuleOf, readUserByEmail } from "#auth";
import { furnishPage, inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";
import { apiRequest } from "../../apps/server/testing/api_request.ts";
import { callRoute, childrenOf, isInWorkspace, type Route, routesOf } from "../support/routes.ts";
import { until } from "../../modules/std/testing.ts";

let world: Inhabited;
/** What the member does not see: another page of the same workspace. */
let hidden: Record<string, string>;
let managerId: string;
let operatorId: string;
beforeAll(async () => {
  world = await inhabit();
  const { workspaceId } = world.here;
  const { sql } = world.system;
  hidden = await furnishPage(world.system, { workspaceId, name: "Hidden", psid: "7009" });
  const [file] = await sql`
    insert into messaging.media_files (workspace_id, name, type, mime_type, bytes, file_key, conversation_id)
    select ${workspaceId}, 'Hidden', 'file', 'application/octet-stream', 9, 'aa/00112233445566778899aabbccddee', ${hidden.conversationId ?? ""}
    returning id`;
  await sql`insert into messaging.utility_templates
      (workspace_id, page_id, name, language, category, status, parameter_format, components)
    values (${workspaceId}, ${hidden.pageId ?? ""}, 'hidden_order', 'en', 'UTILITY', 'PENDING', 'POSITIONAL', '[]')`;
  // Words that every search finds, and one person with a contact on each page.
  await sql`update messaging.contacts set person_id = ${crypto.randomUUID()}
    where id in (${world.here.ids.contactId ?? ""}, ${hidden.contactId ?? ""})`;
  hidden.mediaFileId = String(file?.id);
  managerId = (await readUserByEmail(sql, "manager@example.com"))?.id ?? "";
  operatorId = (await readUserByEmail(sql, "operator@example.com"))?.id ?? "";
  await sql`insert into messaging.notifications (workspace_id, user_id, kind, conversation_id, page_id)
    select ${workspaceId}, ${managerId}, 'mention', v.id, v.page_id from messaging.conversations v
    where v.workspace_id = ${workspaceId}`;
});
afterAll(() => world.close());

const kinds = ["pages", "assigned"] as const;
type Kind = (typeof kinds)[number];

async function ask(method: string, path: string, { token, body }: { token: string; body?: object }) {
  const address = `http://localhost/api/v1${path}`;
  const response = await world.app.handle(apiRequest(method, address, { token, body }));
  return { status: response.status, answer: await response.json() };
}

/** The manager then sees the page of `here`, or its conversation, which is assigned to them. */
async function restrict(kind: Kind | "all", userId = managerId): Promise<void> {
  const { workspaceId, ids } = world.here;
  const pageIds = kind === "pages" ? [ids.pageId] : [];
  const body = { workspaceId, access: { kind, pageIds } };
  const path = `/team/members/${userId}/access`;
  const { status, answer } = await ask("PUT", path, { token: world.tokens.owner, body });
  expect([status, answer.code]).toEqual([200, undefined]);
  await world.system.sql`update messaging.conversations set assignee_id = ${userId}
    where id = ${ids.conversationId ?? ""}`;
}

const inWorkspace = () => routesOf(world).filter(isInWorkspace);
const ruleOf = (route: Route) => accessRuleOf(route.operationId);
const here = (path: string) => `/workspaces/${world.here.workspaceId}${path}`;
const asMember = (path: string, body?: object) =>
  ask(body === undefined ? "GET" : "POST", here(path), { token: world.tokens.manager, body });

async function everything(): Promise<string> {
  const { sql } = world.database;
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.columns
    where column_name = 'workspace_id' and table_schema = 'messaging' order by 1`;
  const rows = await Promise.all(
    tables.map(({ name }) =>
      sql.unsafe(
        `select '${name}' as name, coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text), '[]')::text as rows
         from ${name} t where workspace_id = $1`,
        [world.here.workspaceId],
      ),
    ),
  );
  return JSON.stringify(rows);
}

beforeEach(() => restrict("all"));

test("the table of access rules names only operations that exist", () => {
  const operations = new Set(inWorkspace().map(({ operationId }) => operationId));
  const rules = [...operations].filter((operation) => accessRuleOf(operation) !== null);

  expect(rules.length).toBeGreaterThan(50);
});

test.each(kinds)(
  "access %s: ids of an unseen page are missing on every route, and nothing changes",
  async (kind) => {
    await restrict(kind);
    const before = await everything();
    const routes = inWorkspace().filter((route) => childrenOf(route).some((name) => name in hidden));
    expect(routes.length).toBeGreaterThan(30);

    for (const route of routes)
      for (const name of childrenOf(route).filter((one) => one in hidden)) {
        const { status, text } = await callRoute(world, route, {
          token: world.tokens.manager,
          place: world.here,
          ids: { [name]: hidden[name] ?? "" },
        });
        const isMissing = ruleOf(route) !== null;
        // Some roles may not call it at all.
        if (status !== 403 || isMissing)
          expect(status, `${route.name} with the ${name}: ${text}`).toBe(isMissing ? 404 : 403);
      }

    expect(await everything()).toBe(before);
  },
);

test.each(kinds)("access %s: whatever concerns the whole workspace is refused", async (kind) => {
  await restrict(kind);
  for (const route of inWorkspace().filter((one) => ruleOf(one) === null)) {
    const { status, text } = await callRoute(world, route, {
      token: world.tokens.manager,
      place: world.here,
    });
    expect(status, route.name).toBe(403);
    expect(text, route.name).toMatch(/all-pages-needed|forbidden/);
  }
});

test.each(kinds)("access %s: no answer has anything of an unseen page", async (kind) => {
  await restrict(kind);
  const foreign = [...Object.values(hidden), "Person Hidden", "Hidden", "hidden_order"];

  for (const route of inWorkspace().filter(({ method }) => method === "GET")) {
    const { text } = await callRoute(world, route, { token: world.tokens.manager, place: world.here });
    for (const one of foreign) expect(text, `${route.name} shows ${one}`).not.toContain(one);
  }
  for (const path of [
    "/conversations?status=all",
    "/conversations?status=all&assignee=none",
    "/conversations?status=all&sort=oldest",
    "/conversations?status=open&search=Person",
    "/conversations?status=all&search=hello",
    `/conversations?status=all&pageId=${hidden.pageId}`,
    "/contacts?sort=name",
    "/contacts?sort=lastInteraction",
    "/contacts?search=Person",
    "/contacts?search=7009",
    `/contacts?pageId=${hidden.pageId}`,
    "/notifications?unread=true",
  ]) {
    const { status, answer } = await asMember(path);
    expect(status, path).toBe(200);
    for (const one of foreign) expect(JSON.stringify(answer), `${path} shows ${one}`).not.toContain(one);
  }
  const preview = { content: { text: "hello" }, contactId: hidden.contactId };
  expect((await asMember("/templates/preview", preview)).status).toBe(404);
});

test("counts have what the member sees", async () => {
  const counts = async () => {
    const of = async (path: string) => (await asMember(path)).answer;
    return [
      (await of("/conversations/counts?status=open")).all,
      (await of("/contacts/count")).count,
      (await of("/notifications/unread")).unread,
      (await of("/views/counts")).pages.map(({ count }: { count: number }) => count),
      (await of("/conversations")).items.length,
      (await of("/pages")).items.length,
    ];
  };

  expect(await counts()).toEqual([3, 3, 3, [2, 1], 3, 2]);
  await restrict("pages");
  expect(await counts()).toEqual([2, 2, 2, [2], 2, 1]);
  await restrict("assigned");
  expect(await counts()).toEqual([1, 1, 1, [1], 1, 1]);
});

test("a member changes several conversations only as far as they see them, and assigns only to those who see", async () => {
  const { ids } = world.here;
  const both = [ids.conversationId, hidden.conversationId];
  await restrict("pages");

  const changed = await asMember("/conversations/changes", { ids: both, change: { status: "pending" } });
  const give = (id: string | undefined, assigneeId: string) =>
    ask("PATCH", here(`/conversations/${id}`), { token: world.tokens.owner, body: { assigneeId } });

  expect(changed.answer.items.map(({ id }: { id: string }) => id)).toEqual([ids.conversationId]);
  const refused = await give(hidden.conversationId, managerId);
  expect([refused.status, refused.answer.code]).toEqual([422, "assignee-sees-not"]);
  expect((await give(ids.conversationId, managerId)).status).toBe(200);
  await restrict("assigned");
  expect((await give(hidden.conversationId, managerId)).status).toBe(200);
  expect((await asMember(`/conversations/${hidden.conversationId}`)).status).toBe(200);
  // Reassigned: out of sight at once.
  expect((await give(hidden.conversationId, operatorId)).status).toBe(200);
  expect((await asMember(`/conversations/${hidden.conversationId}`)).status).toBe(404);
  await give(hidden.conversationId, managerId);
  // Access to another page takes away what is assigned there.
  await restrict("pages");
  const { answer } = await ask("GET", here(`/conversations/${hidden.conversationId}`), {
    token: world.tokens.owner,
  });
  expect(answer.conversation.assignee).toBeNull();
});

test("mentions reach only members who see the conversation", async () => {
  await restrict("pages");
  const { sql } = world.system;
  await sql`delete from messaging.notifications where user_id = ${managerId}`;
  for (const id of [hidden.conversationId, world.here.ids.conversationId])
    await ask("POST", here(`/conversations/${id}/notes`), {
      token: world.tokens.owner,
      body: { text: "look", mentions: [managerId] },
    });

  const told = await sql`select conversation_id from messaging.notifications where user_id = ${managerId}`;

  expect(told.map((row) => row.conversation_id)).toEqual([world.here.ids.conversationId]);
});

test("live events of an unseen page do not reach the member, from the moment of the change", async () => {
  const abort = new AbortController();
  const address = `http://localhost/api/v1${here("/live")}`;
  const response = await world.app.handle(
    new Request(address, {
      headers: { authorization: `Bearer ${world.tokens.manager}` },
      signal: abort.signal,
    }),
  );
  let heard = "";
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) heard += decoder.decode(chunk);
  };
  read().catch(() => undefined);
  const say = async () => {
    heard = "";
    for (const ids of [hidden, world.here.ids])
      await ask("POST", here(`/conversations/${ids.conversationId}/notes`), {
        token: world.tokens.owner,
        body: { text: "note" },
      });
    await until("the event", async () => heard.includes(world.here.ids.conversationId ?? "never"));
    return heard.includes(hidden.conversationId ?? "never");
  };

  await until("the event", async () => heard.includes("event: hello"));
  expect(await say()).toBe(true);
  await restrict("pages");
  await until("the event", async () => heard.includes("event: access"));
  expect(await say()).toBe(false);
  await restrict("assigned");
  expect(await say()).toBe(false);
  heard = "";
  await ask("PATCH", here(`/conversations/${world.here.ids.conversationId}`), {
    token: world.tokens.owner,
    body: { assigneeId: operatorId },
  });
  await until("the event", async () => heard.includes("event: conversation"));
  expect((await asMember(`/conversations/${world.here.ids.conversationId}`)).status).toBe(404);
  await restrict("all");
  expect(await say()).toBe(true);
  abort.abort();
});

test("setMemberAccess() refuses pages of another workspace, no pages, owners and strangers, and is recorded", async () => {
  const { workspaceId, ids } = world.here;
  const set = async (userId: string, access: object) => {
    const body = { workspaceId, access };
    const { status, answer } = await ask("PUT", `/team/members/${userId}/access`, {
      token: world.tokens.owner,
      body,
    });
    return `${status} ${answer.code ?? ""}`.trim();
  };
  const { sql } = world.system;
  const owner = await readUserByEmail(sql, "owner@example.com");
  const stranger = await readUserByEmail(sql, "stranger@example.com");

  expect([
    await set(managerId, { kind: "pages", pageIds: [world.elsewhere.ids.pageId] }),
    await set(managerId, { kind: "pages", pageIds: [] }),
    await set(managerId, { kind: "all", pageIds: [ids.pageId] }),
    await set(owner?.id ?? "", { kind: "assigned", pageIds: [] }),
    await set(stranger?.id ?? "", { kind: "assigned", pageIds: [] }),
    await set(managerId, { kind: "pages", pageIds: [ids.pageId] }),
  ]).toEqual([
    "422 member-pages-unknown",
    "422 member-pages-unknown",
    "422 member-pages-unknown",
    "409 member-is-owner",
    "404 not-found",
    "200",
  ]);
  const [row] = await sql`select before, after from auth.activity
    where action = 'member.access-changed' and subject_id = ${managerId} order by id desc limit 1`;
  expect(row).toEqual({
    before: { access: "all", pageIds: null },
    after: { access: "pages", pageIds: [ids.pageId] },
  });
  const { answer } = await asMember("");
  expect(answer.workspace.access).toBe("pages");
});

test("an invitation brings the access of each workspace", async () => {
  const { workspaceId, ids } = world.here;
  const invite = (email: string, access: object) =>
    ask("POST", "/team/invitations", {
      token: world.tokens.owner,
      body: { email, sendMail: false, workspaces: [{ workspaceId, role: "operator", access }] },
    });
  const wrong = await invite("wrong@example.com", { kind: "pages", pageIds: [world.elsewhere.ids.pageId] });
  const { answer } = await invite("part@example.com", { kind: "pages", pageIds: [ids.pageId] });
  const token = answer.link.split("#token=")[1];
  const body = { token, name: "Part", password: "Korrekt-Pferd-7" };
  const response = await world.app.handle(
    apiRequest("POST", "http://localhost/api/v1/auth/invitations/accept", { body }),
  );
  const { accessToken } = await response.json();

  const seen = await ask("GET", here("/conversations?status=all"), { token: accessToken });

  expect([wrong.status, wrong.answer.code]).toEqual([422, "member-pages-unknown"]);
  expect(answer.invitation.workspaces[0].access).toEqual({ kind: "pages", pageIds: [ids.pageId] });
  expect(seen.answer.items).toHaveLength(2);
});
