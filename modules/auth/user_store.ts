import { and, eq, inArray, isNotNull, isNull, or, sql } from "drizzle-orm";
import type { Db, Tx } from "#db";
import { loginAttempts, users } from "#db/auth";

export interface User {
  id: string;
  email: string;
  name: string;
  isOwner: boolean;
  createdAt: Date;
}

export interface Credentials {
  id: string;
  passwordHash: string;
  isDeactivated: boolean;
}

export type LoginOutcome = "success" | "wrong" | "locked" | "limited" | "deactivated";

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
  createdAt: users.createdAt,
};

const isEmail = (email: string) => sql`lower(${users.email}) = lower(${email})`;
const isUnlocked = or(isNull(users.lockedUntil), sql`${users.lockedUntil} <= now()`);

/** The names of these people by id; who does not exist is left out. Deactivated people keep theirs. */
export async function userNames(db: Db | Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(inArray(users.id, [...new Set(ids)]));
  return new Map(rows.map((row) => [row.id, row.name]));
}

export async function readUser(db: Db | Tx, userId: string): Promise<User | null> {
  const [row] = await db.select(userColumns).from(users).where(eq(users.id, userId));
  return row ?? null;
}

export async function readUserByEmail(db: Db | Tx, email: string): Promise<User | null> {
  const [row] = await db.select(userColumns).from(users).where(isEmail(email));
  return row ?? null;
}

export async function readCredentials(db: Db | Tx, email: string): Promise<Credentials | null> {
  const [row] = await db
    .select({
      id: users.id,
      passwordHash: users.passwordHash,
      isDeactivated: sql<boolean>`${users.deactivatedAt} is not null`,
    })
    .from(users)
    .where(isEmail(email));
  return row ?? null;
}

export async function ownerExists(db: Db | Tx): Promise<boolean> {
  const rows = await db.select({ id: users.id }).from(users).where(eq(users.isOwner, true)).limit(1);
  return rows.length > 0;
}

/** Adds a person; null when the address is taken, or when there is an owner and this would be another. */
export async function insertUser(
  db: Db | Tx,
  user: { email: string; name: string; passwordHash: string; isOwner: boolean },
): Promise<User | null> {
  const [row] = await db.insert(users).values(user).onConflictDoNothing().returning(userColumns);
  return row ?? null;
}

/** Counts a wrong password; the fifth locks the account for 15 minutes. False when it is locked already. */
export async function countFailure(db: Db | Tx, userId: string): Promise<boolean> {
  // After a lock has passed the count begins anew.
  const failures = sql`case when ${users.lockedUntil} is null then ${users.failedLogins} else 0 end + 1`;
  const rows = await db
    .update(users)
    .set({
      failedLogins: failures,
      lockedUntil: sql`case when ${failures} >= 5 then now() + interval '15 minutes' end`,
    })
    .where(and(eq(users.id, userId), isUnlocked))
    .returning({ id: users.id });
  return rows.length === 1;
}

/**
 * Takes a right password; null when the account is locked. Asked after the password was checked, so that of many
 * guesses sent at once only those count that came before the fifth failure.
 */
export async function acceptLogin(db: Db | Tx, userId: string): Promise<User | null> {
  const [row] = await db
    .update(users)
    .set({ failedLogins: 0, lockedUntil: null })
    .where(and(eq(users.id, userId), isNull(users.deactivatedAt), isUnlocked))
    .returning(userColumns);
  return row ?? null;
}

export async function recordAttempt(db: Db | Tx, attempt: LoginAttempt): Promise<void> {
  await db.insert(loginAttempts).values(attempt);
}

export async function isDeactivated(db: Db | Tx, userId: string): Promise<boolean> {
  const rows = await db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), isNotNull(users.deactivatedAt)));
  return rows.length === 1;
}

/** Closes an account or opens it again; false when there is none, it is so already, or it is the owner's. */
export async function setDeactivated(
  db: Db | Tx,
  { userId, isDeactivated: isClosed }: { userId: string; isDeactivated: boolean },
): Promise<boolean> {
  const rows = await db
    .update(users)
    .set({ deactivatedAt: isClosed ? sql`now()` : null })
    .where(
      and(
        eq(users.id, userId),
        isClosed ? isNull(users.deactivatedAt) : isNotNull(users.deactivatedAt),
        eq(users.isOwner, false),
      ),
    )
    .returning({ id: users.id });
  return rows.length === 1;
}

/** Sets the hash of a password, and forgets the wrong ones before. */
export async function setPassword(
  db: Db | Tx,
  { userId, passwordHash }: { userId: string; passwordHash: string },
): Promise<void> {
  await db
    .update(users)
    .set({ passwordHash, failedLogins: 0, lockedUntil: null })
    .where(eq(users.id, userId));
}
