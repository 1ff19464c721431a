import type { TransactionSql } from "postgres";
import { eq, type SQL, sql } from "drizzle-orm";
import { type Handle, orm } from "#db";
import { users } from "#db/auth";
import { recordActivity } from "./activity/record.ts";
import type { AuthDeps } from "./deps.ts";
import type { Role } from "./permissions.ts";
import { problem } from "./problems.ts";
import { endSessionsOf } from "./session_store.ts";

/** Begins a statement that may take an owner away: it waits for others of its kind, owner by owner. */
export const lockedOwners = sql`with owners as materialized (
  select id from auth.users where is_owner and deactivated_at is null order by id for update)`;

/** Whether an active owner remains without this person; in a statement that begins with `lockedOwners`. */
export const otherOwnerRemains = (userId: string): SQL =>
  sql`(select count(*) from owners where id <> ${userId}) > 0`;

/** Holds back new workspaces until the transaction ends: each owner is a member of all. */
export async function holdWorkspaces(tx: TransactionSql): Promise<void> {
  await tx`lock table auth.workspaces in share row exclusive mode`;
}

/** Gives an owner the role of owner in every workspace. The caller holds workspaces back. */
export async function joinAllWorkspaces(db: Handle, userId: string): Promise<void> {
  await orm(db).execute(sql`
    insert into auth.memberships (workspace_id, user_id, role)
    select id, ${userId}::uuid, 'owner' from auth.workspaces
    on conflict (workspace_id, user_id) do update set role = 'owner', access = 'all'`);
  await orm(db).execute(sql`delete from auth.member_pages where user_id = ${userId}`);
}

/** Makes all owners members of a new workspace, in the transaction that creates it. */
export async function addOwnersTo(db: Handle, workspaceId: string): Promise<void> {
  await orm(db).execute(sql`
    insert into auth.memberships (workspace_id, user_id, role)
    select ${workspaceId}::uuid, id, 'owner' from auth.users where is_owner`);
}

/** Makes an active person an owner and a member of all workspaces. Throws 409 `ownership-stays`. */
export async function promote(tx: TransactionSql, userId: string): Promise<void> {
  await holdWorkspaces(tx);
  const [row] = await orm(tx).execute<{ name: string }>(sql`
    update auth.users set is_owner = true
    where id = ${userId} and not is_owner and deactivated_at is null returning name`);
  if (!row) throw problem("ownership-stays");
  await joinAllWorkspaces(tx, userId);
  await recordActivity(tx, { action: "user.made-owner", subject: { id: userId, name: row.name } });
}

async function demote(
  tx: TransactionSql,
  { userId, role }: { userId: string; role: Exclude<Role, "owner"> },
): Promise<void> {
  const [row] = await orm(tx).execute<{ name: string }>(sql`
    ${lockedOwners}
    update auth.users set is_owner = false
    where id = ${userId} and is_owner and ${otherOwnerRemains(userId)} returning name`);
  if (!row) throw problem("last-owner");
  await orm(tx).execute(sql`
    update auth.memberships set role = ${role} where user_id = ${userId} and role = 'owner'`);
  await recordActivity(tx, { action: "user.ownership-removed", subject: { id: userId, name: row.name } });
}

/**
 * Makes a person an owner, or takes it from them; as a manager they stay in all workspaces. Ends their sessions.
 * Throws 409 `ownership-stays` when nothing changes or the account is deactivated, and 409 `last-owner`.
 */
export async function setOwner(
  on: Pick<AuthDeps, "sql">,
  { userId, isOwner }: { userId: string; isOwner: boolean },
): Promise<void> {
  await on.sql.begin(async (tx) => {
    if (isOwner) await promote(tx, userId);
    else await demote(tx, { userId, role: "manager" });
    await endSessionsOf(tx, { userId, reason: "role-changed" });
  });
}

/**
 * Makes another person an owner in place of this one, who stays as a manager. Ends the sessions of both. Throws 409
 * `ownership-stays` when the other is an owner already, or deactivated.
 */
export async function transferOwnership(
  on: Pick<AuthDeps, "sql">,
  { from, to }: { from: string; to: string },
): Promise<void> {
  await on.sql.begin(async (tx) => {
    await promote(tx, to);
    await demote(tx, { userId: from, role: "manager" });
    for (const userId of [from, to]) await endSessionsOf(tx, { userId, reason: "role-changed" });
  });
}

/** The id of the oldest active owner; null while there is none. */
export async function readOwnerId(db: Handle): Promise<string | null> {
  const [owner] = await orm(db)
    .select({ id: users.id })
    .from(users)
    .where(sql`${users.isOwner} and ${users.deactivatedAt} is null`)
    .orderBy(users.id)
    .limit(1);
  return owner?.id ?? null;
}

/** Whether there is an owner, also a deactivated one. */
export async function ownerExists(db: Handle): Promise<boolean> {
  const rows = await orm(db).select({ id: users.id }).from(users).where(eq(users.isOwner, true)).limit(1);
  return rows.length > 0;
}

/** Waits for others who sign up as the first owner, until the transaction ends. */
export async function holdSignUps(tx: TransactionSql): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('auth.first_owner', 0))`;
}
