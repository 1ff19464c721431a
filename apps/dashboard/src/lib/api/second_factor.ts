import { answer, api, type Answer } from "./client.ts";

const factor = api.account["second-factor"];

/** The steps of a login after the password, or by a passkey alone. */
export const secondStep = {
  byCode: (body: { challenge: string; code: string; rememberDevice: boolean }) =>
    answer(api.auth.login.code.post(body)),
  options: (challenge: string | null) =>
    answer(api.auth.login["passkey-options"].post(challenge === null ? {} : { challenge })),
  byPasskey: (body: Parameters<typeof api.auth.login.passkey.post>[0]) =>
    answer(api.auth.login.passkey.post(body)),
};

/** Own authenticator app, passkeys, recovery codes and remembered devices. */
export const secondFactor = {
  read: () => answer(factor.get()),
  startTotp: () => answer(factor.totp.post()),
  confirmTotp: (code: string) => answer(factor.totp.confirm.post({ code })),
  removeTotp: () => answer(factor.totp.delete()),
  newRecoveryCodes: () => answer(factor["recovery-codes"].post()),
  passkeyOptions: () => answer(factor.passkeys.options.post()),
  addPasskey: (body: Parameters<typeof factor.passkeys.post>[0]) => answer(factor.passkeys.post(body)),
  removePasskey: (passkeyId: string) => answer(factor.passkeys({ passkeyId }).delete()),
  forgetDevice: (deviceId: string) => answer(factor.devices({ deviceId }).delete()),
};

/** A fresh proof of identity, for dangerous actions. */
export const confirmation = {
  methods: () => answer(api.account.confirmation.get()),
  check: () => answer(api.account.confirmation.check.get()),
  confirm: (body: { code: string } | { password: string }) => answer(api.account.confirmation.post(body)),
  options: () => answer(api.account.confirmation["passkey-options"].post()),
  byPasskey: (body: Parameters<typeof api.account.confirmation.passkey.post>[0]) =>
    answer(api.account.confirmation.passkey.post(body)),
};

export const accountRules = {
  read: () => answer(api.team["account-rules"].get()),
  change: (needsSecondFactor: boolean) => answer(api.team["account-rules"].put({ needsSecondFactor })),
  reset: (userId: string) => answer(api.team.members({ userId })["second-factor"].delete()),
};

export type SecondFactor = Answer<typeof secondFactor.read>;
export type Passkey = SecondFactor["passkeys"][number];
export type ConfirmMethod = Answer<typeof confirmation.methods>["methods"][number];
