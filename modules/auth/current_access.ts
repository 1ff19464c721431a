import { sql } from "drizzle-orm";
import { orm } from "#db";
import { memberships, sessions, users } from "#db/auth";
import type { AuthDeps } from "./deps.ts";
import { accessOf, type PageAccess, pagesOf } from "./page_access.ts";
import type { Principal } from "./principal.ts";
import { needsFactor, personHasFactor } from "./second_factor/has_factor.ts";
import { isAlive } from "./session_store.ts";

/**
 * Returns what each of these people sees of their workspace now; null for those who are no longer signed in with the
 * same role, and with a second factor if one is required. One read, for long responses such as live streams.
 */
export async function readCurrentAccess(
  on: Pick<AuthDeps, "sql">,
  principals: readonly Principal[],
): Promise<(PageAccess | null)[]> {
  const asked = principals.map(({ sessionId, userId, workspaceId = null, role = null }, place) => ({
    place,
    session: sessionId,
    person: userId,
    workspace: workspaceId,
    role,
  }));
  const rows = await orm(on.sql).execute<{
    place: number;
    access: PageAccess["kind"] | null;
    pageIds: string[] | null;
  }>(sql`
    select q.place, ${memberships.access} as access, ${sql.raw(pagesOf("auth.memberships"))} as "pageIds" from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as q(place int, session uuid, person uuid, workspace uuid, role text)
    join ${sessions} on ${sessions.id} = q.session and ${sessions.userId} = q.person and ${isAlive}
    join ${users} on ${users.id} = q.person and ${users.deactivatedAt} is null
    left join ${memberships} on ${memberships.userId} = q.person and ${memberships.workspaceId} = q.workspace
    where (q.workspace is null or ${memberships.role} = q.role)
      and (not ${needsFactor} or ${personHasFactor(users.id)})`);
  const now = new Map(rows.map((row) => [Number(row.place), accessOf(row.access, row.pageIds)]));
  return principals.map((_, place) => now.get(place) ?? null);
}
