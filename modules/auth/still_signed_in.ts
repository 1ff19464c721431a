import { sql } from "drizzle-orm";
import { orm } from "#db";
import { memberships, sessions, users } from "#db/auth";
import type { AuthDeps } from "./deps.ts";
import type { Principal } from "./principal.ts";
import { needsFactor, personHasFactor } from "./second_factor/has_factor.ts";
import { isAlive } from "./session_store.ts";

/**
 * Returns which of these people are still signed in with the same role in their workspace, and with a second factor if one is required, in one read. For long
 * responses such as live streams.
 */
export async function areStillSignedIn(
  on: Pick<AuthDeps, "sql">,
  principals: readonly Principal[],
): Promise<boolean[]> {
  const asked = principals.map(({ sessionId, userId, workspaceId = null, role = null }, place) => ({
    place,
    session: sessionId,
    person: userId,
    workspace: workspaceId,
    role,
  }));
  const rows = await orm(on.sql).execute<{ place: number }>(sql`
    select q.place from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as q(place int, session uuid, person uuid, workspace uuid, role text)
    join ${sessions} on ${sessions.id} = q.session and ${sessions.userId} = q.person and ${isAlive}
    join ${users} on ${users.id} = q.person and ${users.deactivatedAt} is null
    left join ${memberships} on ${memberships.userId} = q.person and ${memberships.workspaceId} = q.workspace
    where (q.workspace is null or ${memberships.role} = q.role)
      and (not ${needsFactor} or ${personHasFactor(users.id)})`);
  const alive = new Set(rows.map(({ place }) => Number(place)));
  return principals.map((_, place) => alive.has(place));
}
