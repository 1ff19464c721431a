import { afterAll, beforeAll, expect, test } from "vitest";
import { declaredPermission, rolePermissions, type Role } from "#auth";
import { type Furnished, inhabit, type Inhabited } from "../support/inhabited.ts";

let world: Inhabited;
beforeAll(async () => {
  world = await inhabit();
});
afterAll(() => world.close());

interface Route {
  method: string;
  path: string;
  permission: string | undefined;
  detail: Record<string, unknown>;
  hooks: Record<string, unknown>;
}

/** A body that each operation accepts; an operation with a body and no sample here fails the test below. */
const bodies: Record<string, unknown> = {
  editWorkspace: { name: "Renamed" },
  createWorkspace: { name: "Third" },
  connectPage: { pageId: "104810069068200", accessToken: "EAAtest" },
  finishFacebookLogin: { code: "code", state: "state" },
  connectLoginPages: { pageIds: ["104810069068200"] },
  changeConversation: { status: "pending" },
  sendReply: { text: "hello" },
  addNote: { text: "a note" },
};

function routes(): Route[] {
  return world.app.routes
    .filter((route) => route.hooks?.detail?.hide !== true && !route.path.startsWith("/api/docs"))
    .map((route) => ({
      method: route.method,
      path: route.path,
      permission: declaredPermission(route),
      detail: route.hooks.detail ?? {},
      hooks: route.hooks,
    }));
}

async function call(
  route: Route,
  token: string | null,
  place: Furnished,
  childrenOf: Furnished = place,
): Promise<number> {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) =>
    name === "workspaceId"
      ? place.workspaceId
      : (childrenOf.ids[name] ?? "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10"),
  );
  const stop = new AbortController();
  const body = bodies[String(route.detail.operationId)];
  const response = await world.app.handle(
    new Request(`http://localhost${path}`, {
      method: route.method,
      headers: {
        "idempotency-key": crypto.randomUUID(),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { "content-type": "application/json" } : {}),
      },
      body: body ? JSON.stringify(body) : undefined,
      signal: stop.signal,
    }),
  );
  await response.body?.cancel();
  stop.abort();
  return response.status;
}

const inWorkspace = (route: Route) => route.path.includes("/:workspaceId");

test("every route declares who may call it, what it answers, an operationId and a summary", () => {
  const all = routes();

  expect(all.length).toBeGreaterThan(30);
  for (const { method, path, permission, detail, hooks } of all) {
    const name = `${method} ${path}`;
    expect(permission, name).toBeDefined();
    expect(hooks.response, name).toBeDefined();
    expect(detail.operationId, name).toBeTypeOf("string");
    expect(detail.summary, name).toBeTypeOf("string");
    if (hooks.body && permission !== "public")
      expect(bodies, name).toHaveProperty(String(detail.operationId));
  }
  const ids = all.filter((route) => route.path.startsWith("/api/")).map((route) => route.detail.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test("nobody gets past a route that is not public, whatever the ids", async () => {
  for (const route of routes().filter((one) => one.permission !== "public")) {
    expect(await call(route, null, world.here), `${route.method} ${route.path}`).toBe(401);
    expect(await call(route, "not.a.token", world.here), `${route.method} ${route.path}`).toBe(401);
  }
});

test("a member of another workspace sees none of this one: 404 on every route", async () => {
  for (const route of routes().filter(inWorkspace)) {
    expect(await call(route, world.tokens.stranger, world.here), `${route.method} ${route.path}`).toBe(404);
  }
});

test("ids of another workspace under one's own are 404 on every route, for every role that may call it", async () => {
  const children = routes().filter(
    (route) =>
      inWorkspace(route) && /:(pageId|contactId|conversationId|messageId|attachmentId)/.test(route.path),
  );
  expect(children.length).toBeGreaterThan(10);

  for (const route of children) {
    expect(
      await call(route, world.tokens.owner, world.here, world.elsewhere),
      `${route.method} ${route.path}`,
    ).toBe(404);
  }
});

test("each role may call exactly what the permission table says", async () => {
  for (const role of ["viewer", "operator", "manager", "owner"] as const satisfies readonly Role[]) {
    const may = new Set<string>(rolePermissions[role]);
    for (const route of routes()) {
      const { permission } = route;
      // Logging out would end the test's own sessions.
      if (permission === undefined || permission === "public" || permission === "signedIn") continue;
      const status = await call(route, world.tokens[role], world.here);
      const name = `${role}: ${route.method} ${route.path}`;
      if (may.has(permission)) expect([401, 403], name).not.toContain(status);
      else expect(status, name).toBe(403);
    }
  }
});
