import { Elysia, t } from "elysia";
import { clearCookies, readDeviceCookie, readRefreshCookie, readTrustedCookie } from "./cookies.ts";
import type { AuthDeps } from "./deps.ts";
import { createTokenReader, guard } from "./guard.ts";
import { logIn } from "./login.ts";
import { refuseForeignOrigin } from "./origin.ts";
import { needsOwner, signUp } from "./owner.ts";
import { Email, Name, Password, SignedIn, User as UserSchema, userView, Workspace } from "./routes_schema.ts";
import { mustAddFactor } from "./second_factor/factor_store.ts";
import { secondStepOf } from "./second_factor/login_step.ts";
import { SecondStep } from "./second_factor/routes_schema.ts";
import { sessionAnswers } from "./session_answers.ts";
import { logOut, refreshSession } from "./sessions.ts";
import { refreshTokens } from "./tokens.ts";
import { readUser } from "./user_store.ts";
import { listWorkspaces } from "./workspaces.ts";
import { problem } from "./problems.ts";

const tags = ["auth"];

/** `/auth`: the first owner, login, refresh, logout, and the current user. */
export function authRoutes(on: AuthDeps) {
  const { appUrl } = on.config;
  const refresh = refreshTokens(on);
  const readToken = createTokenReader(on);

  const { caller, giveTokens, begin } = sessionAnswers(on);

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
        const step = await secondStepOf(on, { user, remember, cookie: readTrustedCookie(request, appUrl) });
        if (step) {
          set.status = 202;
          return step;
        }
        return await begin({ request, set }, { user, remember, from });
      },
      {
        public: true,
        body: t.Object({ email: Email, password: Password, remember: t.Optional(t.Boolean()) }),
        response: { 200: SignedIn, 202: SecondStep },
        detail: {
          operationId: "logIn",
          summary: "Log in",
          description:
            "202 for a person with a second factor, except on a remembered device: finish with `logInByCode` or `logInByPasskey`.",
          tags,
        },
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
        const mustAddSecondFactor = await mustAddFactor(on.sql, user.id);
        // What they see is only the way to set it up.
        return { user: userView(user), workspaces: mustAddSecondFactor ? [] : items, mustAddSecondFactor };
      },
      {
        signedIn: true,
        response: t.Object({
          user: UserSchema,
          workspaces: t.Array(Workspace),
          mustAddSecondFactor: t.Boolean({
            description: "The installation requires a second factor and you have none: set one up first",
          }),
        }),
        detail: { operationId: "readMe", summary: "Get your user and your workspaces", tags },
      },
    );
}
