import { type Database, deleteInChunks } from "#db";

/** Deletes login attempts after 90 days, and sessions 30 days after their end. */
export async function pruneLogins({
  sql,
}: Pick<Database, "sql">): Promise<{ attempts: number; sessions: number }> {
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
  return { attempts, sessions };
}
