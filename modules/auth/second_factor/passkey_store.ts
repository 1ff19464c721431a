import type { WebAuthnCredential } from "@simplewebauthn/server";
import type { Handle } from "#db";

export interface PasskeyRow {
  id: string;
  userId: string;
  credentialId: string;
  publicKey: string;
  counter: number;
  transports: string[];
}

const columns = `id, user_id as "userId", credential_id as "credentialId", public_key as "publicKey", counter::float8 as counter,
  transports`;

export async function readPasskey(db: Handle, credentialId: string): Promise<PasskeyRow | null> {
  const [row] = await db<PasskeyRow[]>`
    select ${db.unsafe(columns)} from auth.passkeys where credential_id = ${credentialId}`;
  return row ?? null;
}

export async function readPasskeysOf(db: Handle, userId: string): Promise<PasskeyRow[]> {
  return await db<PasskeyRow[]>`
    select ${db.unsafe(columns)} from auth.passkeys where user_id = ${userId} order by id`;
}

/** Adds a passkey; null when the authenticator's credential is known already, or the person has `most`. */
export async function insertPasskey(
  tx: Handle,
  {
    userId,
    credential,
    name,
    most,
  }: { userId: string; credential: WebAuthnCredential; name: string; most: number },
): Promise<string | null> {
  const publicKey = Buffer.from(credential.publicKey).toString("base64url");
  const transports = (credential.transports ?? []).slice(0, 10).map((one) => one.slice(0, 40));
  const [row] = await tx<{ id: string }[]>`
    insert into auth.passkeys (user_id, credential_id, public_key, counter, transports, name)
    select ${userId}, ${credential.id}, ${publicKey}, ${credential.counter}, ${transports}::text[], ${name}
    where (select count(*) from auth.passkeys where user_id = ${userId}) < ${most}
    on conflict do nothing returning id`;
  return row?.id ?? null;
}

/** Moves the counter on; false when another use was counted meanwhile, as a copy of the authenticator would. */
export async function countUse(
  tx: Handle,
  { id, counter }: { id: string; counter: number },
): Promise<boolean> {
  const rows = await tx`
    update auth.passkeys set counter = ${counter}, last_used_at = now()
    where id = ${id} and (counter < ${counter} or (counter = 0 and ${counter} = 0)) returning id`;
  return rows.length === 1;
}

export interface Passkey {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt: string | null;
}

export async function listPasskeys(db: Handle, userId: string): Promise<Passkey[]> {
  const rows = await db<{ id: string; name: string; createdAt: string; lastUsedAt: string | null }[]>`
    select id, name, created_at as "createdAt", last_used_at as "lastUsedAt" from auth.passkeys
    where user_id = ${userId} order by id`;
  return rows.map((row) => ({
    ...row,
    createdAt: new Date(row.createdAt).toISOString(),
    lastUsedAt: row.lastUsedAt === null ? null : new Date(row.lastUsedAt).toISOString(),
  }));
}
