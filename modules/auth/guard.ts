import { type DocumentDecoration, Elysia } from "elysia";
import { notFound, parse, readJsonBody, Uuid } from "#std";
import { readAccessCookie } from "./cookies.ts";
import type { AuthDeps } from "./deps.ts";
import { requireOwnOrigin } from "./origin.ts";
import {
  installationPermissions,
  isInstallationPermission,
  type Permission,
  permissionsOf,
} from "./permissions.ts";
import type { Principal } from "./principal.ts";
import { liveSessionReader, touchSession } from "./session_store.ts";
import { type AccessClaims, accessTokens, bearerToken } from "./tokens.ts";
import { problem } from "./problems.ts";

/** What a route says of who may call it. */
export type Declared = Permission | "signedIn" | "public";

/** What a hook gets of a request. Elysia's types promise params; routes without any have none when they run. */
interface Asked {
  request: Request;
  params?: Record<string, unknown>;
}

/** A route while it is registered. What takes no body has none parsed: Elysia would parse one for the hooks of all routes. */
interface Parsing {
  body?: unknown;
  parse?: unknown;
}

type GuardDeps = Pick<AuthDeps, "sql" | "clock" | "config">;

// Travels with the route into the OpenAPI document, so that a reader sees there who may call it.
const field = "x-permission";
const declare = (permission: Declared): DocumentDecoration & Record<typeof field, Declared> => ({
  [field]: permission,
});

/** Reads what a route of `app.routes` declared; undefined when it declared nothing, which a test refuses. */
export function declaredPermission(route: { hooks: { detail?: object } }): string | undefined {
  const { detail } = route.hooks;
  if (!detail || !(field in detail)) return undefined;
  const declared = detail[field];
  return typeof declared === "string" ? declared : undefined;
}

const unauthenticated = () => problem("unauthenticated");

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
 * Lets routes declare who may call them: `can: "conversations:reply"`, `signedIn: true` or `public: true`.
 *
 * `can` on a route with `:workspaceId` asks for the permission in that workspace: who is no member gets the 404 of a
 * workspace that does not exist, a member without the permission 403. The owner's permissions of the installation
 * need no workspace. Handlers get `principal`.
 */
export function guard(on: GuardDeps) {
  const readToken = createTokenReader(on);
  const readLiveSession = liveSessionReader(on.sql);
  const principals = new WeakMap<Request, Principal>();
  const admissions = new WeakMap<Request, Promise<Principal>>();

  async function authenticate(
    request: Request,
    params: Record<string, unknown> | undefined = {},
  ): Promise<Principal> {
    const claims = await readToken(request);
    if (!claims) throw unauthenticated();
    const { sessionId, userId } = claims;
    const isWorkspaceRoute = "workspaceId" in params;
    const asked = parse(Uuid, params.workspaceId);
    const workspaceId = asked.ok ? asked.value : null;
    const session = await readLiveSession({ sessionId, userId, workspaceId });
    if (!session) throw unauthenticated();
    if (session.isStale) await touchSession(on.sql, sessionId);
    const { name, isOwner, role } = session;
    const member = { userId, name, isOwner, sessionId } as const;
    if (!isWorkspaceRoute) return { ...member, permissions: installationPermissions(isOwner) };
    if (workspaceId === null || role === null) throw notFound("workspace");
    return { ...member, workspaceId, role, permissions: permissionsOf(role) };
  }

  function principalOf(request: Request): { principal: Principal } {
    const principal = principals.get(request);
    if (!principal) throw new Error("Cannot tell the principal: the guard did not run before this handler");
    return { principal };
  }

  async function authorize({ request, params }: Asked, permission: Permission): Promise<Principal> {
    const principal = await authenticate(request, params);
    if (!isInstallationPermission(permission) && principal.workspaceId === undefined)
      throw new Error(`Cannot check "${permission}": the route has no :workspaceId in its path`);
    if (!principal.permissions.has(permission)) {
      throw problem("forbidden", { permission });
    }
    return principal;
  }

  /** The hooks of a route that `judge` guards: once a request, before its body is parsed where the route takes one. */
  function admitting(judge: (asked: Asked) => Promise<Principal>) {
    function admit(asked: Asked): Promise<Principal> {
      const admission = admissions.get(asked.request) ?? judge(asked);
      admissions.set(asked.request, admission);
      return admission;
    }
    // The body of a stranger stays unread. `transform` answers 401: Elysia takes every error of a parser for a body
    // that it cannot read.
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
        route.parse ??= route.body === undefined ? "none" : parseForAdmitted;
      },
      // Elysia validates before `resolve`: in `transform` a stranger gets 401 and never learns what a route accepts.
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
    signedIn: {
      detail: declare("signedIn"),
      ...admitting(({ request, params }) => authenticate(request, params)),
      resolve: ({ request }) => principalOf(request),
    },
    public: {
      detail: declare("public"),
      introspect(route: Parsing): void {
        if (route.body === undefined) route.parse ??= "none";
      },
    },
  });
}
