import type { Handle } from "#db";
import { decodeIdCursor, notFound, pageOf } from "#std";
import { readTeam, type TeamMemberRow } from "./member_store.ts";
import type { PageAsk } from "./workspaces.ts";

/** A person of this installation, as owners see them. */
export interface TeamMember extends Omit<TeamMemberRow, "lastSeenAt" | "createdAt"> {
  /** Within the last 30 days; null: not since then, or never. */
  lastSeenAt: string | null;
  createdAt: string;
}

function view(row: TeamMemberRow): TeamMember {
  return {
    ...row,
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

/** The people of this installation with their workspaces, also deactivated ones, oldest first. */
export async function listTeam(
  on: { sql: Handle },
  { limit = 50, cursor }: PageAsk = {},
): Promise<{ items: TeamMember[]; nextCursor: string | null }> {
  const rows = await readTeam(on.sql, { after: decodeIdCursor(cursor), limit: limit + 1 });
  const { items, nextCursor } = pageOf(rows, limit, (row) => [row.id]);
  return { items: items.map(view), nextCursor };
}

/** One person; throws 404 without this account. */
export async function readTeamMember(on: { sql: Handle }, userId: string): Promise<TeamMember> {
  const [row] = await readTeam(on.sql, { after: null, limit: 1, userId });
  if (!row) throw notFound("member");
  return view(row);
}
