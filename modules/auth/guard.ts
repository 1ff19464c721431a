import { type DocumentDecoration, Elysia } from "elysia";
import { notFound, parse, readJsonBody, Uuid } from "#std";
import { accessRuleOf } from "./access_rules.ts";
import { setActor } from "./activity/actor.ts";
import { recordRefusal } from "./activity/record.ts";
import { clientAddress } from "./client_address.ts";
import { readAccessCookie } from "./cookies.ts";
import type { AuthDeps } from "./deps.ts";
import { requireOwnOrigin } from "./origin.ts";
import {
  installationPermissions,
  isInstallationPermission,
  type Permission,
  permissionsOf,
} from "./permissions.ts";
import type { Viewer } from "./page_access.ts";
import type { Principal } from "./principal.ts";
import { type LiveSession, liveSessionReader, touchSession } from "./session_store.ts";
import { confirmedOperations, operationsWithoutFactor } from "./second_factor/operations.ts";
import { type AccessClaims, accessTokens, bearerToken } from "./tokens.ts";
import { problem } from "./problems.ts";

/** The declaration of a route: its required permission. */
export type Declared = Permission | "signedIn" | "public";

/**
 * The part of a request that a hook gets. Elysia's types promise params; at run time routes without any have none.
 */
interface Asked {
  request: Request;
  server?: { requestIP(request: Request): { address: string } | null } | null;
  params?: Record<string, unknown>;
}

/**
 * A route at registration. For a route without a body no body is parsed: Elysia would parse one for the hooks of all
 * routes.
 */
interface Parsing {
  body?: unknown;
  parse?: unknown;
  detail?: { operationId?: string };
}

/** The first thing in a path that the viewer does not see; null when they see them all. */
export type FindUnseen = (
  viewer: Viewer & { workspaceId: string },
  params: Readonly<Record<string, unknown>>,
) => Promise<string | null>;

type GuardDeps = Pick<AuthDeps, "sql" | "clock" | "config"> & {
  /** Without it, members who see a part of a workspace get nothing in it that is not open. */
  findUnseen?: FindUnseen;
};

/** How many refusals of one person are recorded in a minute: a program can ask at any rate. */
const refusalsPerMinute = 10;

// Appears in the OpenAPI document, so readers see the required permission.
const field = "x-permission";
const declare = (permission: Declared): DocumentDecoration & Record<typeof field, Declared> => ({
  [field]: permission,
});

/** Returns the declaration of a route of `app.routes`; undefined if it has none, which a test refuses. */
export function declaredPermission(route: { hooks: { detail?: object } }): string | undefined {
  const { detail } = route.hooks;
  if (!detail || !(field in detail)) return undefined;
  const declared = detail[field];
  return typeof declared === "string" ? declared : undefined;
}

const unauthenticated = () => problem("unauthenticated");

interface Admitted {
  principal: Principal;
  session: LiveSession;
}

/** People who still need a second factor can only set one up. */
function requireFactor({ needsFactor, hasFactor }: LiveSession, operationId: string): void {
  if (needsFactor && !hasFactor && !operationsWithoutFactor.has(operationId))
    throw problem("second-factor-missing");
}

/** Dangerous operations need a recent proof of identity. */
function requireConfirmation({ isConfirmed, hasFactor }: LiveSession, operationId: string): void {
  const of = Object.hasOwn(confirmedOperations, operationId) ? confirmedOperations[operationId] : undefined;
  if (of !== undefined && !isConfirmed && (of === "everybody" || hasFactor))
    throw problem("confirmation-needed");
}

/** The claims of the request's token, bearer before cookie; a cookie counts only from our own pages. */
export function createTokenReader(on: Pick<AuthDeps, "clock" | "config">) {
  const tokens = accessTokens(on);
  return async function readToken(request: Request): Promise<AccessClaims | null> {
    if (request.headers.has("authorization")) {
      const bearer = bearerToken(request);
      return bearer === null ? null : await tokens.verify(bearer);
    }
    const cookie = readAccessCookie(request, on.config.appUrl);
    const claims = cookie === null ? null : await tokens.verify(cookie);
    if (claims) requireOwnOrigin(request, on.config.appUrl);
    return claims;
  };
}

/**
 * Lets routes declare their permission: `can: "conversations:reply"`, `signedIn: true` or `public: true`.
 *  `can` on a route with `:workspaceId` requires the permission in that workspace: others get the 404 of a missing
 *  workspace, a member without the permission 403. The owner's permissions need no workspace. Handlers get
 *  `principal`.
 */
export function guard(on: GuardDeps) {
  const readToken = createTokenReader(on);
  const readLiveSession = liveSessionReader(on.sql);
  const principals = new WeakMap<Request, Principal>();
  const admissions = new WeakMap<Request, Promise<Principal>>();

  const actorOf = ({ userId, name }: Principal, { request, server }: Asked) => {
    const socketAddress = server?.requestIP(request)?.address;
    const { trustedProxies } = on.config;
    const address = clientAddress(request, { socketAddress, trustedProxies });
    return { kind: "user", id: userId, name, address } as const;
  };

  async function authenticate(asked: Asked): Promise<Admitted> {
    const admitted = await identify(asked);
    setActor(actorOf(admitted.principal, asked));
    return admitted;
  }

  async function identify({ request, params = {} }: Asked): Promise<Admitted> {
    const claims = await readToken(request);
    if (!claims) throw unauthenticated();
    const { sessionId, userId } = claims;
    const isWorkspaceRoute = "workspaceId" in params;
    const asked = parse(Uuid, params.workspaceId);
    const workspaceId = asked.ok ? asked.value : null;
    const session = await readLiveSession({ sessionId, userId, workspaceId });
    if (!session) throw unauthenticated();
    if (session.isStale) await touchSession(on.sql, sessionId);
    const { name, isOwner, role, access } = session;
    const member = { userId, name, isOwner, sessionId, access } as const;
    if (!isWorkspaceRoute)
      return { session, principal: { ...member, permissions: installationPermissions(isOwner) } };
    if (workspaceId === null || role === null) throw notFound("workspace");
    return { session, principal: { ...member, workspaceId, role, permissions: permissionsOf(role) } };
  }

  function principalOf(request: Request): { principal: Principal } {
    const principal = principals.get(request);
    if (!principal) throw new Error("Cannot tell the principal: the guard did not run before this handler");
    return { principal };
  }

  async function refuse(asked: Asked, principal: Principal, permission: string): Promise<void> {
    const { method, url } = asked.request;
    await recordRefusal(
      on.sql,
      actorOf(principal, asked),
      {
        action: "permission.refused",
        workspaceId: principal.workspaceId,
        after: { permission, route: `${method} ${new URL(url).pathname}` },
      },
      { most: refusalsPerMinute, per: "actor" },
    );
  }

  /** For a member who sees a part of the workspace. */
  async function requireSight(asked: Asked, principal: Principal, operationId: string): Promise<void> {
    const rule = accessRuleOf(operationId);
    if (rule === "open") return;
    if (rule === null || on.findUnseen === undefined) {
      await refuse(asked, principal, "all pages");
      throw problem("all-pages-needed");
    }
    const { workspaceId = "" } = principal;
    const unseen = await on.findUnseen({ ...principal, workspaceId }, asked.params ?? {});
    if (unseen !== null) throw notFound(unseen);
  }

  async function authorize(asked: Asked, permission: Permission): Promise<Admitted> {
    const admitted = await authenticate(asked);
    const { principal } = admitted;
    if (!isInstallationPermission(permission) && principal.workspaceId === undefined)
      throw new Error(`Cannot check "${permission}": the route has no :workspaceId in its path`);
    if (!principal.permissions.has(permission)) {
      await refuse(asked, principal, permission);
      throw problem("forbidden", { permission });
    }
    return admitted;
  }

  /** The hooks of a route that `judge` guards: once per request, before the body is parsed if the route takes one. */
  function admitting(judge: (asked: Asked) => Promise<Admitted>) {
    let operationId = "";
    async function decide(asked: Asked): Promise<Principal> {
      const { principal, session } = await judge(asked);
      requireFactor(session, operationId);
      requireConfirmation(session, operationId);
      if (principal.access.kind !== "all") await requireSight(asked, principal, operationId);
      return principal;
    }
    function admit(asked: Asked): Promise<Principal> {
      const admission = admissions.get(asked.request) ?? decide(asked);
      admissions.set(asked.request, admission);
      return admission;
    }
    // Do not read a body without a login. `transform` returns 401: Elysia reports every error of a parser as an
    // unreadable body.
    async function parseForAdmitted(asked: Asked, contentType: string): Promise<unknown> {
      try {
        await admit(asked);
      } catch {
        return null;
      }
      return contentType === "application/json" ? await readJsonBody(asked.request) : undefined;
    }
    return {
      introspect(route: Parsing): void {
        operationId = route.detail?.operationId ?? "";
        route.parse ??= route.body === undefined ? "none" : parseForAdmitted;
      },
      // Elysia validates before `resolve`: with 401 in `transform`, a caller without a login never learns the schema
      // of a route.
      async transform(asked: Asked): Promise<void> {
        principals.set(asked.request, await admit(asked));
      },
    };
  }

  return new Elysia().macro({
    can: (permission: Permission) => ({
      detail: declare(permission),
      ...admitting((asked) => authorize(asked, permission)),
      resolve: ({ request }) => principalOf(request),
    }),
    // A function, so that each route has hooks of its own.
    signedIn: (isNeeded: true) => ({
      detail: declare(isNeeded && "signedIn"),
      ...admitting(authenticate),
      resolve: ({ request }) => principalOf(request),
    }),
    public: {
      detail: declare("public"),
      introspect(route: Parsing): void {
        if (route.body === undefined) route.parse ??= "none";
      },
    },
  });
}
