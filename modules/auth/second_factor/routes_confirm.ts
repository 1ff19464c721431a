import { Elysia, t } from "elysia";
import { OkResponse, oneOf } from "#std";
import type { AuthDeps } from "../deps.ts";
import { guard } from "../guard.ts";
import { Password } from "../routes_schema.ts";
import type { CodeDeps } from "./code_check.ts";
import {
  confirmByCode,
  confirmByPassword,
  confirmByPasskey,
  confirmMethods,
  startPasskeyConfirmation,
} from "./confirm.ts";
import { Code, RequestOptions, UsedCredential } from "./routes_schema.ts";

const tags = ["account"];
const ok = { ok: true as const };

/** `/account/confirmation`: a fresh proof that the caller is the person, for dangerous actions. */
export function confirmationRoutes(on: AuthDeps & CodeDeps) {
  return new Elysia({ prefix: "/account/confirmation" })
    .use(guard(on))
    .get(
      "",
      async function read({ principal }) {
        return { methods: await confirmMethods(on, principal.userId) };
      },
      {
        signedIn: true,
        response: t.Object({ methods: t.Array(oneOf(["password", "code", "passkey"])) }),
        detail: {
          operationId: "readConfirmation",
          summary: "Get the ways to confirm your identity",
          description: "People with a second factor use it; others use their password.",
          tags,
        },
      },
    )
    .get(
      "/check",
      function check() {
        return ok;
      },
      {
        signedIn: true,
        response: OkResponse,
        detail: {
          operationId: "checkConfirmation",
          summary: "Check that your identity was confirmed in the last ten minutes",
          description: "403 `confirmation-needed`. For downloads, which a browser opens by itself.",
          tags,
        },
      },
    )
    .post(
      "",
      async function confirm({ principal, body }) {
        if ("code" in body) await confirmByCode(on, principal, body.code);
        else await confirmByPassword(on, principal, body.password);
        return ok;
      },
      {
        signedIn: true,
        body: t.Union([t.Object({ code: Code }), t.Object({ password: Password })]),
        response: OkResponse,
        detail: {
          operationId: "confirmIdentity",
          summary: "Confirm your identity by a code or your password",
          description:
            "For ten minutes this session may do what answers 403 `confirmation-needed`. After five wrong ones 429.",
          tags,
        },
      },
    )
    .post(
      "/passkey-options",
      function start({ principal }) {
        return startPasskeyConfirmation(on, principal);
      },
      {
        signedIn: true,
        response: RequestOptions,
        detail: {
          operationId: "startPasskeyConfirmation",
          summary: "Get the options to confirm your identity by a passkey",
          tags,
        },
      },
    )
    .post(
      "/passkey",
      async function confirmPasskey({ principal, body }) {
        await confirmByPasskey(on, principal, body.credential);
        return ok;
      },
      {
        signedIn: true,
        body: t.Object({ credential: UsedCredential }),
        response: OkResponse,
        detail: { operationId: "confirmByPasskey", summary: "Confirm your identity by a passkey", tags },
      },
    );
}
