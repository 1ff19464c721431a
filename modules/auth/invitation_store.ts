import type { TransactionSql } from "postgres";
import { type SQL, sql } from "drizzle-orm";
import { type Handle, orm } from "#db";
import type { Language } from "#std";
import type { GivenAccess } from "./page_access.ts";
import type { Role } from "./permissions.ts";
import type { Slice } from "./workspace_store.ts";

/** Days in which an invitation can be accepted. */
export const invitationDays = 7;

export interface InvitedPlace {
  workspaceId: string;
  role: Exclude<Role, "owner">;
  /** What the person sees of it; everything if absent. */
  access?: GivenAccess;
}

export interface InvitationRow {
  id: string;
  email: string;
  isOwner: boolean;
  language: Language;
  mailId: string | null;
  invitedBy: { id: string; name: string } | null;
  expiresAt: Date;
  isExpired: boolean;
  createdAt: Date;
  workspaces: { id: string; name: string; role: Exclude<Role, "owner">; access: GivenAccess }[];
}

type RawRow = Omit<InvitationRow, "expiresAt" | "createdAt"> & { expiresAt: string; createdAt: string };

const isOpen = sql`i.accepted_at is null and i.revoked_at is null`;

async function readWhere(db: Handle, where: SQL, limit: number): Promise<InvitationRow[]> {
  const rows = await orm(db).execute<RawRow & Record<string, unknown>>(sql`
    select i.id, i.email, i.is_owner as "isOwner", i.language, i.mail_id as "mailId", i.expires_at as "expiresAt",
      i.expires_at <= now() as "isExpired", i.created_at as "createdAt",
      case when u.id is not null then jsonb_build_object('id', u.id, 'name', u.name) end as "invitedBy",
      coalesce(places.list, '[]') as workspaces
    from auth.invitations i left join auth.users u on u.id = i.invited_by
    left join lateral (
      select jsonb_agg(jsonb_build_object('id', w.id, 'name', w.name, 'role', p.role,
        'access', jsonb_build_object('kind', p.access, 'pageIds', to_jsonb(array(
          select s.page_id from auth.invitation_pages s
          where s.invitation_id = p.invitation_id and s.workspace_id = p.workspace_id order by s.page_id)))) order by w.id) as list
      from auth.invitation_places p join auth.workspaces w on w.id = p.workspace_id
      where p.invitation_id = i.id) places on true
    where ${isOpen} and ${where} order by i.id desc limit ${limit}`);
  return rows.map((row) => ({
    ...row,
    expiresAt: new Date(row.expiresAt),
    createdAt: new Date(row.createdAt),
  }));
}

/** Open invitations, also expired ones, newest first. */
export function readInvitations(db: Handle, { after, limit }: Slice): Promise<InvitationRow[]> {
  return readWhere(db, sql`(${after}::uuid is null or i.id < ${after}::uuid)`, limit);
}

export async function readInvitation(db: Handle, id: string): Promise<InvitationRow | null> {
  const [row] = await readWhere(db, sql`i.id = ${id}`, 1);
  return row ?? null;
}

/** The invitation of a link that can still be accepted; null for every other link. */
export async function readInvitationOf(db: Handle, tokenHash: string): Promise<InvitationRow | null> {
  const [row] = await readWhere(db, sql`i.token_hash = ${tokenHash} and i.expires_at > now()`, 1);
  return row ?? null;
}

export interface NewInvitationRow {
  email: string;
  isOwner: boolean;
  language: Language;
  tokenHash: string;
  invitedBy: string;
  places: readonly InvitedPlace[];
}

/** Counts open invitations; others wait to insert theirs until the transaction ends. */
export async function countOpenInvitations(tx: TransactionSql): Promise<number> {
  await tx`select pg_advisory_xact_lock(hashtextextended('auth.invitations', 0))`;
  const [row] = await orm(tx).execute<{ count: number }>(sql`
    select count(*)::int4 as count from auth.invitations i where ${isOpen} and i.expires_at > now()`);
  return row?.count ?? 0;
}

/** Inserts an invitation in place of an expired one; null when the address has an open one. */
export async function insertInvitation(db: Handle, given: NewInvitationRow): Promise<string | null> {
  await orm(db).execute(sql`
    update auth.invitations i set revoked_at = now()
    where ${isOpen} and i.expires_at <= now() and lower(i.email) = lower(${given.email})`);
  const [row] = await orm(db).execute<{ id: string }>(sql`
    insert into auth.invitations (email, is_owner, language, token_hash, invited_by, expires_at)
    values (${given.email}, ${given.isOwner}, ${given.language}, ${given.tokenHash}, ${given.invitedBy},
      now() + make_interval(days => ${invitationDays}))
    on conflict do nothing returning id`);
  if (!row) return null;
  const { places } = given;
  await orm(db).execute(sql`
    insert into auth.invitation_places (invitation_id, workspace_id, role, access)
    select ${row.id}::uuid, place."workspaceId", place.role, coalesce(place.access->>'kind', 'all')
    from jsonb_to_recordset(${JSON.stringify(places)}::jsonb)
      as place ("workspaceId" uuid, role text, access jsonb)`);
  await orm(db).execute(sql`
    insert into auth.invitation_pages (invitation_id, workspace_id, page_id)
    select ${row.id}::uuid, place."workspaceId", page.id::uuid
    from jsonb_to_recordset(${JSON.stringify(places)}::jsonb) as place ("workspaceId" uuid, access jsonb)
    cross join jsonb_array_elements_text(coalesce(place.access->'pageIds', '[]')) as page (id)`);
  return row.id;
}

/** Notes the mail with the newest link. */
export async function setInvitationMail(
  db: Handle,
  { id, mailId }: { id: string; mailId: string },
): Promise<void> {
  await orm(db).execute(sql`update auth.invitations set mail_id = ${mailId} where id = ${id}`);
}

/** Gives an open invitation another link and seven more days; false when it is no longer open. */
export async function renewInvitation(
  db: Handle,
  { id, tokenHash }: { id: string; tokenHash: string },
): Promise<boolean> {
  const rows = await orm(db).execute(sql`
    update auth.invitations i set token_hash = ${tokenHash}, mail_id = null,
      expires_at = now() + make_interval(days => ${invitationDays})
    where i.id = ${id} and ${isOpen} returning id`);
  return rows.length === 1;
}

/** Null when it is no longer open. */
export async function revokeInvitationRow(db: Handle, id: string): Promise<{ email: string } | null> {
  const [row] = await orm(db).execute<{ email: string }>(sql`
    update auth.invitations i set revoked_at = now() where i.id = ${id} and ${isOpen} returning email`);
  return row ?? null;
}

/** Uses a link, once; null when it cannot be used. The caller has inserted the user. */
export async function takeInvitation(
  db: Handle,
  { tokenHash, userId }: { tokenHash: string; userId: string },
): Promise<{ id: string; email: string; isOwner: boolean } | null> {
  const [row] = await orm(db).execute<{ id: string; email: string; isOwner: boolean }>(sql`
    update auth.invitations i set accepted_at = now(), accepted_by = ${userId}
    where i.token_hash = ${tokenHash} and ${isOpen} and i.expires_at > now()
      and lower(i.email) = (select lower(email) from auth.users where id = ${userId} and deactivated_at is null)
    returning id, email, is_owner as "isOwner"`);
  return row ?? null;
}

/** Adds a person to the workspaces of an invitation; roles that they have stay. */
export async function joinPlaces(
  db: Handle,
  { invitationId, userId }: { invitationId: string; userId: string },
): Promise<void> {
  await orm(db).execute(sql`
    with joined as (
      insert into auth.memberships (workspace_id, user_id, role, access)
      select workspace_id, ${userId}::uuid, role, access from auth.invitation_places
      where invitation_id = ${invitationId}
      on conflict do nothing returning workspace_id, user_id)
    insert into auth.member_pages (workspace_id, user_id, page_id)
    select joined.workspace_id, joined.user_id, s.page_id
    from joined join auth.invitation_pages s
      on s.invitation_id = ${invitationId} and s.workspace_id = joined.workspace_id`);
}

/** Deletes invitations 30 days after they ended. */
export function deleteEndedInvitations(db: Handle, most: number) {
  return db`
    delete from auth.invitations where id = any(array(
      select id from auth.invitations
      where least(accepted_at, revoked_at, expires_at) < now() - interval '30 days' limit ${most}))`;
}
