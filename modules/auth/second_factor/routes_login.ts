import { Elysia, t } from "elysia";
import { readDeviceCookie, readTrustedCookie, setTrustedCookie } from "../cookies.ts";
import type { AuthDeps } from "../deps.ts";
import { guard } from "../guard.ts";
import { refuseForeignOrigin } from "../origin.ts";
import { SignedIn } from "../routes_schema.ts";
import { type Exchange, sessionAnswers } from "../session_answers.ts";
import type { CodeDeps } from "./code_check.ts";
import {
  type Finished,
  finishByCode,
  finishByPasskey,
  logInByPasskey,
  startPasskeyLogin,
} from "./login_step.ts";
import { rememberBrowser } from "./remembered_devices.ts";
import { Challenge, Code, RequestOptions, UsedCredential } from "./routes_schema.ts";

const tags = ["auth"];
const RememberDevice = t.Optional(
  t.Boolean({ description: "This browser needs no second factor for 30 days" }),
);

/** `/auth/login/…`: the second step of a login, and the login by a passkey alone. */
export function secondFactorLoginRoutes(on: AuthDeps & CodeDeps) {
  const { appUrl } = on.config;
  const { caller, begin } = sessionAnswers(on);

  async function finish(
    { request, set }: Exchange,
    { user, remember }: Finished,
    { from, rememberDevice }: { from: ReturnType<typeof caller>; rememberDevice: boolean },
  ) {
    const answer = await begin({ request, set }, { user, remember, from });
    if (!rememberDevice) return answer;
    const cookie = await rememberBrowser(on, {
      userId: user.id,
      cookie: readTrustedCookie(request, appUrl),
      ...from,
    });
    set.headers["set-cookie"] = [set.headers["set-cookie"] ?? [], setTrustedCookie(appUrl, cookie)].flat();
    return answer;
  }

  return new Elysia({ prefix: "/auth/login" })
    .use(guard(on))
    .post(
      "/code",
      async function logInByCode({ body, request, server, set }) {
        refuseForeignOrigin(request, appUrl);
        const { challenge, code, rememberDevice = false } = body;
        const from = caller(request, server);
        const devices = readDeviceCookie(request, appUrl);
        const finished = await finishByCode(on, { challenge, code, devices, ...from });
        return finish({ request, set }, finished, { from, rememberDevice });
      },
      {
        public: true,
        body: t.Object({ challenge: Challenge, code: Code, rememberDevice: RememberDevice }),
        response: SignedIn,
        detail: {
          operationId: "logInByCode",
          summary: "Finish a login by a code",
          description:
            "Of the authenticator app, or for recovery. 401 `login-over`, 422 `code-wrong`, after five wrong codes 429 `code-guesses`.",
          tags,
        },
      },
    )
    .post(
      "/passkey-options",
      function startLogin({ body, request, server }) {
        refuseForeignOrigin(request, appUrl);
        caller(request, server);
        return startPasskeyLogin(on, body.challenge ?? null);
      },
      {
        public: true,
        body: t.Object({ challenge: t.Optional(Challenge) }),
        response: RequestOptions,
        detail: {
          operationId: "startPasskeyLogin",
          summary: "Get the options of a login by passkey",
          description:
            "With `challenge` for the second step of a login, without it for a login by passkey alone.",
          tags,
        },
      },
    )
    .post(
      "/passkey",
      async function logInWithPasskey({ body, request, server, set }) {
        refuseForeignOrigin(request, appUrl);
        const { challenge, credential, remember = false, rememberDevice = false } = body;
        const from = caller(request, server);
        const finished =
          challenge === undefined
            ? { user: await logInByPasskey(on, { credential, ...from }), remember }
            : await finishByPasskey(on, { challenge, credential, ...from });
        return finish({ request, set }, finished, {
          from,
          rememberDevice: rememberDevice && challenge !== undefined,
        });
      },
      {
        public: true,
        body: t.Object({
          challenge: t.Optional(Challenge),
          credential: UsedCredential,
          remember: t.Optional(t.Boolean({ description: "Without `challenge`: the session lasts 30 days" })),
          rememberDevice: RememberDevice,
        }),
        response: SignedIn,
        detail: {
          operationId: "logInByPasskey",
          summary: "Log in by a passkey",
          description:
            "As the second step with `challenge`; alone without it: the authenticator must then verify the person. 401 `login-over`, 422 `passkey-refused`.",
          tags,
        },
      },
    );
}
