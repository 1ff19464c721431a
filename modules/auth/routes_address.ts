import { Elysia, t } from "elysia";
import { IsoTime, Nullable, oneOf } from "#std";
import {
  confirmAddress,
  pendingAddress,
  previewAddress,
  requestAddressChange,
  undoAddress,
} from "./address_change.ts";
import { readDeviceCookie, setDeviceCookie } from "./cookies.ts";
import type { AuthDeps, MailingDeps } from "./deps.ts";
import { guard } from "./guard.ts";
import { rememberDevice } from "./known_device.ts";
import { refuseForeignOrigin } from "./origin.ts";
import { Email, LinkToken, Password } from "./routes_schema.ts";
import { sessionAnswers } from "./session_answers.ts";

const Pending = t.Object({ email: t.String(), expiresAt: IsoTime });
const EmailAnswer = t.Object({ email: t.String({ description: "The address of the account now" }) });

/** `/account/address`: another address for the own account. */
export function ownAddressRoutes(on: AuthDeps & MailingDeps) {
  const tags = ["account"];
  return new Elysia({ prefix: "/account/address" })
    .use(guard(on))
    .get(
      "",
      async function read({ principal }) {
        return {
          pending: await pendingAddress(on, principal.userId),
          hasMail: on.config.mailServer !== null,
        };
      },
      {
        signedIn: true,
        response: t.Object({
          pending: Nullable(Pending),
          hasMail: t.Boolean({ description: "False: there is no mail to confirm an address with" }),
        }),
        detail: {
          operationId: "readAddressChange",
          summary: "Get your new address that waits for its confirmation",
          tags,
        },
      },
    )
    .post(
      "",
      async function change({ principal, body: { email, currentPassword }, set }) {
        const given = { userId: principal.userId, email, password: currentPassword };
        const pending = await requestAddressChange(on, given);
        set.status = 202;
        return { pending };
      },
      {
        signedIn: true,
        body: t.Object({ email: Email, currentPassword: Password }),
        response: { 202: t.Object({ pending: Pending }) },
        detail: {
          operationId: "requestAddressChange",
          summary: "Change your address",
          description:
            "The new address gets a link that confirms it, for one hour. 409 `no-mail`, `email-in-use`; 429 `reset-limit`, `password-guesses`.",
          tags,
        },
      },
    );
}

/** `/auth/address` for the readers of a link. The token is in the body, so no log has it. */
export function addressRoutes(on: AuthDeps & MailingDeps) {
  const { appUrl } = on.config;
  const { caller } = sessionAnswers(on);
  const tags = ["auth"];
  return new Elysia({ prefix: "/auth/address" })
    .use(guard(on))
    .post(
      "/preview",
      async function preview({ body }) {
        return await previewAddress(on, body);
      },
      {
        public: true,
        body: t.Object({ token: LinkToken, kind: oneOf(["address", "undo"]) }),
        response: t.Object({
          email: t.String({ description: "The address that the account gets" }),
          accountEmail: t.String({ description: "The address of the account now" }),
        }),
        detail: {
          operationId: "previewAddress",
          summary: "Get the addresses of a link",
          description: "410 `address-over` for every link that cannot be used.",
          tags,
        },
      },
    )
    .post(
      "/confirm",
      async function confirm({ body, request, server }) {
        refuseForeignOrigin(request, appUrl);
        caller(request, server);
        return await confirmAddress(on, body.token);
      },
      {
        public: true,
        body: t.Object({ token: LinkToken }),
        response: EmailAnswer,
        detail: {
          operationId: "confirmAddress",
          summary: "Confirm a new address",
          description: "Works once. The former address gets a link that undoes it, for seven days.",
          tags,
        },
      },
    )
    .post(
      "/undo",
      async function undo({ body, request, server, set }) {
        refuseForeignOrigin(request, appUrl);
        caller(request, server);
        const { userId, email } = await undoAddress(on, body);
        const devices = readDeviceCookie(request, appUrl);
        set.headers["set-cookie"] = setDeviceCookie(appUrl, await rememberDevice(on, { userId, devices }));
        return { email };
      },
      {
        public: true,
        body: t.Object({ token: LinkToken, password: Password }),
        response: EmailAnswer,
        detail: {
          operationId: "undoAddress",
          summary: "Take an account back with its former address",
          description: "Restores the address, sets a password and ends all sessions; then log in.",
          tags,
        },
      },
    );
}
