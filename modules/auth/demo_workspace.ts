import { randomBytes } from "node:crypto";
import type { Sql, TransactionSql } from "postgres";
import { hashPassword } from "./password.ts";
import type { Role } from "./permissions.ts";

/** An invented colleague. */
export interface DemoMember {
  name: string;
  role: Exclude<Role, "owner">;
  /** When the person joined the installation, in seconds since 1970. */
  at: number;
}

export interface DemoWorkspace {
  workspaceId: string;
  /** Of the colleagues, in their order. */
  memberIds: string[];
}

/** Reserved by RFC 2606: no real addresses. Deleting the demo deletes the accounts of this domain. */
export const demoDomain = "demo.invalid";

/** The id of the demo workspace; null when there is none. */
export async function readDemoWorkspaceId(sql: Sql | TransactionSql): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`select id from auth.workspaces where is_demo`;
  return row?.id ?? null;
}

/**
 * Creates the demo workspace and its members, with random passwords. Returns null if it exists; waits for a
 * concurrent creation.
 */
export async function insertDemoWorkspace(
  tx: TransactionSql,
  given: { name: string; accent: string; at: number; members: readonly DemoMember[] },
): Promise<DemoWorkspace | null> {
  const passwordHash = await hashPassword(randomBytes(32).toString("base64"));
  const [workspace] = await tx<{ id: string }[]>`
    insert into auth.workspaces (name, accent, disabled_at, is_demo, created_at)
    values (${given.name}, ${given.accent}, now(), true, to_timestamp(${given.at}))
    on conflict (is_demo) where is_demo do nothing returning id`;
  if (!workspace) return null;
  const { members } = given;
  const users = await tx<{ id: string; name: string }[]>`
    insert into auth.users (email, name, password_hash, created_at)
    select split_part(lower(name), ' ', 1) || '@' || ${demoDomain}, name, ${passwordHash}, to_timestamp(at)
    from unnest(${members.map(({ name }) => name)}::text[], ${members.map(({ at }) => at)}::float8[]) as member(name, at)
    returning id, name`;
  const memberIds = members.map(({ name }) => users.find((user) => user.name === name)?.id ?? "");
  await tx`
    insert into auth.memberships (workspace_id, user_id, role)
    select ${workspace.id}::uuid, id, 'owner' from auth.users where is_owner
    union all
    select ${workspace.id}::uuid, user_id, role
    from unnest(${memberIds}::uuid[], ${members.map(({ role }) => role)}::text[]) as member(user_id, role)`;
  return { workspaceId: workspace.id, memberIds };
}

/** Deletes a demo workspace with all its rows and its invented members. False: not a demo, or already deleted. */
export async function deleteDemoWorkspace(tx: TransactionSql, workspaceId: string): Promise<boolean> {
  const colleagues = await tx<{ id: string }[]>`
    select u.id from auth.memberships m join auth.users u on u.id = m.user_id
    where m.workspace_id = ${workspaceId} and u.email like ${`%@${demoDomain}`}`;
  const gone = await tx`delete from auth.workspaces where id = ${workspaceId} and is_demo returning 1`;
  if (gone.length === 0) return false;
  await tx`delete from auth.users where id = any(${colleagues.map(({ id }) => id)}::uuid[])`;
  return true;
}
