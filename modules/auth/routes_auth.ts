import { Elysia, t } from "elysia";
import { actAs, nobody, setActor } from "./activity/actor.ts";
import { clientAddress } from "./client_address.ts";
import {
  clearCookies,
  clearOldCookies,
  readDeviceCookie,
  readRefreshCookie,
  setAccessCookie,
  setDeviceCookie,
  setRefreshCookie,
} from "./cookies.ts";
import type { AuthDeps } from "./deps.ts";
import { createTokenReader, guard } from "./guard.ts";
import { isMarked, rememberDevice } from "./known_device.ts";
import { logIn } from "./login.ts";
import { refuseForeignOrigin } from "./origin.ts";
import { needsOwner, signUp } from "./owner.ts";
import { Email, Name, Password, User as UserSchema, userView, Workspace } from "./routes_schema.ts";
import { logOut, refreshSession, startSession, type StartedSession } from "./sessions.ts";
import { accessTokens, refreshTokens } from "./tokens.ts";
import { readUser, type User } from "./user_store.ts";
import { listWorkspaces } from "./workspaces.ts";
import { problem } from "./problems.ts";

const SignedIn = t.Object({ user: UserSchema, accessToken: t.String() });
const tags = ["auth"];

type Peer = { requestIP(request: Request): { address: string } | null } | null;
type Exchange = { request: Request; set: { headers: { "set-cookie"?: string | string[] } } };

interface Given {
  userId: string;
  sessionId: string;
  next: StartedSession | null;
  /** Each login renews the device mark; a refresh sets it for a session of version 0.2 without one. */
  isLogin: boolean;
}

/** `/auth`: the first owner, login, refresh, logout, and the current user. */
export function authRoutes(on: AuthDeps) {
  const { appUrl, trustedProxies } = on.config;
  const access = accessTokens(on);
  const refresh = refreshTokens(on);
  const readToken = createTokenReader(on);

  function caller(request: Request, server: Peer) {
    const socketAddress = server?.requestIP(request)?.address;
    const address = clientAddress(request, { socketAddress, trustedProxies });
    setActor(nobody(address));
    // Bounded and in one line: it is stored, and strangers choose it.
    return { address, userAgent: (request.headers.get("user-agent") ?? "").slice(0, 300) };
  }

  async function giveTokens(
    { set, request }: Exchange,
    { userId, sessionId, next, isLogin }: Given,
  ): Promise<string> {
    const accessToken = await access.sign({ userId, sessionId });
    const cookies = [setAccessCookie(appUrl, accessToken)];
    if (next) {
      const seconds = Math.max(0, Math.floor((next.expiresAt.getTime() - on.clock()) / 1000));
      cookies.push(setRefreshCookie(appUrl, await refresh.sign(next, next.expiresAt), seconds));
      cookies.push(...clearOldCookies(request, appUrl));
    }
    const devices = readDeviceCookie(request, appUrl);
    if (isLogin || !isMarked(on, devices, userId))
      cookies.push(setDeviceCookie(appUrl, await rememberDevice(on, { userId, devices })));
    set.headers["set-cookie"] = cookies;
    return accessToken;
  }

  async function begin(
    exchange: Exchange,
    { user, remember, from }: { user: User; remember: boolean; from: ReturnType<typeof caller> },
  ) {
    actAs(user);
    const session = await startSession(on, { userId: user.id, remember, ...from });
    return {
      user: userView(user),
      accessToken: await giveTokens(exchange, { ...session, next: session, isLogin: true }),
    };
  }

  async function readRefresh(request: Request) {
    const cookie = readRefreshCookie(request, appUrl);
    if (cookie === null) return null;
    refuseForeignOrigin(request, appUrl);
    return await refresh.verify(cookie);
  }

  return new Elysia({ prefix: "/auth" })
    .use(guard(on))
    .get(
      "/setup",
      async function readSetup() {
        return { needsOwner: await needsOwner(on) };
      },
      {
        public: true,
        response: t.Object({ needsOwner: t.Boolean() }),
        detail: { operationId: "readSetup", summary: "Check whether the installation has an owner", tags },
      },
    )
    .post(
      "/signup",
      async function signUpOwner({ body, request, server, set }) {
        refuseForeignOrigin(request, appUrl);
        const from = caller(request, server);
        const user = await signUp(on, body);
        set.status = 201;
        return begin({ request, set }, { user, remember: false, from });
      },
      {
        public: true,
        body: t.Object({
          email: Email,
          password: Password,
          name: Name,
          setupToken: t.String({ maxLength: 200 }),
        }),
        response: { 201: SignedIn },
        detail: { operationId: "signUp", summary: "Sign up as the first owner", tags },
      },
    )
    .post(
      "/login",
      async function logInUser({ body, request, server, set }) {
        refuseForeignOrigin(request, appUrl);
        const { remember = false, ...credentials } = body;
        const from = caller(request, server);
        const devices = readDeviceCookie(request, appUrl);
        const user = await logIn(on, { ...credentials, ...from, devices });
        return begin({ request, set }, { user, remember, from });
      },
      {
        public: true,
        body: t.Object({ email: Email, password: Password, remember: t.Optional(t.Boolean()) }),
        response: SignedIn,
        detail: { operationId: "logIn", summary: "Log in", tags },
      },
    )
    .post(
      "/refresh",
      async function refreshTokensOf({ request, server, set }) {
        const claims = await readRefresh(request);
        if (!claims) throw problem("session-missing");
        caller(request, server);
        const { user, ...session } = await refreshSession(on, claims);
        return {
          user: userView(user),
          accessToken: await giveTokens({ request, set }, { ...session, isLogin: false }),
        };
      },
      {
        public: true,
        response: SignedIn,
        detail: { operationId: "refresh", summary: "Get an access token with the refresh cookie", tags },
      },
    )
    .post(
      "/logout",
      async function logOutUser({ request, server, set }) {
        caller(request, server);
        const hasBearer = request.headers.has("authorization");
        const claims = (hasBearer ? null : await readRefresh(request)) ?? (await readToken(request));
        if (claims) await logOut(on, claims.sessionId);
        set.headers["set-cookie"] = clearCookies(request, appUrl);
        return { ok: true as const };
      },
      {
        public: true,
        response: t.Object({ ok: t.Literal(true) }),
        detail: { operationId: "logOut", summary: "Log out", tags },
      },
    )
    .get(
      "/me",
      async function readMe({ principal }) {
        const user = await readUser(on.sql, principal.userId);
        if (!user) throw problem("unauthenticated");
        const { items } = await listWorkspaces(on, user.id, { limit: 100 });
        return { user: userView(user), workspaces: items };
      },
      {
        signedIn: true,
        response: t.Object({ user: UserSchema, workspaces: t.Array(Workspace) }),
        detail: { operationId: "readMe", summary: "Get your user and your workspaces", tags },
      },
    );
}
