import { afterAll, beforeAll, expect, test } from "vitest";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";
import { callRoute, childrenOf, isInWorkspace, type Route, routesOf } from "../support/routes.ts";

let world: Inhabited;
beforeAll(async () => {
  world = await inhabit();
});
afterAll(() => world.close());

const inWorkspace = () => routesOf(world).filter(isInWorkspace);
/** Routes that name something below the workspace that exists in both. */
const withChildren = () =>
  inWorkspace().filter((route) => childrenOf(route).some((name) => name in world.elsewhere.ids));

/** Every row of a workspace, in every table, as one text. */
async function everythingIn(workspaceId: string): Promise<string> {
  const { sql } = world.database;
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.columns
    where column_name = 'workspace_id' and table_schema in ('auth', 'messaging') order by 1`;
  expect(tables.length).toBeGreaterThan(8);
  const rows = await Promise.all(
    tables.map(({ name }) =>
      sql.unsafe(
        `select '${name}' as name, coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text), '[]')::text as rows
         from ${name} t where workspace_id = $1`,
        [workspaceId],
      ),
    ),
  );
  return JSON.stringify(rows);
}

async function expectMissing(route: Route, ids: Record<string, string>, name: string): Promise<void> {
  const { status, text } = await callRoute(world, route, {
    token: world.tokens.owner,
    place: world.here,
    ids,
  });
  expect(status, `${route.name} with ${name}: ${text}`).toBe(404);
}

test("members of another workspace get 404 on every route, and nothing changes", async () => {
  const before = await everythingIn(world.here.workspaceId);

  for (const route of inWorkspace()) {
    const { status, text } = await callRoute(world, route, {
      token: world.tokens.stranger,
      place: world.here,
    });
    expect(status, route.name).toBe(404);
    expect(text, route.name).not.toContain("Here");
  }

  expect(await everythingIn(world.here.workspaceId)).toBe(before);
});

test("ids of another workspace get 404 on every route, also one at a time, and nothing changes there", async () => {
  const before = await everythingIn(world.elsewhere.workspaceId);
  expect(withChildren().length).toBeGreaterThan(10);

  for (const route of withChildren()) {
    await expectMissing(route, world.elsewhere.ids, "all ids of elsewhere");
    for (const name of childrenOf(route)) {
      const foreign = world.elsewhere.ids[name];
      if (foreign !== undefined) await expectMissing(route, { [name]: foreign }, `the ${name} of elsewhere`);
    }
  }

  expect(await everythingIn(world.elsewhere.workspaceId)).toBe(before);
});

test("a child under another parent of the same workspace gets 404, and nothing changes", async () => {
  const before = await everythingIn(world.here.workspaceId);
  const nested = withChildren().filter((route) => childrenOf(route).length > 1);
  expect(nested.length).toBeGreaterThan(0);

  for (const route of nested) {
    const name = childrenOf(route).at(-1) ?? "";
    const cousin = world.here.cousins[name];
    if (cousin !== undefined) await expectMissing(route, { [name]: cousin }, `the ${name} of another parent`);
  }

  expect(await everythingIn(world.here.workspaceId)).toBe(before);
});

test("unknown ids get the same 404", async () => {
  for (const route of withChildren()) {
    const ids = Object.fromEntries(childrenOf(route).map((name) => [name, crypto.randomUUID()]));
    await expectMissing(route, ids, "ids of nothing");
  }
});

test("responses contain nothing of another workspace", async () => {
  const foreign = [...Object.values(world.elsewhere.ids), world.elsewhere.workspaceId, "Person Elsewhere"];

  for (const route of inWorkspace().filter(({ method }) => method === "GET")) {
    const { text } = await callRoute(world, route, { token: world.tokens.owner, place: world.here });
    for (const one of foreign) expect(text, `${route.name} shows ${one}`).not.toContain(one);
  }
});

test("list filters find nothing by ids or words of another workspace", async () => {
  const queries = [
    `conversations?status=all&pageId=${world.elsewhere.ids.pageId}`,
    "conversations?status=all&search=Elsewhere",
    `contacts?pageId=${world.elsewhere.ids.pageId}`,
    "contacts?search=Elsewhere",
  ];

  for (const query of queries) {
    const response = await world.request("GET", `/${query}`, { token: world.tokens.owner });
    expect([response.status, (await response.json()).items], query).toEqual([200, []]);
  }
});

test("audiences find, count and reach only contacts of the workspace", async () => {
  const { ids, cousins } = world.here;
  const conditions = { match: "all", conditions: [{ field: "consent", op: "subscribed" }] };
  const everybody = [ids.contactId, cousins.contactId].toSorted();
  const ask = async (path: string, body?: unknown) => {
    const method = body === undefined ? "GET" : "POST";
    const response = await world.request(method, `/${path}`, { body, token: world.tokens.owner });
    return await response.json();
  };
  const foundBy = async (path: string, body?: unknown) =>
    (await ask(path, body)).items.map(({ id }: { id: string }) => id).toSorted();
  const people = { kind: "window", reason: "never-wrote" };
  await world.database.sql`update messaging.contacts set last_inbound_at = null`;

  const asText = encodeURIComponent(JSON.stringify(conditions));
  expect(await foundBy("contacts?sort=oldest")).toEqual(everybody);
  expect(await foundBy(`contacts?conditions=${asText}`)).toEqual(everybody);
  expect((await ask("contacts/count")).count).toBe(2);
  expect((await ask("segments/count", { conditions })).count).toBe(2);
  for (const audience of [{ all: true }, { conditions }]) {
    expect((await ask("audience/preview", { kind: "window", audience })).funnel[0].count).toBe(2);
    expect(await foundBy("audience/preview/contacts", { ...people, audience })).toEqual(everybody);
  }
  const foreign = { contactIds: [world.elsewhere.ids.contactId] };
  expect(await ask("audience/preview", { kind: "window", audience: foreign })).toMatchObject({
    code: "audience-contacts-missing",
  });
  await world.database.sql`update messaging.contacts set last_inbound_at = now()`;
});

test("a body that names another workspace changes nothing there", async () => {
  const before = await everythingIn(world.elsewhere.workspaceId);
  const { ids } = world.here;
  const foreign = { workspaceId: world.elsewhere.workspaceId, id: world.elsewhere.ids.conversationId };

  for (const [path, change] of [
    ["", { name: "Taken", ...foreign, id: world.elsewhere.workspaceId }],
    [`/conversations/${ids.conversationId}`, { status: "resolved", ...foreign }],
  ] as const) {
    const response = await world.request("PATCH", path, { body: change, token: world.tokens.owner });
    expect(response.status, path).toBe(200);
    expect(await response.text(), path).not.toContain(world.elsewhere.workspaceId);
  }

  expect(await everythingIn(world.elsewhere.workspaceId)).toBe(before);
});

// The last one: it changes rows that the others compare.
test("the same ids are found in their own workspace, so each 404 above is meaningful", async () => {
  // Deletions come last, inner before outer: the others need those rows.
  const depth = ({ method, path }: Route) => (method === "DELETE" ? path.split("/").length : Infinity);
  const routes = withChildren().toSorted((a, b) => (depth(a) === depth(b) ? 0 : depth(b) - depth(a)));
  for (const place of [world.elsewhere, world.here]) {
    for (const route of routes) {
      const { status } = await callRoute(world, route, { token: world.tokens.owner, place });
      expect([401, 403, 404], route.name).not.toContain(status);
    }
  }
});
