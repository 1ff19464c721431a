import { notFound } from "#std";
import type { TransactionSql } from "postgres";
import { recordActivity } from "./activity/record.ts";
import type { AuthDeps } from "./deps.ts";
import { readTeamMember } from "./members.ts";
import { listSessions, type OwnSession } from "./my_account.ts";
import { endSessionOf, endSessionsOf } from "./session_store.ts";

type SessionDeps = Pick<AuthDeps, "sql">;

/** The sessions of any person, for owners; `sessionId` is the caller's. Throws 404 without the account. */
export async function listMemberSessions(
  on: SessionDeps,
  { userId, sessionId }: { userId: string; sessionId: string | null },
): Promise<OwnSession[]> {
  await readTeamMember(on, userId);
  return await listSessions(on, { userId, sessionId });
}

const subjectOf = async (tx: TransactionSql, userId: string) => await readTeamMember({ sql: tx }, userId);

/** Ends one session of a person at once, on all processes. Throws 404 if the person has no such session. */
export async function endMemberSession(
  on: SessionDeps,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<void> {
  await on.sql.begin(async (tx) => {
    const subject = await subjectOf(tx, userId);
    if (!(await endSessionOf(tx, { userId, sessionId }))) throw notFound("session");
    await recordActivity(tx, { action: "user.session-ended", subject });
  });
}

/** Ends the sessions of a person at once, on all processes, but not the caller's own. Returns how many there were. */
export async function endMemberSessions(
  on: SessionDeps,
  { userId, except }: { userId: string; except: string },
): Promise<number> {
  return await on.sql.begin(async (tx) => {
    const subject = await subjectOf(tx, userId);
    const count = await endSessionsOf(tx, { userId, reason: "ended", except });
    await recordActivity(tx, { action: "user.sessions-ended", subject, after: { count } });
    return count;
  });
}
