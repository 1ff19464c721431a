import { Elysia, t } from "elysia";
import { languageOf, OkResponse } from "#std";
import { readDeviceCookie, setDeviceCookie } from "./cookies.ts";
import type { AuthDeps, MailingDeps } from "./deps.ts";
import { guard } from "./guard.ts";
import { rememberDevice } from "./known_device.ts";
import { refuseForeignOrigin } from "./origin.ts";
import { completePasswordReset, previewPasswordReset, requestPasswordReset } from "./password_reset.ts";
import { Email, LinkToken, Password } from "./routes_schema.ts";
import { sessionAnswers } from "./session_answers.ts";

const ResetAnswer = t.Object({ email: t.String({ description: "The address of the account" }) });
const tags = ["auth"];

/** `/auth/password-reset`: a new password by mail. Tokens are in the body, so no log has them. */
export function resetRoutes(on: AuthDeps & MailingDeps) {
  const { appUrl } = on.config;
  const { caller } = sessionAnswers(on);
  return new Elysia({ prefix: "/auth/password-reset" })
    .use(guard(on))
    .get(
      "",
      function read() {
        return { isOn: on.config.mailServer !== null };
      },
      {
        public: true,
        response: t.Object({ isOn: t.Boolean({ description: "False: there is no mail; an owner helps" }) }),
        detail: {
          operationId: "readPasswordReset",
          summary: "Check whether passwords can be reset by mail",
          tags,
        },
      },
    )
    .post(
      "",
      async function request({ body, request, server, set }) {
        refuseForeignOrigin(request, appUrl);
        const { address } = caller(request, server);
        await requestPasswordReset(on, { ...body, address, language: languageOf(request) });
        set.status = 202;
        return { ok: true as const };
      },
      {
        public: true,
        body: t.Object({ email: Email }),
        response: { 202: OkResponse },
        detail: {
          operationId: "requestPasswordReset",
          summary: "Ask for a link to set a new password",
          description:
            "The answer is the same for every address; accounts get a mail, with a link for one hour. 409 `no-mail`, 429 `reset-limit`.",
          tags,
        },
      },
    )
    .post(
      "/preview",
      async function preview({ body }) {
        return await previewPasswordReset(on, body.token);
      },
      {
        public: true,
        body: t.Object({ token: LinkToken }),
        response: ResetAnswer,
        detail: {
          operationId: "previewPasswordReset",
          summary: "Get the account of a reset link",
          description: "410 `reset-over` for every link that cannot be used.",
          tags,
        },
      },
    )
    .post(
      "/complete",
      async function complete({ body, request, server, set }) {
        refuseForeignOrigin(request, appUrl);
        caller(request, server);
        const { userId, email } = await completePasswordReset(on, body);
        // Guesses from elsewhere must not keep the person out right after it.
        const devices = readDeviceCookie(request, appUrl);
        set.headers["set-cookie"] = setDeviceCookie(appUrl, await rememberDevice(on, { userId, devices }));
        return { email };
      },
      {
        public: true,
        body: t.Object({ token: LinkToken, password: Password }),
        response: ResetAnswer,
        detail: {
          operationId: "completePasswordReset",
          summary: "Set a new password with a reset link",
          description: "Works once. Ends all sessions of the account; then log in.",
          tags,
        },
      },
    );
}
