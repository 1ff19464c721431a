import { and, desc, eq, isNull, ne, sql } from "drizzle-orm";
import { type Handle, orm } from "#db";
import { memberships, sessions, users } from "#db/auth";
import { accessOf, type PageAccess, pagesOf } from "./page_access.ts";
import type { Role } from "./permissions.ts";
import { confirmedMinutes } from "./second_factor/operations.ts";
import { needsFactor, personHasFactor } from "./second_factor/has_factor.ts";

// A session ends after a day without use, or after seven days with "remember me": those have a lifetime of more than
// a week. The database's clock decides.
export const isAlive = sql`${sessions.endedAt} is null and ${sessions.expiresAt} > now() and ${sessions.lastSeenAt} > now()
  - case when ${sessions.expiresAt} - ${sessions.createdAt} > interval '8 days'
    then interval '7 days' else interval '24 hours' end`;

export type SessionEnd =
  | "logout"
  | "reuse"
  | "role-changed"
  | "deactivated"
  | "password-reset"
  | "password-changed"
  | "factor-changed"
  | "ended";

export interface NewSession {
  userId: string;
  tokenHash: string;
  days: number;
  userAgent: string;
  address: string;
}

export async function insertSession(
  db: Handle,
  session: NewSession,
): Promise<{ id: string; expiresAt: Date }> {
  const [row] = await orm(db)
    .insert(sessions)
    .values({
      userId: session.userId,
      refreshHash: session.tokenHash,
      expiresAt: sql`now() + make_interval(days => ${session.days})`,
      userAgent: session.userAgent,
      address: session.address,
    })
    .returning({ id: sessions.id, expiresAt: sessions.expiresAt });
  if (!row) throw new Error("Cannot start a session: the database returned no row");
  return row;
}

export interface LiveSession {
  name: string;
  isOwner: boolean;
  role: Role | null;
  access: PageAccess;
  /** Whether it is more than a minute since the session was last marked as used. */
  isStale: boolean;
  /** Whether the person proved their identity in the last minutes. */
  isConfirmed: boolean;
  hasFactor: boolean;
  /** Whether the installation requires a second factor. */
  needsFactor: boolean;
}

export interface SessionQuestion {
  sessionId: string;
  userId: string;
  workspaceId: string | null;
}

/**
 * Returns a reader of a session with its user and role in a workspace; null if any of these has ended. One indexed
 * read per request, so its SQL is built once.
 */
export function liveSessionReader(db: Handle): (question: SessionQuestion) => Promise<LiveSession | null> {
  const query = orm(db)
    .select({
      name: users.name,
      isOwner: users.isOwner,
      role: memberships.role,
      access: memberships.access,
      pageIds: sql<string[] | null>`${sql.raw(pagesOf("auth.memberships"))}`,
      isStale: sql<boolean>`${sessions.lastSeenAt} < now() - interval '1 minute'`,
      isConfirmed: sql<boolean>`${sessions.provedAt} > now() - make_interval(mins => ${sql.raw(String(confirmedMinutes))})`,
      hasFactor: personHasFactor(users.id),
      needsFactor,
    })
    .from(sessions)
    .innerJoin(users, and(eq(users.id, sessions.userId), isNull(users.deactivatedAt)))
    .leftJoin(
      memberships,
      and(
        eq(memberships.userId, users.id),
        sql`${memberships.workspaceId} = ${sql.placeholder("workspaceId")}::uuid`,
      ),
    )
    .where(
      and(
        eq(sessions.id, sql.placeholder("sessionId")),
        eq(sessions.userId, sql.placeholder("userId")),
        isAlive,
      ),
    )
    .prepare("live_session");
  return async function readLiveSession(question) {
    const [row] = await query.execute({ ...question });
    if (!row) return null;
    const { access, pageIds, ...session } = row;
    return { ...session, access: accessOf(access, pageIds) };
  };
}

/** Marks the session as used, at most once a minute over all callers. */
export async function touchSession(db: Handle, sessionId: string): Promise<void> {
  await orm(db)
    .update(sessions)
    .set({ lastSeenAt: sql`now()` })
    .where(and(eq(sessions.id, sessionId), sql`${sessions.lastSeenAt} < now() - interval '1 minute'`));
}

export interface Rotation {
  sessionId: string;
  userId: string;
  givenHash: string;
  nextHash: string;
}

/** Replaces the session's refresh token and keeps its end; null if the given token is not current. */
export async function rotateSession(db: Handle, rotation: Rotation): Promise<{ expiresAt: Date } | null> {
  const [row] = await orm(db)
    .update(sessions)
    .set({
      previousHash: sessions.refreshHash,
      refreshHash: rotation.nextHash,
      rotatedAt: sql`now()`,
      lastSeenAt: sql`now()`,
    })
    .where(
      and(
        eq(sessions.id, rotation.sessionId),
        eq(sessions.userId, rotation.userId),
        eq(sessions.refreshHash, rotation.givenHash),
        isAlive,
      ),
    )
    .returning({ expiresAt: sessions.expiresAt });
  return row ?? null;
}

/** Whether the token was the session's current one until a few seconds ago. */
export async function isInGrace(
  db: Handle,
  { sessionId, givenHash }: { sessionId: string; givenHash: string },
): Promise<boolean> {
  const [row] = await orm(db)
    .select({ id: sessions.id })
    .from(sessions)
    .where(
      and(
        eq(sessions.id, sessionId),
        eq(sessions.previousHash, givenHash),
        sql`${sessions.rotatedAt} > now() - interval '10 seconds'`,
        isAlive,
      ),
    );
  return row !== undefined;
}

/** Ends one session and returns its user; null when it had ended before. */
export async function endSession(
  db: Handle,
  { sessionId, reason }: { sessionId: string; reason: SessionEnd },
): Promise<{ id: string; name: string } | null> {
  const [row] = await orm(db)
    .update(sessions)
    .set({ endedAt: sql`now()`, endReason: reason })
    .from(users)
    .where(and(eq(sessions.id, sessionId), isNull(sessions.endedAt), eq(users.id, sessions.userId)))
    .returning({ id: users.id, name: users.name });
  return row ?? null;
}

/** Ends a session after reuse of an old token; false if the token is current. */
export async function endReusedSession(
  db: Handle,
  { sessionId, givenHash }: { sessionId: string; givenHash: string },
): Promise<boolean> {
  const reason: SessionEnd = "reuse";
  const rows = await orm(db)
    .update(sessions)
    .set({ endedAt: sql`now()`, endReason: reason })
    .where(and(eq(sessions.id, sessionId), ne(sessions.refreshHash, givenHash), isNull(sessions.endedAt)))
    .returning({ id: sessions.id });
  return rows.length === 1;
}

/** Ends all sessions of a person, or all but one, and returns how many of them were alive. */
export async function endSessionsOf(
  db: Handle,
  { userId, reason, except }: { userId: string; reason: SessionEnd; except?: string },
): Promise<number> {
  const rows = await orm(db)
    .update(sessions)
    .set({ endedAt: sql`now()`, endReason: reason })
    .where(
      and(
        eq(sessions.userId, userId),
        except === undefined ? undefined : ne(sessions.id, except),
        isNull(sessions.endedAt),
      ),
    )
    .returning({ expiresAt: sessions.expiresAt });
  return rows.length;
}

/** Ends one session of a person; false if there is none that is alive. */
export async function endSessionOf(
  db: Handle,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<boolean> {
  const reason: SessionEnd = "ended";
  const rows = await orm(db)
    .update(sessions)
    .set({ endedAt: sql`now()`, endReason: reason })
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId), isAlive))
    .returning({ id: sessions.id });
  return rows.length === 1;
}

export interface SessionRow {
  id: string;
  userAgent: string;
  address: string;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
}

/** The sessions of a person that are alive, the last used first; at most 100, a bound that only scripts reach. */
export async function listSessionsOf(db: Handle, userId: string): Promise<SessionRow[]> {
  return await orm(db)
    .select({
      id: sessions.id,
      userAgent: sessions.userAgent,
      address: sessions.address,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      expiresAt: sessions.expiresAt,
    })
    .from(sessions)
    .where(and(eq(sessions.userId, userId), isAlive))
    .orderBy(desc(sessions.lastSeenAt), desc(sessions.id))
    .limit(100);
}
