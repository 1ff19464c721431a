import { sql } from "drizzle-orm";
import { type Handle, orm } from "#db";
import { lockedOwners, otherOwnerRemains } from "./owners.ts";
import { type GivenAccess, pagesOf } from "./page_access.ts";
import type { Role } from "./permissions.ts";
import { personHasFactor } from "./second_factor/has_factor.ts";
import { demoDomain } from "./demo_workspace.ts";
import type { Slice } from "./workspace_store.ts";

export interface TeamMemberRow {
  id: string;
  name: string;
  email: string;
  isOwner: boolean;
  isDeactivated: boolean;
  hasSecondFactor: boolean;
  lastSeenAt: Date | null;
  createdAt: Date;
  workspaces: { id: string; name: string; role: Role; access: GivenAccess }[];
}

/** People of this installation, oldest first, without the invented ones of the demo. */
export async function readTeam(
  db: Handle,
  { after, limit, userId = null }: Slice & { userId?: string | null },
): Promise<TeamMemberRow[]> {
  const rows = await orm(db).execute<
    Omit<TeamMemberRow, "lastSeenAt" | "createdAt"> & { lastSeenAt: string | null; createdAt: string }
  >(sql`
    with people as materialized (
      select * from auth.users
      where deleted_at is null and email not like ${`%@${demoDomain}`}
        and (${after}::uuid is null or id > ${after}::uuid) and (${userId}::uuid is null or id = ${userId}::uuid)
      order by id limit ${limit})
    select p.id, p.name, p.email, p.is_owner as "isOwner", p.deactivated_at is not null as "isDeactivated",
      ${personHasFactor(sql.raw("p.id"))} as "hasSecondFactor",
      p.created_at as "createdAt", seen.at as "lastSeenAt", coalesce(places.list, '[]') as workspaces
    from people p
    left join (
      select user_id, max(last_seen_at) as at from auth.sessions
      where user_id in (select id from people) group by user_id) seen on seen.user_id = p.id
    left join lateral (
      select jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name, 'role', m.role, 'access', jsonb_build_object(
        'kind', m.access, 'pageIds', coalesce(to_jsonb(${sql.raw(pagesOf("m"))}), '[]'))) order by w.id) as list
      from auth.memberships m join auth.workspaces w on w.id = m.workspace_id
      where m.user_id = p.id and not w.is_demo) places on true
    order by p.id`);
  return rows.map((row) => ({
    ...row,
    createdAt: new Date(row.createdAt),
    lastSeenAt: row.lastSeenAt === null ? null : new Date(row.lastSeenAt),
  }));
}

/** The name at the time, for the activity log. */
export interface Named {
  name: string;
}

/** Closes an account; null when there is none, it is closed already, or it is that of the last owner. */
export async function closeAccount(db: Handle, userId: string): Promise<Named | null> {
  const [row] = await orm(db).execute<{ name: string }>(sql`
    ${lockedOwners}
    update auth.users set deactivated_at = now()
    where id = ${userId} and deactivated_at is null and (not is_owner or ${otherOwnerRemains(userId)})
    returning name`);
  return row ?? null;
}

/** Opens a closed account again; null when there is none, or it is open. */
export async function reopenAccount(db: Handle, userId: string): Promise<Named | null> {
  const [row] = await orm(db).execute<{ name: string }>(sql`
    update auth.users set deactivated_at = null
    where id = ${userId} and deactivated_at is not null and deleted_at is null returning name`);
  return row ?? null;
}

/** Erases a closed account except for its name; null when there is none, or it is open. */
export async function eraseAccount(db: Handle, userId: string): Promise<Named | null> {
  await orm(db).execute(sql`
    delete from auth.memberships m using auth.users u
    where m.user_id = ${userId} and u.id = m.user_id and u.deactivated_at is not null`);
  const [row] = await orm(db).execute<{ name: string }>(sql`
    update auth.users set deleted_at = now(), is_owner = false, password_hash = '', email = id || '@deleted.invalid'
    where id = ${userId} and deactivated_at is not null and deleted_at is null returning name`);
  return row ?? null;
}

/** Whether an account exists that was not deleted. */
export async function accountExists(db: Handle, userId: string): Promise<boolean> {
  const rows = await orm(db).execute(sql`
    select from auth.users where id = ${userId} and deleted_at is null`);
  return rows.length === 1;
}

/** Gives a person who is no owner a role in a workspace, and returns the role before; null without person or workspace. */
export async function putRole(
  db: Handle,
  { workspaceId, userId, role }: { workspaceId: string; userId: string; role: Role },
): Promise<{ name: string; before: Role | null } | null> {
  const [row] = await orm(db).execute<{ name: string; before: Role | null }>(sql`
    with asked as materialized (
      select u.id as user_id, u.name, w.id as workspace_id, m.role as before
      from auth.users u cross join auth.workspaces w
      left join auth.memberships m on m.user_id = u.id and m.workspace_id = w.id
      where u.id = ${userId} and w.id = ${workspaceId} and u.deleted_at is null and not u.is_owner
        and m.role is distinct from 'owner'
      for update of u),
    put as (
      insert into auth.memberships (workspace_id, user_id, role)
      select workspace_id, user_id, ${role} from asked
      on conflict (workspace_id, user_id) do update set role = excluded.role
        where memberships.role <> excluded.role and memberships.role <> 'owner')
    select name, before from asked`);
  return row ?? null;
}

/** Removes a person who is no owner from a workspace; null when they are not in it. */
export async function deleteMembership(
  db: Handle,
  { workspaceId, userId }: { workspaceId: string; userId: string },
): Promise<{ name: string; role: Role } | null> {
  const [row] = await orm(db).execute<{ name: string; role: Role }>(sql`
    delete from auth.memberships m using auth.users u
    where m.workspace_id = ${workspaceId} and m.user_id = ${userId} and m.role <> 'owner' and u.id = m.user_id
    returning u.name, m.role`);
  return row ?? null;
}

/**
 * Sets what a person who is no owner sees of a workspace, and returns what it was; null when they are not in it. The
 * keys of the database refuse pages of other workspaces.
 */
export async function putAccess(
  db: Handle,
  { workspaceId, userId, access }: { workspaceId: string; userId: string; access: GivenAccess },
): Promise<{ name: string; before: GivenAccess } | null> {
  const [row] = await orm(db).execute<{ name: string; before: GivenAccess }>(sql`
    select u.name, jsonb_build_object('kind', m.access,
      'pageIds', coalesce(to_jsonb(${sql.raw(pagesOf("m"))}), '[]')) as before
    from auth.memberships m join auth.users u on u.id = m.user_id
    where m.workspace_id = ${workspaceId} and m.user_id = ${userId} and m.role <> 'owner' for update of m`);
  if (!row) return null;
  // Written also when the kind stays: those who assign wait for this row.
  await orm(db).execute(sql`
    update auth.memberships set access = ${access.kind}
    where workspace_id = ${workspaceId} and user_id = ${userId}`);
  await orm(db).execute(sql`
    delete from auth.member_pages where workspace_id = ${workspaceId} and user_id = ${userId}`);
  await insertMemberPages(db, { workspaceId, userId, pageIds: access.pageIds });
  return row;
}

async function insertMemberPages(
  db: Handle,
  { workspaceId, userId, pageIds }: { workspaceId: string; userId: string; pageIds: readonly string[] },
): Promise<void> {
  if (pageIds.length === 0) return;
  await orm(db).execute(sql`
    insert into auth.member_pages (workspace_id, user_id, page_id)
    select ${workspaceId}::uuid, ${userId}::uuid, value::uuid
    from jsonb_array_elements_text(${JSON.stringify([...new Set(pageIds)])}::jsonb)`);
}
