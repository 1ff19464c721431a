import type { Database } from "#db";

/**
 * Everything that makes the schema, a line each: columns, indexes, constraints, functions, triggers, sequences and
 * extensions. Parts of partitioned tables come and go by the calendar, and are left out.
 */
export async function portraitOf({ sql }: Pick<Database, "sql">): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    with ours as (
      select oid, relkind, reloptions, oid::regclass::text as name from pg_class
      where relnamespace::regnamespace::text in ('auth', 'jobs', 'messaging', 'webhooks') and not relispartition)
    select concat_ws(' ', 'table', name, relkind, reloptions) as line from ours where relkind in ('r', 'p', 'v', 'm')
    union all
    select concat_ws(' ', 'column', name, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
        attstorage, pg_get_expr(adbin, adrelid))
      from ours join pg_attribute on attrelid = ours.oid left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v', 'm')
    union all
    select concat_ws(' ', 'index', name, pg_get_indexdef(oid), indisvalid, reloptions)
      from ours join pg_index on indexrelid = oid
    union all
    select concat_ws(' ', 'constraint', name, conname, pg_get_constraintdef(pg_constraint.oid), convalidated)
      from ours join pg_constraint on conrelid = ours.oid
    union all
    select concat_ws(' ', 'trigger', name, pg_get_triggerdef(pg_trigger.oid))
      from ours join pg_trigger on tgrelid = ours.oid where not tgisinternal
    union all
    select concat_ws(' ', 'sequence', name, seqtypid::regtype, seqstart, seqincrement)
      from ours join pg_sequence on seqrelid = oid
    union all
    select concat_ws(' ', 'function', pg_get_functiondef(oid)) from pg_proc
      where pronamespace::regnamespace::text in ('auth', 'jobs', 'messaging', 'webhooks')
    union all
    select concat_ws(' ', 'type', oid::regtype, typtype) from pg_type
      where typnamespace::regnamespace::text in ('auth', 'jobs', 'messaging', 'webhooks') and typtype in ('d', 'e')
    union all
    select concat_ws(' ', 'extension', extname) from pg_extension
    order by 1`;
  return rows.map(({ line }) => line);
}
