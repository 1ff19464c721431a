/**
 * Operations that need a proof of identity from the last ten minutes, by operationId: "everybody", or only people with a
 * second factor where the request itself has the password. Logging in is such a proof. This is the only list.
 */
export const confirmedOperations: Readonly<Record<string, "everybody" | "second-factor">> = {
  changePassword: "second-factor",
  requestAddressChange: "second-factor",
  setOwnership: "everybody",
  transferOwnership: "everybody",
  deleteMember: "everybody",
  resetSecondFactor: "everybody",
  changeAccountRules: "everybody",
  startTotp: "everybody",
  removeTotp: "everybody",
  startPasskey: "everybody",
  removePasskey: "everybody",
  makeRecoveryCodes: "everybody",
  exportActivity: "everybody",
  checkConfirmation: "everybody",
};

/** How long a proof is recent. */
export const confirmedMinutes = 10;

/** Operations for people who still need a second factor; they can do nothing else. */
export const operationsWithoutFactor: ReadonlySet<string> = new Set([
  "readMe",
  "readSecondFactor",
  "startTotp",
  "confirmTotp",
  "startPasskey",
  "addPasskey",
  "makeRecoveryCodes",
  "readConfirmation",
  "confirmIdentity",
  "startPasskeyConfirmation",
  "confirmByPasskey",
]);
