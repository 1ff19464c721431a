import { type Database, deleteInChunks } from "#db";
import { deleteEndedInvitations } from "./invitation_store.ts";
import { deleteExpiredLinks } from "./link_store.ts";

/**
 * Deletes login attempts after 90 days, sessions and invitations 30 days after their end, links, challenges and
 * remembered devices past their time, and budgets of login that are full again.
 */
export async function pruneLogins({
  sql,
}: Pick<Database, "sql">): Promise<{ attempts: number; sessions: number; invitations: number }> {
  const attempts = await deleteInChunks(
    (most) => sql`
      delete from auth.login_attempts where id = any(array(
        select id from auth.login_attempts where at < now() - interval '90 days' order by at limit ${most}))`,
  );
  const sessions = await deleteInChunks(
    (most) => sql`
      delete from auth.sessions where id = any(array(
        select id from auth.sessions where least(ended_at, expires_at) < now() - interval '30 days' limit ${most}))`,
  );
  const invitations = await deleteInChunks((most) => deleteEndedInvitations(sql, most));
  await deleteInChunks((most) => deleteExpiredLinks(sql, most));
  // Each login deletes some; these are of an attack that was the last to log in.
  await deleteInChunks(
    (most) => sql`
      delete from auth.login_budgets where (account, source) in (
        select account, source from auth.login_budgets where full_at < now() - interval '1 hour' limit ${most})`,
  );
  await deleteInChunks(
    (most) => sql`
      delete from auth.used_challenges where hash = any(array(
        select hash from auth.used_challenges where expires_at < now() - interval '1 hour'
        order by expires_at limit ${most}))`,
  );
  await deleteInChunks(
    (most) => sql`
      delete from auth.remembered_devices where id = any(array(
        select id from auth.remembered_devices where expires_at < now() limit ${most}))`,
  );
  return { attempts, sessions, invitations };
}
