import { afterAll, beforeAll, expect, test } from "vitest";
import { rolePermissions, type Role } from "#auth";
import { encodeCursor } from "#std";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";
import {
  bodies,
  callRoute,
  childrenOf,
  isInWorkspace,
  type Route,
  routesOf,
  uploads,
} from "../support/routes.ts";

let world: Inhabited;
beforeAll(async () => {
  world = await inhabit();
});
afterAll(() => world.close());

// Written down a second time on purpose: a route that declares too little would otherwise be right by its own word.

/** Routes without a login. */
const open = new Set([
  "readHealth",
  "readReadiness",
  // Requires its token, or a local caller.
  "readMetrics",
  "verifyWebhook",
  "receiveWebhook",
  "readSetup",
  "signUp",
  "logIn",
  "refresh",
  "logOut",
  // Require the challenge of a right password, or a passkey.
  "logInByCode",
  "startPasskeyLogin",
  "logInByPasskey",
  // Require the token of an invitation.
  "previewInvitation",
  "acceptInvitation",
  "readPasswordReset",
  "requestPasswordReset",
  // Require the token of a mailed link.
  "previewPasswordReset",
  "completePasswordReset",
  "previewAddress",
  "confirmAddress",
  "undoAddress",
  // Require the token of a mail.
  "openUnsubscribe",
  "unsubscribe",
  // Signed by Meta.
  "deauthorize",
  "deleteLoginData",
]);
/** Routes for all signed-in people. */
const forEverybody = new Set([
  "readMe",
  "listWorkspaces",
  "joinByInvitation",
  "changeAccount",
  "readNotificationSettings",
  "changeNotificationSettings",
  "changePassword",
  "readAddressChange",
  "requestAddressChange",
  "listSessions",
  "endSession",
  "endOtherSessions",
  "readSecondFactor",
  "startTotp",
  "confirmTotp",
  "removeTotp",
  "makeRecoveryCodes",
  "startPasskey",
  "addPasskey",
  "removePasskey",
  "forgetDevice",
  "readConfirmation",
  "checkConfirmation",
  "confirmIdentity",
  "startPasskeyConfirmation",
  "confirmByPasskey",
]);
/** POST routes that only read, or change only the caller's notifications. */
const readsByPost = new Set([
  "previewAudience",
  "previewContacts",
  "countSegment",
  "previewSegment",
  "previewContent",
  "readNotifications",
]);
/** Changes allowed to operators; viewers change nothing. */
const operatorsWork = new Set([
  "changeConversation",
  "changeConversations",
  "markConversationRead",
  "markConversationUnread",
  "showTyping",
  "sendReply",
  "retryReply",
  "addReplyFile",
  "reactToMessage",
  "changeThreadControl",
  "saveView",
  "deleteView",
  "addNote",
  "changeContact",
  "createSequence",
  "changeSequence",
  "deleteSequence",
  "createCampaign",
  "changeCampaign",
  "deleteCampaign",
  "duplicateCampaign",
  "duplicateSequence",
  "archiveSequence",
  "unarchiveSequence",
  "sendStepTest",
  "archiveCampaign",
  "unarchiveCampaign",
  // Operators' own launches only without required approval: see approvals.test.ts.
  "launchCampaign",
  "undoLaunch",
  "pauseCampaign",
  "sendTest",
  "askApproval",
]);

/** The lowest role that a route may allow, by its action and place. */
function leastRole({ method, operationId, path }: Route): Role {
  if (!path.includes("/:workspaceId")) return "owner";
  if (method === "GET" || readsByPost.has(operationId)) return "viewer";
  return operatorsWork.has(operationId) ? "operator" : "manager";
}

const roles = ["viewer", "operator", "manager", "owner"] as const satisfies readonly Role[];
const guarded = () => routesOf(world).filter(({ permission }) => permission !== "public");
const permitted = () => guarded().filter(({ permission }) => permission !== "signedIn");

test("every route declares its permission, response, operationId and summary", () => {
  const all = routesOf(world);

  expect(all.length).toBeGreaterThan(30);
  for (const { name, permission, operationId, detail, hooks } of all) {
    expect(permission, name).toBeDefined();
    expect(hooks.response, name).toBeDefined();
    expect(detail.operationId, name).toBeTypeOf("string");
    expect(detail.summary, name).toBeTypeOf("string");
    if (hooks.body && permission !== "public") expect(bodies, name).toHaveProperty(operationId);
  }
  const ids = all.filter(({ path }) => path.startsWith("/api/")).map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test("only the listed routes are open without a login or to all signed-in people, and none is in a workspace", () => {
  for (const route of routesOf(world)) {
    const { name, operationId, permission } = route;
    expect(permission === "public", name).toBe(open.has(operationId));
    expect(permission === "signedIn", name).toBe(forEverybody.has(operationId));
    if (isInWorkspace(route)) expect(["public", "signedIn"], name).not.toContain(permission);
  }
});

test("guarded routes refuse callers without a login, for any ids", async () => {
  for (const route of guarded()) {
    for (const token of [null, "not.a.token"]) {
      const { status, text } = await callRoute(world, route, { token, place: world.here });
      expect(status, route.name).toBe(401);
      expect(text, route.name).not.toContain(world.here.workspaceId);
    }
  }
});

test("callers without a login learn nothing about a route: each bad request is a 401 first", async () => {
  for (const route of guarded()) {
    const odd = { text: "a\u0000b", list: [[[["x"]]]] };
    const requests = [
      { query: { limit: "many", cursor: "\u0000", from: "soon", search: "\ud800", unread: "perhaps" } },
      { ids: Object.fromEntries(childrenOf(route).map((name) => [name, "%00"])) },
      ...(route.method === "GET" || uploads.has(route.operationId) ? [] : [{ body: odd }, { body: [odd] }]),
    ];
    for (const request of requests) {
      const { status } = await callRoute(world, route, { token: null, place: world.here, ...request });
      expect(status, `${route.name} ${JSON.stringify(request)}`).toBe(401);
    }
  }
});

// A thousand requests one after the other, one of which makes the demo: 18 s here, more beside other tests.
const longest = 120_000;

test(
  "each role can call exactly the routes of the permission table, without an error of ours",
  { timeout: longest },
  async () => {
    for (const role of roles) {
      const may = new Set<string>(rolePermissions[role]);
      for (const route of permitted()) {
        const { status } = await callRoute(world, route, { token: world.tokens[role], place: world.here });
        const name = `${role}: ${route.name}`;
        if (may.has(route.permission ?? "")) expect([401, 403, 500], name).not.toContain(status);
        else expect(status, name).toBe(403);
      }
    }
  },
);

test("responses of guarded routes are not cached; files are revalidated", { timeout: longest }, async () => {
  for (const route of guarded())
    for (const token of [null, world.tokens.owner]) {
      const { caching } = await callRoute(world, route, { token, place: world.here });
      expect(caching, `${route.name} ${token === null ? "by a stranger" : ""}`).toMatch(
        /no-store|^private, no-cache$/,
      );
    }
});

test(
  "viewers change nothing, operators only conversations, and the installation belongs to the owner",
  { timeout: longest },
  async () => {
    for (const route of permitted()) {
      const tooLow = roles.slice(0, roles.indexOf(leastRole(route)));
      for (const role of tooLow) {
        const { status } = await callRoute(world, route, { token: world.tokens[role], place: world.here });
        expect(status, `${role}: ${route.name}`).toBe(403);
      }
    }
  },
);

test("a foreign cursor is refused in words, or points to a valid place", async () => {
  const id = "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10";
  const times = ["2026-11-24", "2026-13-32 25:00:00+00", "2026-02-30 10:00:00+00", "+275760-09-13T00:00:00Z"];
  const keys = ["x", "\u0000", ...times, id, 1e20, -1, null];
  const cursors = [
    "rubbish",
    ...[1, 2, 3].flatMap((length) => keys.map((key) => encodeCursor(Array(length).fill(key)))),
    ...keys.map((key) => encodeCursor([key, id])),
  ];
  const lists = permitted().filter(
    ({ method, hooks }) => method === "GET" && JSON.stringify(hooks.query ?? {}).includes('"cursor"'),
  );
  expect(lists.length).toBeGreaterThan(8);

  for (const route of lists) {
    const isSorted = JSON.stringify(route.hooks.query).includes('"sort"');
    for (const cursor of cursors.flatMap((one) => (isSorted ? [one, `${one}&sort=lastInteraction`] : one))) {
      const asked = { ...route, path: `${route.path}?cursor=${cursor}` };
      const { status, text } = await callRoute(world, asked, {
        token: world.tokens.owner,
        place: world.here,
      });
      expect([200, 404, 422], `${route.name} with ${Buffer.from(cursor, "base64url")}: ${text}`).toContain(
        status,
      );
    }
  }
});
