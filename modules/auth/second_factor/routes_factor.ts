import { Elysia, t } from "elysia";
import { Nullable, OkResponse, Uuid } from "#std";
import { recordActivity } from "../activity/record.ts";
import { readTrustedCookie } from "../cookies.ts";
import type { AuthDeps } from "../deps.ts";
import { guard } from "../guard.ts";
import { problem } from "../problems.ts";
import { Name } from "../routes_schema.ts";
import type { CodeDeps } from "./code_check.ts";
import { hasFactor, holdFactors, readFactors, readRequirement } from "./factor_store.ts";
import { listPasskeys } from "./passkey_store.ts";
import { addPasskey, passkeyCreation, removePasskey } from "./passkeys.ts";
import { makeRecoveryCodes } from "./recovery_codes.ts";
import { forgetDevice, listDevices } from "./remembered_devices.ts";
import { CreationOptions, NewCredential, Passkey, RecoveryCodes, SecondFactor } from "./routes_schema.ts";
import { confirmTotp, removeTotp, startTotp } from "./totp.ts";

const tags = ["account"];
const ok = { ok: true as const };

async function readSecondFactor(on: AuthDeps, { userId, cookie }: { userId: string; cookie: string | null }) {
  const [factors, passkeys, devices, isRequired] = await Promise.all([
    readFactors(on.sql, userId),
    listPasskeys(on.sql, userId),
    listDevices(on.sql, { userId, cookie }),
    readRequirement(on.sql),
  ]);
  return {
    hasTotp: factors.hasTotp,
    passkeys,
    recoveryCodesLeft: factors.recoveryCodes,
    isRequired,
    devices,
  };
}

/** Replaces the caller's recovery codes. Throws 409 `second-factor-none`. */
async function renewCodes(on: AuthDeps, userId: string): Promise<string[]> {
  return await on.sql.begin(async (tx) => {
    await holdFactors(tx, userId);
    if (!hasFactor(await readFactors(tx, userId))) throw problem("second-factor-none");
    await recordActivity(tx, { action: "user.recovery-codes-made", subject: { id: userId } });
    return await makeRecoveryCodes(tx, userId);
  });
}

/** `/account/second-factor`: the caller's authenticator app, passkeys, recovery codes and remembered devices. */
export function secondFactorRoutes(on: AuthDeps & CodeDeps) {
  return new Elysia({ prefix: "/account/second-factor" })
    .use(guard(on))
    .get(
      "",
      function read({ principal: { userId }, request }) {
        return readSecondFactor(on, { userId, cookie: readTrustedCookie(request, on.config.appUrl) });
      },
      {
        signedIn: true,
        response: SecondFactor,
        detail: { operationId: "readSecondFactor", summary: "Get your second factors", tags },
      },
    )
    .post(
      "/totp",
      function start({ principal }) {
        return startTotp(on, principal.userId);
      },
      {
        signedIn: true,
        response: t.Object({
          secret: t.String({ description: "Base32, to type" }),
          uri: t.String({ description: "`otpauth://…`, for a QR code" }),
        }),
        detail: {
          operationId: "startTotp",
          summary: "Begin to set up an authenticator app",
          description: "It is no second factor before its first code. 409 `totp-there`.",
          tags,
        },
      },
    )
    .post(
      "/totp/confirm",
      async function confirm({ principal, body }) {
        return { recoveryCodes: await confirmTotp(on, { ...principal, code: body.code }) };
      },
      {
        signedIn: true,
        body: t.Object({ code: t.String({ pattern: "^[0-9]{6}$", maxLength: 6, examples: ["123456"] }) }),
        response: t.Object({ recoveryCodes: Nullable(RecoveryCodes) }),
        detail: {
          operationId: "confirmTotp",
          summary: "Finish setting up an authenticator app",
          description:
            "Ends your other sessions. Recovery codes come with the first second factor. 422 `code-wrong`.",
          tags,
        },
      },
    )
    .delete(
      "/totp",
      async function remove({ principal }) {
        await removeTotp(on, principal);
        return ok;
      },
      {
        signedIn: true,
        response: OkResponse,
        detail: {
          operationId: "removeTotp",
          summary: "Remove your authenticator app",
          description: "Ends your other sessions. 409 `second-factor-last` where one is required.",
          tags,
        },
      },
    )
    .post(
      "/recovery-codes",
      async function renew({ principal }) {
        return { recoveryCodes: await renewCodes(on, principal.userId) };
      },
      {
        signedIn: true,
        response: t.Object({ recoveryCodes: RecoveryCodes }),
        detail: {
          operationId: "makeRecoveryCodes",
          summary: "Make new recovery codes",
          description: "The former ones stop working.",
          tags,
        },
      },
    )
    .post(
      "/passkeys/options",
      function startPasskey({ principal }) {
        return passkeyCreation(on, principal);
      },
      {
        signedIn: true,
        response: CreationOptions,
        detail: { operationId: "startPasskey", summary: "Get the options of a new passkey", tags },
      },
    )
    .post(
      "/passkeys",
      function add({ principal: { userId, sessionId }, body }) {
        return addPasskey(on, { userId, sessionId, ...body });
      },
      {
        signedIn: true,
        body: t.Object({ name: Name, credential: NewCredential }),
        response: t.Object({ passkey: Passkey, recoveryCodes: Nullable(RecoveryCodes) }),
        detail: {
          operationId: "addPasskey",
          summary: "Add a passkey",
          description:
            "Ends your other sessions. At most 20. Recovery codes come with the first second factor. 422 `passkey-refused`, 409 `passkey-there`.",
          tags,
        },
      },
    )
    .delete(
      "/passkeys/:passkeyId",
      async function removeOne({ principal: { userId, sessionId }, params: { passkeyId } }) {
        await removePasskey(on, { userId, sessionId, passkeyId });
        return ok;
      },
      {
        signedIn: true,
        params: t.Object({ passkeyId: Uuid }),
        response: OkResponse,
        detail: {
          operationId: "removePasskey",
          summary: "Remove a passkey",
          description: "Ends your other sessions. 409 `second-factor-last` where one is required.",
          tags,
        },
      },
    )
    .delete(
      "/devices/:deviceId",
      async function forget({ principal: { userId }, params: { deviceId } }) {
        await forgetDevice(on, { userId, deviceId });
        return ok;
      },
      {
        signedIn: true,
        params: t.Object({ deviceId: Uuid }),
        response: OkResponse,
        detail: {
          operationId: "forgetDevice",
          summary: "Forget a remembered device",
          description: "It needs a second factor at the next login.",
          tags,
        },
      },
    );
}
