import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { Static } from "@sinclair/typebox";
import type { Handle } from "#db";
import { log, notFound } from "#std";
import { recordActivity } from "../activity/record.ts";
import type { AuthDeps } from "../deps.ts";
import { problem } from "../problems.ts";
import { readUser } from "../user_store.ts";
import { isPasskeyChallenge, issuePasskeyChallenge, type PasskeyUse, useChallenge } from "./challenge.ts";
import { afterRemoval, holdFactors } from "./factor_store.ts";
import {
  countUse,
  insertPasskey,
  listPasskeys,
  type Passkey,
  type PasskeyRow,
  readPasskey,
  readPasskeysOf,
} from "./passkey_store.ts";
import type { CreationOptions, RequestOptions } from "./routes_schema.ts";
import { afterAddition, type Self } from "./totp.ts";

export type PasskeyDeps = Pick<AuthDeps, "sql" | "clock"> & {
  config: Pick<AuthDeps["config"], "jwtSecret" | "appUrl">;
};

const mostPasskeys = 20;

// Ed25519, ES256 and RS256 (COSE), one of which every authenticator has. The library's own list begins with ML-DSA, whose
// signatures have 3 KB and which few runtimes verify.
const algorithms = [-8, -7, -257];

/** Where passkeys are for: the address of this installation. A page of any other address gets no signature. */
function party({ config }: PasskeyDeps): { rpID: string; origin: string } {
  const { hostname, origin } = new URL(config.appUrl);
  return { rpID: hostname, origin };
}

const described = ({ credentialId, transports }: PasskeyRow) => ({
  id: credentialId,
  type: "public-key" as const,
  transports,
});

/** What the browser needs to make a passkey. */
export async function passkeyCreation(
  on: PasskeyDeps,
  { userId, sessionId }: Self,
): Promise<Static<typeof CreationOptions>> {
  const user = await readUser(on.sql, userId);
  if (!user) throw problem("unauthenticated");
  const known = (await readPasskeysOf(on.sql, userId)).map(described);
  // Discoverable, so that it logs in without an e-mail address.
  const authenticatorSelection = { residentKey: "required", userVerification: "preferred" } as const;
  const {
    rp,
    user: person,
    challenge,
    pubKeyCredParams,
    timeout = 60_000,
  } = await generateRegistrationOptions({
    rpName: "MessageSender",
    rpID: party(on).rpID,
    userName: user.email,
    userDisplayName: user.name,
    userID: new TextEncoder().encode(userId),
    challenge: issuePasskeyChallenge(on, "add", sessionId),
    attestationType: "none",
    supportedAlgorithmIDs: algorithms,
    authenticatorSelection,
  });
  return {
    rp: { name: rp.name, id: party(on).rpID },
    user: person,
    challenge,
    pubKeyCredParams,
    timeout,
    excludeCredentials: known,
    authenticatorSelection: { ...authenticatorSelection, requireResidentKey: true },
    attestation: "none",
  };
}

/** The result of a verification; null for an answer that proves nothing, however it is malformed. */
async function verified<T extends { verified: boolean }>(work: () => Promise<T>): Promise<T | null> {
  try {
    const result = await work();
    return result.verified ? result : null;
  } catch (error) {
    // Not its message, which repeats what strangers sent.
    log.warn("Passkey refused", { reason: error instanceof Error ? error.name : "unknown" });
    return null;
  }
}

/** The challenge that the browser signed. */
function challengeIn(clientDataJSON: string): string {
  const data: unknown = JSON.parse(Buffer.from(clientDataJSON, "base64url").toString("utf8"));
  const found = typeof data === "object" && data !== null && "challenge" in data ? data.challenge : null;
  return typeof found === "string" ? found : "";
}

/**
 * Adds a passkey and ends the person's other sessions. Returns recovery codes if there were none. Throws 422
 * `passkey-refused` and 409 `passkey-there`.
 */
export async function addPasskey(
  on: PasskeyDeps,
  { userId, sessionId, name, credential }: Self & { name: string; credential: RegistrationResponseJSON },
): Promise<{ passkey: Passkey; recoveryCodes: string[] | null }> {
  const { rpID, origin } = party(on);
  const result = await verified(() =>
    verifyRegistrationResponse({
      response: credential,
      expectedChallenge: (challenge) => isPasskeyChallenge(on, challenge, { use: "add", subject: sessionId }),
      expectedOrigin: origin,
      expectedRPID: rpID,
      supportedAlgorithmIDs: algorithms,
      requireUserVerification: false,
    }),
  );
  if (!result?.registrationInfo) throw problem("passkey-refused");
  const made = result.registrationInfo.credential;
  return await on.sql.begin(async (tx) => {
    await holdFactors(tx, userId);
    if (!(await useChallenge(tx, challengeIn(credential.response.clientDataJSON))))
      throw problem("passkey-refused");
    const id = await insertPasskey(tx, { userId, credential: made, name: name.trim(), most: mostPasskeys });
    if (id === null) throw problem("passkey-there", { most: mostPasskeys });
    await recordActivity(tx, {
      action: "user.passkey-added",
      subject: { id: userId },
      after: { name: name.trim() },
    });
    const recoveryCodes = await afterAddition(tx, { userId, sessionId });
    const passkey = (await listPasskeys(tx, userId)).find((one) => one.id === id);
    if (!passkey) throw new Error("Cannot add a passkey: it is not in the list");
    return { passkey, recoveryCodes };
  });
}

/** Takes a passkey away. Throws 404 without it, and 409 when it is the last factor and one is needed. */
export async function removePasskey(
  on: Pick<AuthDeps, "sql">,
  { userId, sessionId, passkeyId }: Self & { passkeyId: string },
): Promise<void> {
  await on.sql.begin(async (tx) => {
    await holdFactors(tx, userId);
    const [row] = await tx<{ name: string }[]>`
      delete from auth.passkeys where id = ${passkeyId} and user_id = ${userId} returning name`;
    if (!row) throw notFound("passkey");
    await recordActivity(tx, {
      action: "user.passkey-removed",
      subject: { id: userId },
      before: { name: row.name },
    });
    await afterRemoval(tx, { userId, sessionId });
  });
}

/** What the browser needs to use a passkey: of one person, or any that it finds, which must then verify the person. */
export async function passkeyRequest(
  on: PasskeyDeps,
  { use, subject, userId }: { use: PasskeyUse; subject: string; userId: string | null },
): Promise<Static<typeof RequestOptions>> {
  const known = userId === null ? [] : await readPasskeysOf(on.sql, userId);
  const userVerification = userId === null ? "required" : "preferred";
  const { challenge, timeout = 60_000 } = await generateAuthenticationOptions({
    rpID: party(on).rpID,
    challenge: issuePasskeyChallenge(on, use, subject),
  });
  return {
    rpId: party(on).rpID,
    challenge,
    timeout,
    userVerification,
    ...(userId !== null && { allowCredentials: known.map(described) }),
  };
}

export interface PasskeyAnswer {
  use: PasskeyUse;
  subject: string;
  /** Whose passkey it must be; null: of anybody, with a PIN, a finger or a face. */
  userId: string | null;
  credential: AuthenticationResponseJSON;
}

/** A passkey that was proven, to be used up in the transaction of its effect. */
export interface ProvenPasskey {
  userId: string;
  /** Throws 422 `passkey-refused` when the challenge was used before, or the counter did not move on. */
  useUp(tx: Handle): Promise<void>;
}

/** Checks the answer of a passkey. Throws 422 `passkey-refused`. */
export async function provePasskey(
  on: PasskeyDeps,
  { use, subject, userId, credential }: PasskeyAnswer,
): Promise<ProvenPasskey> {
  const row = await readPasskey(on.sql, credential.id);
  if (!row || (userId !== null && row.userId !== userId)) throw problem("passkey-refused");
  const { rpID, origin } = party(on);
  const result = await verified(() =>
    verifyAuthenticationResponse({
      response: credential,
      expectedChallenge: (challenge) => isPasskeyChallenge(on, challenge, { use, subject }),
      expectedOrigin: origin,
      expectedRPID: rpID,
      requireUserVerification: userId === null,
      credential: {
        id: row.credentialId,
        publicKey: new Uint8Array(Buffer.from(row.publicKey, "base64url")),
        counter: row.counter,
      },
    }),
  );
  if (!result) throw problem("passkey-refused");
  const { newCounter } = result.authenticationInfo;
  return {
    userId: row.userId,
    async useUp(tx) {
      const isFresh = await useChallenge(tx, challengeIn(credential.response.clientDataJSON));
      if (!isFresh || !(await countUse(tx, { id: row.id, counter: newCounter })))
        throw problem("passkey-refused");
    },
  };
}
