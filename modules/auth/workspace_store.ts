import type { TransactionSql } from "postgres";
import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { type Handle, orm } from "#db";
import { memberships, users, workspaces, workspaceSwitches } from "#db/auth";
import { recordActivity } from "./activity/record.ts";
import type { PageAccess } from "./page_access.ts";
import type { Role } from "./permissions.ts";

export interface WorkspaceRow {
  id: string;
  name: string;
  accent: string;
  disabledAt: Date | null;
  isDemo: boolean;
  role: Role;
  access: PageAccess["kind"];
  createdAt: Date;
}

export interface Member {
  id: string;
  name: string;
  email: string;
  role: Role;
}

export interface Slice {
  /** The last id of the page before. */
  after: string | null;
  limit: number;
}

const workspaceColumns = {
  id: workspaces.id,
  name: workspaces.name,
  accent: workspaces.accent,
  disabledAt: workspaces.disabledAt,
  isDemo: workspaces.isDemo,
  role: memberships.role,
  access: memberships.access,
  createdAt: workspaces.createdAt,
};

/** The ids of all workspaces, oldest first, at most `limit`. */
export async function readWorkspaceIds(db: Handle, limit: number): Promise<string[]> {
  const rows = await orm(db)
    .select({ id: workspaces.id })
    .from(workspaces)
    .orderBy(asc(workspaces.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** A person's workspaces, oldest first. */
export async function readWorkspacesOf(
  db: Handle,
  userId: string,
  { after, limit }: Slice,
): Promise<WorkspaceRow[]> {
  return orm(db)
    .select(workspaceColumns)
    .from(memberships)
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(eq(memberships.userId, userId), after === null ? undefined : gt(workspaces.id, after)))
    .orderBy(asc(workspaces.id))
    .limit(limit);
}

export async function readWorkspace(
  db: Handle,
  { workspaceId, userId }: { workspaceId: string; userId: string },
): Promise<WorkspaceRow | null> {
  const [row] = await orm(db)
    .select(workspaceColumns)
    .from(memberships)
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(eq(memberships.userId, userId), eq(memberships.workspaceId, workspaceId)));
  return row ?? null;
}

/** The number of workspaces without the demo; locks creation until the transaction ends. */
export async function countWorkspaces(tx: TransactionSql): Promise<number> {
  await tx`lock table auth.workspaces in share row exclusive mode`;
  return await orm(tx).$count(workspaces, eq(workspaces.isDemo, false));
}

export async function insertWorkspace(
  db: Handle,
  workspace: { name: string; accent: string },
): Promise<string> {
  const [row] = await orm(db).insert(workspaces).values(workspace).returning({ id: workspaces.id });
  if (!row) throw new Error("Cannot create a workspace: the database returned no row");
  return row.id;
}

/** Returns the former name and accent; null when the workspace does not exist. */
export async function updateWorkspace(
  tx: TransactionSql,
  workspaceId: string,
  change: { name?: string; accent?: string },
): Promise<{ name: string; accent: string } | null> {
  const isIt = eq(workspaces.id, workspaceId);
  const columns = { name: workspaces.name, accent: workspaces.accent };
  const [before] = await orm(tx).select(columns).from(workspaces).where(isIt).for("update");
  if (before) await orm(tx).update(workspaces).set(change).where(isIt);
  return before ?? null;
}

/** Disables or enables a workspace and records the author. False if nothing changes. */
export async function switchWorkspace(
  tx: TransactionSql,
  { workspaceId, isOn, userId }: { workspaceId: string; isOn: boolean; userId: string },
): Promise<boolean> {
  const rows = await orm(tx)
    .update(workspaces)
    .set({ disabledAt: isOn ? null : sql`now()` })
    .where(
      and(
        eq(workspaces.id, workspaceId),
        isOn ? isNotNull(workspaces.disabledAt) : isNull(workspaces.disabledAt),
      ),
    )
    .returning({ name: workspaces.name });
  const [row] = rows;
  if (!row) return false;
  await orm(tx).insert(workspaceSwitches).values({ workspaceId, isOn, userId });
  await recordActivity(tx, {
    action: isOn ? "workspace.enabled" : "workspace.disabled",
    workspaceId,
    subject: { id: workspaceId, name: row.name },
  });
  return true;
}

export interface SwitchRow {
  isOn: boolean;
  at: Date;
  userId: string | null;
  userName: string | null;
}

/** When a workspace was switched on or off lately, newest first. */
export async function readSwitches(
  db: Handle,
  workspaceId: string,
  { limit }: { limit: number },
): Promise<SwitchRow[]> {
  return orm(db)
    .select({
      isOn: workspaceSwitches.isOn,
      at: workspaceSwitches.at,
      userId: workspaceSwitches.userId,
      userName: users.name,
    })
    .from(workspaceSwitches)
    .leftJoin(users, eq(users.id, workspaceSwitches.userId))
    .where(eq(workspaceSwitches.workspaceId, workspaceId))
    .orderBy(desc(workspaceSwitches.id))
    .limit(limit);
}

export async function workspaceExists(db: Handle, workspaceId: string): Promise<boolean> {
  const rows = await orm(db)
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId));
  return rows.length === 1;
}

/** How many of these ids are workspaces. */
export async function countExisting(db: Handle, ids: readonly string[]): Promise<number> {
  return ids.length === 0 ? 0 : await orm(db).$count(workspaces, inArray(workspaces.id, [...ids]));
}

/** False when the person is a member already. */
export async function insertMembership(
  db: Handle,
  membership: { workspaceId: string; userId: string; role: Role },
): Promise<boolean> {
  const rows = await orm(db)
    .insert(memberships)
    .values(membership)
    .onConflictDoNothing()
    .returning({ userId: memberships.userId });
  return rows.length === 1;
}

/** The members of a workspace, by the time they joined this installation. */
export async function readMembers(
  db: Handle,
  workspaceId: string,
  { after, limit }: Slice,
): Promise<Member[]> {
  return orm(db)
    .select({ id: users.id, name: users.name, email: users.email, role: memberships.role })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.workspaceId, workspaceId),
        isNull(users.deactivatedAt),
        after === null ? undefined : gt(users.id, after),
      ),
    )
    .orderBy(asc(users.id))
    .limit(limit);
}
