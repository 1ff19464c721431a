import { log, randomToken, sha256Hex } from "#std";
import { actAs } from "./activity/actor.ts";
import { recordActivity } from "./activity/record.ts";
import type { AuthDeps } from "./deps.ts";
import { endReusedSession, endSession, insertSession, isInGrace, rotateSession } from "./session_store.ts";
import type { RefreshClaims } from "./tokens.ts";
import { readUser, type User } from "./user_store.ts";
import { problem } from "./problems.ts";

type SessionDeps = Pick<AuthDeps, "sql">;

/** A session with the id of its newest refresh token, ready to be signed. */
export interface StartedSession extends RefreshClaims {
  expiresAt: Date;
}

const longDays = 30;
const shortDays = 7;

/** Starts a session of 7 days, or of 30 with "remember me". */
export async function startSession(
  on: SessionDeps,
  {
    userId,
    remember,
    userAgent,
    address,
  }: { userId: string; remember: boolean; userAgent: string; address: string },
): Promise<StartedSession> {
  const tokenId = randomToken();
  const { id, expiresAt } = await on.sql.begin(async (tx) => {
    const session = await insertSession(tx, {
      userId,
      tokenHash: sha256Hex(tokenId),
      days: remember ? longDays : shortDays,
      userAgent,
      address,
    });
    await recordActivity(tx, {
      action: "session.started",
      subject: { id: session.id },
      after: { userAgent },
    });
    return session;
  });
  return { userId, sessionId: id, tokenId, expiresAt };
}

export interface Refreshed {
  user: User;
  userId: string;
  sessionId: string;
  /** The next refresh token; null for the slower of two tabs, whose cookie the faster one replaced. */
  next: StartedSession | null;
}

const ended = () => problem("session-ended");

/**
 * Exchanges a refresh token once for the next one with the same end. The previous one gives an access token for 10
 * more seconds, because two tabs may refresh at once. Any older one means a stolen copy: the session ends.
 */
export async function refreshSession(
  on: SessionDeps,
  { userId, sessionId, tokenId }: RefreshClaims,
): Promise<Refreshed> {
  const givenHash = sha256Hex(tokenId);
  const nextId = randomToken();
  const rotated = await rotateSession(on.sql, { sessionId, userId, givenHash, nextHash: sha256Hex(nextId) });
  if (!rotated && !(await isInGrace(on.sql, { sessionId, givenHash }))) {
    const isEnded = await on.sql.begin(async (tx) => {
      if (!(await endReusedSession(tx, { sessionId, givenHash }))) return false;
      await recordActivity(tx, { action: "session.reused", subject: { id: userId } });
      return true;
    });
    if (isEnded) log.warn("Session ended: an old refresh token was used again", { userId, sessionId });
    throw ended();
  }
  const user = await readUser(on.sql, userId);
  if (!user) throw ended();
  const next = rotated ? { userId, sessionId, tokenId: nextId, expiresAt: rotated.expiresAt } : null;
  return { user, userId, sessionId, next };
}

/** Ends the session at once on all processes. Idempotent. */
export async function logOut(on: SessionDeps, sessionId: string): Promise<void> {
  await on.sql.begin(async (tx) => {
    const user = await endSession(tx, { sessionId, reason: "logout" });
    if (!user) return;
    actAs(user);
    await recordActivity(tx, { action: "session.ended", subject: { id: sessionId } });
  });
}
