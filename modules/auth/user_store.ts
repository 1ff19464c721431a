import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { type Handle, orm } from "#db";
import { loginAttempts, users } from "#db/auth";
import { isOpen } from "./login_budget.ts";

export interface User {
  id: string;
  email: string;
  name: string;
  isOwner: boolean;
  language: string | null;
  timeZone: string | null;
  createdAt: Date;
}

export interface Credentials {
  id: string;
  name: string;
  passwordHash: string;
  isDeactivated: boolean;
}

export type LoginOutcome = "success" | "wrong" | "limited" | "deactivated";

export interface LoginAttempt {
  email: string;
  userId: string | null;
  outcome: LoginOutcome;
  address: string;
  userAgent: string;
}

const userColumns = {
  id: users.id,
  email: users.email,
  name: users.name,
  isOwner: users.isOwner,
  language: users.language,
  timeZone: users.timeZone,
  createdAt: users.createdAt,
};

const isEmail = (email: string) => sql`lower(${users.email}) = lower(${email})`;
const accountOf = (email: SQL | typeof users.email) =>
  sql<string>`encode(sha256(convert_to(lower(${email}), 'UTF8')), 'hex')`;

/** The names of these people by id, without unknown ids. Includes deactivated people. */
export async function userNames(db: Handle, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await orm(db)
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(inArray(users.id, [...new Set(ids)]));
  return new Map(rows.map((row) => [row.id, row.name]));
}

export async function readUser(db: Handle, userId: string): Promise<User | null> {
  const [row] = await orm(db).select(userColumns).from(users).where(eq(users.id, userId));
  return row ?? null;
}

export async function readUserByEmail(db: Handle, email: string): Promise<User | null> {
  const [row] = await orm(db).select(userColumns).from(users).where(isEmail(email));
  return row ?? null;
}

/** The account of an e-mail address, under which attempts are counted, whether or not it exists. */
export async function readAccount(db: Handle, email: string): Promise<string> {
  const [row] = await orm(db).execute<{ account: string }>(
    sql`select ${accountOf(sql`${email}::text`)} as account`,
  );
  if (!row) throw new Error("Cannot count attempts: the database returned no row");
  return row.account;
}

/**
 * The account of an e-mail address, with the credentials of its person if there is one. The database hashes its own
 * lower case, by which it also finds the person: two spellings of one person never count separately.
 */
export async function readCredentials(
  db: Handle,
  { email, now }: { email: string; now: number },
): Promise<{ account: string; isOpen: boolean; credentials: Credentials | null }> {
  const named = accountOf(sql`${email}::text`);
  const [row] = await orm(db)
    .select({
      account: named,
      isOpen: isOpen(named, now),
      credentials: {
        id: users.id,
        name: users.name,
        passwordHash: users.passwordHash,
        isDeactivated: sql<boolean>`${users.deactivatedAt} is not null`,
      },
    })
    .from(sql`(select) as one`)
    .leftJoin(users, isEmail(email));
  if (!row) throw new Error("Cannot read the credentials: the database returned no row");
  const { credentials, ...account } = row;
  const isThere = credentials?.id && credentials.name !== null && credentials.passwordHash;
  return { ...account, credentials: isThere ? credentials : null };
}

/** Adds a person; null if the address is taken. */
export async function insertUser(
  db: Handle,
  user: { email: string; name: string; passwordHash: string; isOwner: boolean },
): Promise<User | null> {
  const [row] = await orm(db).insert(users).values(user).onConflictDoNothing().returning(userColumns);
  return row ?? null;
}

/** The person with the verified password; null if the account was closed or its password changed since. */
export async function readAccepted(
  db: Handle,
  { id, passwordHash }: { id: string; passwordHash: string },
): Promise<User | null> {
  const [row] = await orm(db)
    .select(userColumns)
    .from(users)
    .where(and(eq(users.id, id), eq(users.passwordHash, passwordHash), isNull(users.deactivatedAt)));
  return row ?? null;
}

export async function readPasswordHash(db: Handle, userId: string): Promise<string> {
  const [row] = await orm(db).select({ hash: users.passwordHash }).from(users).where(eq(users.id, userId));
  return row?.hash ?? "";
}

/** The account's own settings, which its person may change. */
export type OwnSettings = Partial<Pick<User, "name" | "language" | "timeZone">>;

export async function updateUser(db: Handle, userId: string, change: OwnSettings): Promise<User | null> {
  const [row] = await orm(db).update(users).set(change).where(eq(users.id, userId)).returning(userColumns);
  return row ?? null;
}

/** Gives an account another address; false if another account has it. */
export async function setEmail(
  db: Handle,
  { userId, email }: { userId: string; email: string },
): Promise<boolean> {
  try {
    const rows = await orm(db)
      .update(users)
      .set({ email })
      .where(and(eq(users.id, userId), isNull(users.deletedAt)))
      .returning({ id: users.id });
    return rows.length === 1;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : null;
    if (cause instanceof Error && "code" in cause && cause.code === "23505") return false;
    throw error;
  }
}

/** The account of a person, under which attempts are counted. */
export async function accountOfUser(db: Handle, userId: string): Promise<string> {
  const [row] = await orm(db)
    .select({ account: accountOf(users.email) })
    .from(users)
    .where(eq(users.id, userId));
  if (!row) throw new Error("Cannot count attempts: this person has no account");
  return row.account;
}

export async function recordAttempt(db: Handle, attempt: LoginAttempt): Promise<void> {
  await orm(db).insert(loginAttempts).values(attempt);
}

export async function isDeactivated(db: Handle, userId: string): Promise<boolean> {
  const rows = await orm(db)
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), isNotNull(users.deactivatedAt)));
  return rows.length === 1;
}

/**
 * Sets a password hash and returns the account, whose attempts the caller resets; null if `formerHash` is given and
 * another password was set since.
 */
export async function setPassword(
  db: Handle,
  { userId, passwordHash, formerHash }: { userId: string; passwordHash: string; formerHash?: string },
): Promise<{ account: string; name: string } | null> {
  const [row] = await orm(db)
    .update(users)
    .set({ passwordHash, failedLogins: 0, lockedUntil: null })
    .where(
      and(eq(users.id, userId), formerHash === undefined ? undefined : eq(users.passwordHash, formerHash)),
    )
    .returning({ account: accountOf(users.email), name: users.name });
  return row ?? null;
}
