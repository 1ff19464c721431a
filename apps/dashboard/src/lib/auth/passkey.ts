import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";
import { m } from "#lib/paraglide/messages.js";

/** Words for what the browser says: its own are for developers. */
function worded(error: unknown): Error {
  const name = error instanceof Error ? error.name : "";
  if (name === "InvalidStateError") return new Error(m.auth_passkey_known());
  if (name === "NotAllowedError" || name === "AbortError") return new Error(m.auth_passkey_cancelled());
  return new Error(m.auth_passkey_impossible(), { cause: error });
}

async function ask<T>(work: () => Promise<T>): Promise<T> {
  if (!browserSupportsWebAuthn()) throw new Error(m.auth_passkey_impossible());
  try {
    return await work();
  } catch (error) {
    throw worded(error);
  }
}

/** Lets the browser make a passkey. Throws with words when it was cancelled, known already, or impossible here. */
export function makePasskey(optionsJSON: PublicKeyCredentialCreationOptionsJSON) {
  return ask(() => startRegistration({ optionsJSON }));
}

/** Lets the browser use a passkey. Throws with words when it was cancelled, or impossible here. */
export function usePasskey(optionsJSON: PublicKeyCredentialRequestOptionsJSON) {
  return ask(() => startAuthentication({ optionsJSON }));
}
