import type { Handle } from "#db";
import { decodeIdCursor, notFound, pageOf } from "#std";
import { changesOf } from "./activity/changes.ts";
import { recordActivity } from "./activity/record.ts";
import type { AuthDeps } from "./deps.ts";
import { requireEmail } from "./email.ts";
import { deleteMembership, putAccess, putRole } from "./member_store.ts";
import { addOwnersTo } from "./owners.ts";
import { hashPassword, requireGoodPassword } from "./password.ts";
import { accessInLog, refuseUnknownPages, requireAccess } from "./given_access.ts";
import type { GivenAccess, PageAccess } from "./page_access.ts";
import { type Permission, type Role, rolePermissions } from "./permissions.ts";
import { endSessionsOf } from "./session_store.ts";
import { insertUser, isDeactivated, readUser, readUserByEmail } from "./user_store.ts";
import {
  countExisting,
  countWorkspaces,
  insertMembership,
  insertWorkspace,
  type Member,
  readMembers,
  readSwitches,
  readWorkspace,
  readWorkspacesOf,
  type Slice,
  updateWorkspace,
  workspaceExists,
  type WorkspaceRow,
} from "./workspace_store.ts";
import { problem } from "./problems.ts";

type WorkspaceDeps = Pick<AuthDeps, "sql">;

/** A workspace for one of its members. */
export interface Workspace {
  id: string;
  name: string;
  accent: string;
  /** Since when it is switched off; null: it is on. */
  disabledAt: string | null;
  /** Its rows are invented: it sends nothing, and can only be removed. */
  isDemo: boolean;
  role: Role;
  /** What the person sees of it. */
  access: PageAccess["kind"];
  permissions: Permission[];
  createdAt: string;
}

export interface PageAsk {
  limit?: number;
  cursor?: string;
}

function view(row: WorkspaceRow): Workspace {
  return {
    ...row,
    disabledAt: row.disabledAt?.toISOString() ?? null,
    permissions: [...rolePermissions[row.role]],
    createdAt: row.createdAt.toISOString(),
  };
}

function sliceOf({ limit = 50, cursor }: PageAsk): { limit: number; slice: Slice } {
  // One row beyond the page shows whether there is another page.
  return { limit, slice: { after: decodeIdCursor(cursor), limit: limit + 1 } };
}

/** The caller's workspaces, oldest first. */
export async function listWorkspaces(
  on: WorkspaceDeps,
  userId: string,
  ask: PageAsk = {},
): Promise<{ items: Workspace[]; nextCursor: string | null }> {
  const { limit, slice } = sliceOf(ask);
  const { items, nextCursor } = pageOf(await readWorkspacesOf(on.sql, userId, slice), limit, (row) => [
    row.id,
  ]);
  return { items: items.map(view), nextCursor };
}

/** The active members of a workspace, without deactivated people. */
export async function listMembers(
  on: WorkspaceDeps,
  workspaceId: string,
  ask: PageAsk = {},
): Promise<{ items: Member[]; nextCursor: string | null }> {
  const { limit, slice } = sliceOf(ask);
  return pageOf(await readMembers(on.sql, workspaceId, slice), limit, (row) => [row.id]);
}

/** One workspace for this person; throws the 404 of a missing one if they have no access. */
export async function openWorkspace(
  on: { sql: Handle },
  at: { workspaceId: string; userId: string },
): Promise<Workspace> {
  const row = await readWorkspace(on.sql, at);
  if (!row) throw notFound("workspace");
  return view(row);
}

export interface NewWorkspace {
  name: string;
  accent?: string;
  ownerId: string;
  /** The limit of workspaces of the installation; unlimited if absent. */
  most?: number;
}

/**
 * Creates a workspace with all owners as members, so conversations can be assigned to them too.
 * Throws Problem: workspace-limit.
 */
export async function createWorkspace(
  on: WorkspaceDeps,
  { name, accent = "blue", ownerId, most }: NewWorkspace,
): Promise<Workspace> {
  return on.sql.begin(async (tx) => {
    if (most !== undefined && (await countWorkspaces(tx)) >= most) {
      throw problem("workspace-limit", { most });
    }
    const workspaceId = await insertWorkspace(tx, { name: name.trim(), accent });
    await addOwnersTo(tx, workspaceId);
    await recordActivity(tx, {
      action: "workspace.created",
      workspaceId,
      subject: { id: workspaceId, name: name.trim() },
    });
    return openWorkspace({ sql: tx }, { workspaceId, userId: ownerId });
  });
}

/** Renames or recolours a workspace. */
export async function editWorkspace(
  on: WorkspaceDeps,
  at: { workspaceId: string; userId: string },
  change: { name?: string; accent?: string },
): Promise<Workspace> {
  const { name, accent } = change;
  const set = {
    ...(name === undefined ? {} : { name: name.trim() }),
    ...(accent === undefined ? {} : { accent }),
  };
  if (Object.keys(set).length === 0) return openWorkspace(on, at);
  return on.sql.begin(async (tx) => {
    const before = await updateWorkspace(tx, at.workspaceId, set);
    if (!before) throw notFound("workspace");
    const workspaceId = at.workspaceId;
    await recordActivity(tx, {
      action: "workspace.changed",
      workspaceId,
      subject: { id: workspaceId, name: set.name ?? before.name },
      ...changesOf(before, set),
    });
    return openWorkspace({ sql: tx }, at);
  });
}

export interface WorkspaceSwitch {
  isOn: boolean;
  /** Null: the author's account no longer exists. */
  by: { id: string; name: string } | null;
  at: string;
}

/** The last twenty times that it was switched on or off, newest first. */
export async function listSwitches(on: WorkspaceDeps, workspaceId: string): Promise<WorkspaceSwitch[]> {
  const rows = await readSwitches(on.sql, workspaceId, { limit: 20 });
  return rows.map(({ isOn, at, userId, userName }) => ({
    isOn,
    by: userId !== null && userName !== null ? { id: userId, name: userName } : null,
    at: at.toISOString(),
  }));
}

/** How many of these workspaces exist. */
export async function existingWorkspaces(on: { sql: Handle }, ids: readonly string[]): Promise<number> {
  return await countExisting(on.sql, [...new Set(ids)]);
}

export interface NewMember {
  workspaceId: string;
  email: string;
  role: Exclude<Role, "owner">;
  name: string;
  /** For an address without an account. */
  password: string;
}

/**
 * Gives a person a role in a workspace. Creates an account unless the address has one; an existing name and password
 * stay. Throws 404 for an unknown workspace, 409 for a member or a deactivated account, 422 for a weak password or a
 * wrong address.
 */
export async function createMember(on: WorkspaceDeps, member: NewMember): Promise<Member> {
  const { workspaceId, email, role, name, password } = member;
  let known = await readUserByEmail(on.sql, email);
  let passwordHash = "";
  if (!known) {
    requireEmail(email);
    requireGoodPassword(password);
    passwordHash = await hashPassword(password);
  }
  return on.sql.begin(async (tx) => {
    if (!(await workspaceExists(tx, workspaceId))) throw notFound("workspace");
    known ??= await insertUser(tx, { email: email.trim(), name: name.trim(), passwordHash, isOwner: false });
    // A concurrent request added the same address.
    known ??= await readUserByEmail(tx, email);
    if (!known) throw new Error("Cannot add a member: the account vanished meanwhile");
    if (await isDeactivated(tx, known.id)) {
      throw problem("member-deactivated", { email });
    }
    if (!(await insertMembership(tx, { workspaceId, userId: known.id, role }))) {
      throw problem("member-exists", { email });
    }
    await recordActivity(tx, {
      action: "member.added",
      workspaceId,
      subject: { id: known.id, name: known.name },
      after: { role },
    });
    return { id: known.id, name: known.name, email: known.email, role };
  });
}

/**
 * Gives a person a role in a workspace. A changed role ends their sessions; a further workspace does not. Throws 404
 * without this person or workspace, and 409 `member-is-owner`.
 */
export async function changeRole(
  on: WorkspaceDeps,
  change: { workspaceId: string; userId: string; role: Exclude<Role, "owner"> },
): Promise<void> {
  const { userId, workspaceId, role } = change;
  await on.sql.begin(async (tx) => {
    const changed = await putRole(tx, change);
    if (!changed) {
      if (!(await workspaceExists(tx, workspaceId))) throw notFound("workspace");
      throw (await readUser(tx, userId))?.isOwner ? problem("member-is-owner") : notFound("member");
    }
    const { name, before } = changed;
    if (before === role) return;
    if (before !== null) await endSessionsOf(tx, { userId, reason: "role-changed" });
    await recordActivity(tx, {
      action: before === null ? "member.added" : "member.role-changed",
      workspaceId,
      subject: { id: userId, name },
      ...(before !== null && { before: { role: before } }),
      after: { role },
    });
  });
}

/**
 * Sets what a person sees of a workspace. Their sessions stay: every request reads it. The caller unassigns what they no
 * longer see. Throws 404 when they are not in it, 409 `member-is-owner` and 422 `member-pages-unknown`.
 */
export async function changeAccess(
  on: WorkspaceDeps,
  change: { workspaceId: string; userId: string; access: GivenAccess },
): Promise<void> {
  const { userId, workspaceId, access } = change;
  requireAccess(access);
  await on.sql
    .begin(async (tx) => {
      const changed = await putAccess(tx, change);
      if (!changed)
        throw (await readUser(tx, userId))?.isOwner ? problem("member-is-owner") : notFound("member");
      const { name, before } = changed;
      await recordActivity(tx, {
        action: "member.access-changed",
        workspaceId,
        subject: { id: userId, name },
        ...changesOf(accessInLog(before), accessInLog(access)),
      });
    })
    .catch(refuseUnknownPages);
}

/**
 * Removes a person from a workspace and ends their sessions. The caller unassigns their conversations there before.
 * Throws 404 when they are not in it, and 409 `member-is-owner`.
 */
export async function removeMember(
  on: WorkspaceDeps,
  at: { workspaceId: string; userId: string },
): Promise<void> {
  const { userId, workspaceId } = at;
  await on.sql.begin(async (tx) => {
    const removed = await deleteMembership(tx, at);
    if (!removed)
      throw (await readUser(tx, userId))?.isOwner ? problem("member-is-owner") : notFound("member");
    await endSessionsOf(tx, { userId, reason: "role-changed" });
    await recordActivity(tx, {
      action: "member.removed",
      workspaceId,
      subject: { id: userId, name: removed.name },
      before: { role: removed.role },
    });
  });
}
