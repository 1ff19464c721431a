import { Elysia, t } from "elysia";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLocalRateLimiter, problemPlugin, systemClock, Uuid } from "#std";
import { createTestDatabase, type TestDatabase } from "../../db/testing.ts";
import { deactivateUser, reactivateUser, resetPassword } from "./accounts.ts";
import { declaredPermission, guard } from "./guard.ts";
import { readCurrentAccess } from "./current_access.ts";
import { ensureOwner } from "./owner.ts";
import { authRoutes } from "./routes_auth.ts";
import { type WorkspaceRoutesDeps, workspaceRoutes } from "./routes_workspaces.ts";
import { startSession } from "./sessions.ts";
import { accessTokens, refreshTokens } from "./tokens.ts";
import { readUserByEmail } from "./user_store.ts";
import { changeRole, createMember, createWorkspace } from "./workspaces.ts";

const password = "Korrekt-Pferd-7";
const nobody = "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10";

let database: TestDatabase;
let on: WorkspaceRoutesDeps;
let ours: string;
let theirs: string;
const ids: Record<string, string> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  on = {
    sql: database.sql,
    clock: systemClock,
    rateLimiter: createLocalRateLimiter(systemClock),
    config: {
      jwtSecret: "a".repeat(40),
      // The same by mistake: a refresh token is no access token even then.
      jwtRefreshSecret: "a".repeat(40),
      appUrl: "http://localhost",
      trustedProxies: [],
      workspaceLimit: 4,
    },
  };
  await ensureOwner(on, { email: "owner@example.com", password, name: "Owner" });
  const owner = await readUserByEmail(on.sql, "owner@example.com");
  ids.owner = owner?.id ?? "";
  ours = (await createWorkspace(on, { name: "Ours", ownerId: ids.owner })).id;
  theirs = (await createWorkspace(on, { name: "Theirs", ownerId: ids.owner })).id;
  for (const role of ["viewer", "operator", "manager"] as const) {
    const member = { workspaceId: ours, email: `${role}@example.com`, name: role, role, password };
    ids[role] = (await createMember(on, member)).id;
  }
});
afterAll(() => database.close());

function appOf() {
  const notes = new Elysia({ prefix: "/workspaces/:workspaceId" })
    .use(guard(on))
    .post("/notes/:noteId", ({ principal, body }) => ({ by: principal.userId, text: body.text }), {
      can: "notes:write",
      params: t.Object({ workspaceId: Uuid, noteId: Uuid }),
      body: t.Object({ text: t.String() }),
    })
    .get("/undeclared", () => ({ ok: true }));
  const system = new Elysia({ prefix: "/system" })
    .use(guard(on))
    .get("/health", ({ principal }) => ({ by: principal.userId }), { can: "system:read" });
  return new Elysia()
    .use(problemPlugin())
    .group("/api/v1", (api) => api.use(authRoutes(on)).use(workspaceRoutes(on)).use(notes).use(system));
}

async function tokenOf(who: string): Promise<string> {
  const session = await startSession(on, {
    userId: ids[who] ?? "",
    remember: false,
    userAgent: "",
    address: "",
  });
  return accessTokens(on).sign(session);
}

async function ask(method: string, path: string, token: string | null, body?: object) {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  if (body) headers["content-type"] = "application/json";
  const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
  const response = await appOf().handle(new Request(`http://localhost/api/v1${path}`, init));
  return { status: response.status, answer: await response.json() };
}

test("guard() returns 401 without a login before it validates anything", async () => {
  const expired = await accessTokens({ ...on, clock: () => Date.now() - 16 * 60_000 }).sign({
    userId: ids.owner ?? "",
    sessionId: nobody,
  });
  const session = await startSession(on, {
    userId: ids.owner ?? "",
    remember: false,
    userAgent: "",
    address: "",
  });
  const refresh = await refreshTokens(on).sign(session, session.expiresAt);

  for (const token of [null, "rubbish", expired, refresh]) {
    expect((await ask("POST", `/workspaces/${ours}/notes/not-an-id`, token, { wrong: 1 })).status).toBe(401);
    expect((await ask("PATCH", "/workspaces/not-an-id", token, {})).status).toBe(401);
    expect((await ask("GET", "/workspaces?limit=many", token)).status).toBe(401);
  }
});

test("guard() allows each role exactly what the table permits", async () => {
  const seen: Record<string, number[]> = {};
  for (const role of ["viewer", "operator", "manager", "owner"]) {
    const token = await tokenOf(role);
    const calls = [
      ask("GET", `/workspaces/${ours}`, token),
      ask("POST", `/workspaces/${ours}/notes/${nobody}`, token, { text: "hi" }),
      ask("PATCH", `/workspaces/${ours}`, token, { name: "Ours" }),
      ask("GET", "/system/health", token),
      ask("POST", "/workspaces", token, { name: "New" }),
    ];
    seen[role] = (await Promise.all(calls)).map((call) => call.status);
  }

  expect(seen).toEqual({
    viewer: [200, 403, 403, 403, 403],
    operator: [200, 200, 403, 403, 403],
    manager: [200, 200, 200, 403, 403],
    owner: [200, 200, 200, 200, 201],
  });
});

test("guard() returns the same response for another team's workspace and a missing one", async () => {
  const token = await tokenOf("manager");
  const at = async (id: string) => [
    await ask("GET", `/workspaces/${id}`, token),
    await ask("PATCH", `/workspaces/${id}`, token, { name: "Mine" }),
    await ask("GET", `/workspaces/${id}/members`, token),
    await ask("POST", `/workspaces/${id}/notes/not-an-id`, token, {}),
  ];

  const foreign = await at(theirs);

  expect(foreign.map((call) => call.status)).toEqual([404, 404, 404, 404]);
  expect(await at(nobody)).toEqual(foreign);
  expect(await at("not-an-id")).toEqual(foreign);
  const listed = await ask("GET", "/workspaces", token);
  expect(listed.answer.items.map((item: { id: string }) => item.id)).toEqual([ours]);
});

test("a changed role and a closed account end sessions at once", async () => {
  const member = {
    workspaceId: ours,
    email: "x@example.com",
    name: "X",
    role: "operator",
    password,
  } as const;
  ids.x = (await createMember(on, member)).id;
  const first = await tokenOf("x");
  const before = await ask("GET", `/workspaces/${ours}`, first);

  await changeRole(on, { workspaceId: ours, userId: ids.x, role: "viewer" });
  const changed = await ask("GET", `/workspaces/${ours}`, first);
  const second = await tokenOf("x");
  const again = await ask("GET", `/workspaces/${ours}`, second);
  await deactivateUser(on, ids.x);
  const closed = await ask("GET", `/workspaces/${ours}`, second);
  const added = createMember(on, { ...member, workspaceId: theirs });
  await expect(added).rejects.toMatchObject({ code: "member-deactivated", status: 409 });
  await reactivateUser(on, ids.x);
  const reopened = [
    await ask("GET", `/workspaces/${ours}`, second),
    await ask("GET", `/workspaces/${ours}`, await tokenOf("x")),
  ];

  expect([before.status, changed.status, again.status, closed.status]).toEqual([200, 401, 200, 401]);
  expect(reopened.map(({ status }) => status)).toEqual([401, 200]);
  await expect(reactivateUser(on, ids.x)).rejects.toMatchObject({ status: 409 });
  const third = await tokenOf("x");
  await resetPassword(on, { userId: ids.x, password: "Another-Horse-9" });
  const log = (given: string) =>
    ask("POST", "/auth/login", null, { email: "x@example.com", password: given });
  expect((await ask("GET", `/workspaces/${ours}`, third)).status).toBe(401);
  expect([(await log(password)).status, (await log("Another-Horse-9")).status]).toEqual([401, 200]);
  await deactivateUser(on, ids.x);
  expect(again.answer.workspace.role).toBe("viewer");
  await expect(deactivateUser(on, ids.owner ?? "")).rejects.toMatchObject({ status: 409 });
  const owner = { workspaceId: ours, userId: ids.owner ?? "", role: "viewer" } as const;
  await expect(changeRole(on, owner)).rejects.toMatchObject({ code: "member-is-owner", status: 409 });
});

test("readCurrentAccess() returns the access of each person, and null for an ended session, a changed role or a missing second factor", async () => {
  const session = await startSession(on, {
    userId: ids.viewer ?? "",
    remember: false,
    userAgent: "",
    address: "",
  });
  const principal = {
    name: "viewer",
    isOwner: false,
    ...session,
    workspaceId: ours,
    role: "viewer",
    access: { kind: "all" },
    permissions: new Set<never>(),
  } as const;
  const promoted = { ...principal, role: "manager" } as const;
  const before = await readCurrentAccess(on, [principal, promoted]);
  await database.sql`insert into auth.account_rules (needs_second_factor) values (true)`;
  const required = await readCurrentAccess(on, [principal]);
  await database.sql`insert into auth.totps (user_id, secret, confirmed_at) values (${session.userId}, '', now())`;
  const secured = await readCurrentAccess(on, [principal]);
  await database.sql`delete from auth.account_rules`;
  await database.sql`delete from auth.totps`;

  await database.sql`update auth.sessions set ended_at = now() where id = ${session.sessionId}`;

  const all = { kind: "all" };
  expect([before, required, secured]).toEqual([[all, null], [null], [all]]);
  expect(await readCurrentAccess(on, [principal])).toEqual([null]);
});

test("workspaces and members are listed in pages, and a change does not touch other fields", async () => {
  const token = await tokenOf("owner");
  const first = await ask("GET", `/workspaces/${ours}/members?limit=2`, token);
  const second = await ask(
    "GET",
    `/workspaces/${ours}/members?limit=2&cursor=${first.answer.nextCursor}`,
    token,
  );
  const wrong = await ask("GET", "/workspaces?cursor=WyJ4Il0", token);
  const limits = ["0", "101", "1.5", "many"].map((limit) => ask("GET", `/workspaces?limit=${limit}`, token));
  const body = { id: theirs, workspaceId: theirs, accent: "rose", name: "  Renamed " };

  const patched = await ask("PATCH", `/workspaces/${ours}`, token, body);

  const roles = [...first.answer.items, ...second.answer.items].map((item: { role: string }) => item.role);
  expect(roles).toEqual(["owner", "viewer", "operator", "manager"]);
  expect(second.answer.nextCursor).toBeNull();
  expect([wrong.status, wrong.answer.code]).toEqual([422, "invalid-cursor"]);
  expect((await Promise.all(limits)).map((call) => call.status)).toEqual([422, 422, 422, 422]);
  expect(patched.answer.workspace).toMatchObject({ id: ours, name: "Renamed", accent: "rose" });
  expect((await ask("PATCH", `/workspaces/${ours}`, token, { accent: "mud" })).status).toBe(422);
  const me = await ask("GET", "/auth/me", token);
  expect(me.answer.user).toMatchObject({ email: "owner@example.com", isOwner: true });
  expect(me.answer.workspaces[0].permissions).toContain("system:manage");
});

test("declaredPermission() returns the declaration of each route of the app, and finds a route without one", () => {
  const routes = appOf().routes.map((route) => [`${route.method} ${route.path}`, declaredPermission(route)]);

  const declared = Object.fromEntries(routes);
  expect(declared["POST /api/v1/workspaces/:workspaceId/notes/:noteId"]).toBe("notes:write");
  expect(declared["GET /api/v1/auth/me"]).toBe("signedIn");
  expect(declared["POST /api/v1/auth/login"]).toBe("public");
  expect(routes.filter(([, permission]) => permission === undefined)).toEqual([
    ["GET /api/v1/workspaces/:workspaceId/undeclared", undefined],
  ]);
});

test("accessTokens() expires a token that it checked before", async () => {
  let now = Date.now();
  const tokens = accessTokens({ ...on, clock: () => now });
  const token = await tokens.sign({ userId: nobody, sessionId: nobody });

  expect(await tokens.verify(token)).toMatchObject({ userId: nobody });
  now += 14 * 60_000;
  expect(await tokens.verify(token)).toMatchObject({ userId: nobody });
  now += 60_000;
  expect(await tokens.verify(token)).toBeNull();
});

test("createWorkspace() stops at the limit, also for concurrent requests", async () => {
  const token = await tokenOf("owner");
  const [before] = await database.sql`select count(*)::int4 as count from auth.workspaces`;

  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, n) => ask("POST", "/workspaces", token, { name: `Another ${n}` })),
  );

  const statuses = answers.map(({ status }) => status).toSorted();
  const refused = answers.find(({ status }) => status === 409)?.answer;
  const [after] = await database.sql`select count(*)::int4 as count from auth.workspaces`;
  expect(before?.count).toBeLessThan(4);
  expect(after?.count).toBe(4);
  expect(statuses.filter((status) => status === 409)).toHaveLength(6 - (4 - Number(before?.count)));
  expect(refused).toMatchObject({
    code: "workspace-limit",
    detail: expect.stringContaining("WORKSPACE_LIMIT"),
  });
});
