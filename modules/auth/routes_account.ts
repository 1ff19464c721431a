import { Elysia, t } from "elysia";
import { Nullable, OkResponse, Uuid } from "#std";
import { readDeviceCookie, setDeviceCookie } from "./cookies.ts";
import type { AuthDeps, MailingDeps } from "./deps.ts";
import { guard } from "./guard.ts";
import { rememberDevice } from "./known_device.ts";
import {
  changeOwnPassword,
  changeOwnSettings,
  endAllSessions,
  endOneSession,
  listSessions,
} from "./my_account.ts";
import { Name, Password, Session, User, userView } from "./routes_schema.ts";

const tags = ["account"];

/** `/account`: the caller's own settings, password and sessions. */
export function accountRoutes(on: AuthDeps & MailingDeps) {
  return new Elysia({ prefix: "/account" })
    .use(guard(on))
    .patch(
      "",
      async function changeAccount({ principal, body }) {
        return { user: userView(await changeOwnSettings(on, principal.userId, body)) };
      },
      {
        signedIn: true,
        body: t.Object(
          {
            name: t.Optional(Name),
            language: t.Optional(
              Nullable(
                t.String({
                  pattern: "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,1}$",
                  maxLength: 12,
                  examples: ["es"],
                }),
              ),
            ),
            timeZone: t.Optional(Nullable(t.String({ maxLength: 64 }))),
          },
          { minProperties: 1 },
        ),
        response: t.Object({ user: User }),
        detail: {
          operationId: "changeAccount",
          summary: "Change your name, language or time zone",
          description: "null for a language or time zone: the browser's.",
          tags,
        },
      },
    )
    .post(
      "/password",
      async function changePassword({ principal, body, request, set }) {
        await changeOwnPassword(on, principal, body);
        const { appUrl } = on.config;
        const devices = readDeviceCookie(request, appUrl);
        // The former mark of this browser was made from the former password.
        const mark = await rememberDevice(on, { userId: principal.userId, devices });
        set.headers["set-cookie"] = setDeviceCookie(appUrl, mark);
        return { ok: true as const };
      },
      {
        signedIn: true,
        body: t.Object({ currentPassword: Password, newPassword: Password }),
        response: OkResponse,
        detail: {
          operationId: "changePassword",
          summary: "Change your password",
          description:
            "Ends your other sessions. After five wrong current passwords, 429 `password-guesses`.",
          tags,
        },
      },
    )
    .get(
      "/sessions",
      async function list({ principal }) {
        return { items: await listSessions(on, principal) };
      },
      {
        signedIn: true,
        response: t.Object({ items: t.Array(Session) }),
        detail: {
          operationId: "listSessions",
          summary: "List your sessions",
          description: "At most 100, the last used first.",
          tags,
        },
      },
    )
    .delete(
      "/sessions/:sessionId",
      async function end({ principal: { userId }, params: { sessionId } }) {
        await endOneSession(on, { userId, sessionId });
        return { ok: true as const };
      },
      {
        signedIn: true,
        params: t.Object({ sessionId: Uuid }),
        response: OkResponse,
        detail: { operationId: "endSession", summary: "End one of your sessions", tags },
      },
    )
    .post(
      "/sessions/end-others",
      async function endOthers({ principal: { userId, sessionId } }) {
        return { ended: await endAllSessions(on, { userId, except: sessionId }) };
      },
      {
        signedIn: true,
        response: t.Object({ ended: t.Integer({ description: "How many there were." }) }),
        detail: { operationId: "endOtherSessions", summary: "End all your other sessions", tags },
      },
    );
}
