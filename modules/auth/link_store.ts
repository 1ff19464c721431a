import { sql } from "drizzle-orm";
import { type Handle, orm } from "#db";
import { sha256Hex } from "#std";

export type LinkKind = "reset" | "address" | "undo";

/** How long a link works. */
export const linkHours: Readonly<Record<LinkKind, number>> = { reset: 1, address: 1, undo: 7 * 24 };

export interface NewLink {
  kind: LinkKind;
  userId: string;
  token: string;
  /** The address that the account gets; null for `reset`. */
  email: string | null;
}

export interface Link {
  userId: string;
  /** Of the account now. */
  name: string;
  accountEmail: string;
  language: string | null;
  /** What the link gives. */
  email: string | null;
  createdAt: string;
}

const columns = sql`u.id as "userId", u.name, u.email as "accountEmail", u.language, l.email, l.created_at as "createdAt"`;
const isOpen = (token: string, kind: LinkKind) => sql`
  l.token_hash = ${sha256Hex(token)} and l.kind = ${kind} and l.expires_at > now()
  and u.id = l.user_id and u.deactivated_at is null`;

export async function insertLink(db: Handle, { kind, userId, token, email }: NewLink): Promise<void> {
  await orm(db).execute(sql`
    insert into auth.mailed_links (token_hash, kind, user_id, email, expires_at)
    values (${sha256Hex(token)}, ${kind}, ${userId}, ${email}, now() + make_interval(hours => ${linkHours[kind]}))`);
}

/** The open link of a token; null for every other token, and for the link of a closed account. */
export async function readLink(
  db: Handle,
  { token, kind }: { token: string; kind: LinkKind },
): Promise<Link | null> {
  const [row] = await orm(db).execute<Link & Record<string, unknown>>(sql`
    select ${columns} from auth.mailed_links l, auth.users u where ${isOpen(token, kind)}`);
  return row ?? null;
}

/** Uses a link: of two at once one gets it. */
export async function takeLink(
  db: Handle,
  { token, kind }: { token: string; kind: LinkKind },
): Promise<Link | null> {
  const [row] = await orm(db).execute<Link & Record<string, unknown>>(sql`
    delete from auth.mailed_links l using auth.users u where ${isOpen(token, kind)} returning ${columns}`);
  return row ?? null;
}

/** The new address that waits for its confirmation. */
export async function readPendingAddress(
  db: Handle,
  userId: string,
): Promise<{ email: string; expiresAt: Date } | null> {
  const [row] = await orm(db).execute<{ email: string; expiresAt: string }>(sql`
    select email, expires_at as "expiresAt" from auth.mailed_links
    where user_id = ${userId} and kind = 'address' and expires_at > now()`);
  return row ? { email: row.email, expiresAt: new Date(row.expiresAt) } : null;
}

/** Ends the link for a new address, before another one. */
export async function endAddressLinks(db: Handle, userId: string): Promise<void> {
  await orm(db).execute(sql`delete from auth.mailed_links where user_id = ${userId} and kind = 'address'`);
}

/**
 * Ends a person's links for a new password or address. `undo` links stay: they are the way back of a person whose
 * account somebody else has taken, so nothing that a thief does ends them.
 */
export async function endLinks(db: Handle, userId: string): Promise<void> {
  await orm(db).execute(sql`delete from auth.mailed_links where user_id = ${userId} and kind <> 'undo'`);
}

/** Ends the `undo` links that were mailed after this time. */
export async function endLaterUndos(
  db: Handle,
  { userId, createdAt }: { userId: string; createdAt: string },
): Promise<void> {
  await orm(db).execute(sql`
    delete from auth.mailed_links
    where user_id = ${userId} and kind = 'undo' and created_at > ${createdAt}::timestamptz`);
}

/** Deletes links that are past their time. */
export function deleteExpiredLinks(db: Handle, most: number) {
  return db`
    delete from auth.mailed_links where token_hash = any(array(
      select token_hash from auth.mailed_links where expires_at < now() order by expires_at limit ${most}))`;
}
