import type { Handle } from "#db";
import { decodeIdCursor, notFound, pageOf } from "#std";
import type { AuthDeps } from "./deps.ts";
import { requireEmail } from "./email.ts";
import { hashPassword, requireGoodPassword } from "./password.ts";
import { type Permission, type Role, rolePermissions } from "./permissions.ts";
import { endSessionsOf } from "./session_store.ts";
import { insertUser, isDeactivated, readUserByEmail } from "./user_store.ts";
import {
  countWorkspaces,
  insertMembership,
  insertWorkspace,
  type Member,
  readMembers,
  readSwitches,
  readWorkspace,
  readWorkspacesOf,
  type Slice,
  updateRole,
  updateWorkspace,
  workspaceExists,
  type WorkspaceRow,
} from "./workspace_store.ts";
import { problem } from "./problems.ts";

type WorkspaceDeps = Pick<AuthDeps, "sql">;

/** A workspace as one of its members sees it. */
export interface Workspace {
  id: string;
  name: string;
  accent: string;
  /** Since when it is switched off; null: it is on. */
  disabledAt: string | null;
  /** Its rows are invented: it sends nothing, and can only be removed. */
  isDemo: boolean;
  role: Role;
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
  // One row beyond the page tells whether there is another.
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

/** The members of a workspace who can work; deactivated people are left out. */
export async function listMembers(
  on: WorkspaceDeps,
  workspaceId: string,
  ask: PageAsk = {},
): Promise<{ items: Member[]; nextCursor: string | null }> {
  const { limit, slice } = sliceOf(ask);
  return pageOf(await readMembers(on.sql, workspaceId, slice), limit, (row) => [row.id]);
}

/** One workspace as this person sees it; the 404 of what does not exist when they do not. */
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
  /** How many workspaces the installation may have with it; any number when left out. */
  most?: number;
}

/**
 * Creates a workspace and makes the installation's owner its owner, so that work can be assigned to them too.
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
    await insertMembership(tx, { workspaceId, userId: ownerId, role: "owner" });
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
  if (Object.keys(set).length > 0 && !(await updateWorkspace(on.sql, at.workspaceId, set)))
    throw notFound("workspace");
  return openWorkspace(on, at);
}

export interface WorkspaceSwitch {
  isOn: boolean;
  /** Null: who did it has no account any more. */
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

export interface NewMember {
  workspaceId: string;
  email: string;
  role: Exclude<Role, "owner">;
  name: string;
  /** For an address that has no account yet. */
  password: string;
}

/**
 * Gives somebody a role in a workspace, with a new account unless the address has one, whose name and password then
 * stay. Throws 404 for an unknown workspace, 409 for a member or a deactivated account, 422 for a weak password or what
 * is no address.
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
    // Somebody else added the same address since it was looked up.
    known ??= await readUserByEmail(tx, email);
    if (!known) throw new Error("Cannot add a member: the account vanished meanwhile");
    if (await isDeactivated(tx, known.id)) {
      throw problem("member-deactivated", { email });
    }
    if (!(await insertMembership(tx, { workspaceId, userId: known.id, role }))) {
      throw problem("member-exists", { email });
    }
    return { id: known.id, name: known.name, email: known.email, role };
  });
}

/** Changes a member's role and ends their sessions. Throws 404 when there is no such member, or it is the owner. */
export async function changeRole(
  on: WorkspaceDeps,
  change: { workspaceId: string; userId: string; role: Exclude<Role, "owner"> },
): Promise<void> {
  await on.sql.begin(async (tx) => {
    if (!(await updateRole(tx, change))) throw notFound("member");
    await endSessionsOf(tx, { userId: change.userId, reason: "role-changed" });
  });
}
