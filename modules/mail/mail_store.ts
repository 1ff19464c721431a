import { and, eq, isNotNull, sql } from "drizzle-orm";
import { deleteInChunks, type Handle, orm } from "#db";
import { mails } from "#db/mail";

export type MailState = "queued" | "sent" | "failed";

/** Writes a mail unless its address got `most` in the last hour; false: it did. Needs an open transaction. */
export async function insertMail(
  tx: Handle,
  { most, ...mail }: { id: string; kind: string; address: string; contentSealed: string; most: number },
): Promise<boolean> {
  // Two requests about one address count one after the other.
  await orm(tx).execute(sql`
    select pg_advisory_xact_lock(hashtextextended('mail:' || lower(${mail.address}), 0))`);
  const rows = await orm(tx).execute(sql`
    insert into mail.mails (id, kind, address, content_sealed)
    select ${mail.id}::uuid, ${mail.kind}, ${mail.address}, ${mail.contentSealed}
    where ${most} > (
      select count(*) from mail.mails
      where lower(address) = lower(${mail.address}) and created_at > now() - interval '1 hour')
    returning id`);
  return rows.length === 1;
}

export interface QueuedMail {
  id: string;
  kind: string;
  address: string;
  contentSealed: string;
}

/** A mail that may still leave, also after its job gave up; null: it has left, or was refused for good. */
export async function readUnsent(db: Handle, id: string): Promise<QueuedMail | null> {
  const [row] = await orm(db)
    .select({ id: mails.id, kind: mails.kind, address: mails.address, contentSealed: mails.contentSealed })
    .from(mails)
    .where(and(eq(mails.id, id), isNotNull(mails.contentSealed)));
  return row && row.contentSealed !== null ? { ...row, contentSealed: row.contentSealed } : null;
}

/** Settles a mail and forgets its content. */
export async function settleMail(
  db: Handle,
  { id, failure }: { id: string; failure: string | null },
): Promise<void> {
  await orm(db)
    .update(mails)
    .set({
      state: failure === null ? "sent" : "failed",
      failure,
      contentSealed: null,
      settledAt: sql`now()`,
    })
    .where(and(eq(mails.id, id), isNotNull(mails.contentSealed)));
}

/** Marks a mail whose attempts are used up; its job can be retried by hand. */
export async function markFailed(
  db: Handle,
  { id, failure }: { id: string; failure: string },
): Promise<void> {
  await orm(db)
    .update(mails)
    .set({ state: "failed", failure, settledAt: sql`now()` })
    .where(and(eq(mails.id, id), eq(mails.state, "queued")));
}

/** The state of a mail; null: unknown, or past keeping. */
export async function readMailState(
  db: Handle,
  id: string,
): Promise<{ state: MailState; failure: string | null } | null> {
  const [row] = await orm(db)
    .select({ state: mails.state, failure: mails.failure })
    .from(mails)
    .where(eq(mails.id, id));
  return row ?? null;
}

/** The states of these mails, without unknown ones. */
export async function readMailStates(db: Handle, ids: readonly string[]): Promise<Map<string, MailState>> {
  if (ids.length === 0) return new Map();
  const rows = await orm(db)
    .select({ id: mails.id, state: mails.state })
    .from(mails)
    .where(sql`${mails.id} = any(${sql.param([...ids])}::uuid[])`);
  return new Map(rows.map(({ id, state }) => [id, state]));
}

/** Mails of another key than this, which seals them again. */
export async function readSealedByOthers(db: Handle, keyId: string): Promise<QueuedMail[]> {
  return await orm(db).execute<QueuedMail & Record<string, unknown>>(sql`
    select id, kind, address, content_sealed as "contentSealed" from mail.mails
    where content_sealed is not null and split_part(content_sealed, '.', 2) <> ${keyId} order by id`);
}

export async function replaceSealed(
  db: Handle,
  { id, before, after }: { id: string; before: string; after: string },
): Promise<void> {
  await orm(db)
    .update(mails)
    .set({ contentSealed: after })
    .where(and(eq(mails.id, id), eq(mails.contentSealed, before)));
}

/** Deletes mails after 30 days. */
export async function pruneMails({ sql: db }: { sql: Handle }): Promise<number> {
  return await deleteInChunks(
    (most) => db`
      delete from mail.mails where id = any(array(
        select id from mail.mails where created_at < now() - interval '30 days' order by created_at limit ${most}))`,
  );
}
