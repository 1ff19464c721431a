import type { Fragment, Sql, TransactionSql } from "postgres";

/** Records deleted contacts anonymously. */
export async function rememberDeleted(
  tx: TransactionSql,
  { workspaceId, contactIds }: { workspaceId: string; contactIds: readonly string[] },
): Promise<void> {
  await tx`
    insert into messaging.deleted_people (workspace_id, page_id, person_hash)
    select workspace_id, page_id, ${personHash(tx)} as person_hash from messaging.contacts
    where workspace_id = ${workspaceId} and id = any(${[...contactIds]}::uuid[]) order by page_id, person_hash
    on conflict (page_id, person_hash) do update set deleted_at = excluded.deleted_at`;
}

/** The same for unknown people, whose page is unknown too. */
export async function rememberStrangers(sql: Sql, psids: readonly string[]): Promise<void> {
  await sql`
    insert into messaging.deleted_people (workspace_id, page_id, person_hash)
    select workspace_id, page_id, ${personHash(sql)} as person_hash
    from (select distinct workspace_id, id as page_id, psid from messaging.pages, unnest(${[...psids]}::text[]) as psid) as anywhere
    order by page_id, person_hash
    on conflict (page_id, person_hash) do update set deleted_at = excluded.deleted_at`;
}

/** Which of these people of a page were deleted, with the last time in ms. */
export async function readDeleted(
  sql: Sql,
  pageId: string,
  psids: readonly string[],
): Promise<Map<string, number>> {
  const rows = await sql<{ psid: string; at: number }[]>`
    select person.psid, (extract(epoch from d.deleted_at) * 1000)::float8 as at
    from (select psid, ${personHash(sql)} as hash
      from unnest(${[...psids]}::text[]) as psid, (select ${pageId}::uuid as page_id)) as person
    join messaging.deleted_people as d on d.page_id = ${pageId} and d.person_hash = person.hash`;
  return new Map(rows.map(({ psid, at }) => [psid, at]));
}

/** SQL: the stored trace of a deleted person of a page. */
export const personHashSql = (pageId: string, psid: string): string =>
  `encode(sha256(convert_to(${pageId} || ' ' || ${psid}, 'UTF8')), 'hex')`;

/** Of a row with `page_id` and `psid`. */
function personHash(sql: Sql | TransactionSql): Fragment {
  return sql`${sql.unsafe(personHashSql("page_id", "psid"))}`;
}
