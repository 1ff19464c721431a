import type { Fragment, Sql, TransactionSql } from "postgres";

/**
 * The time until which all events can be read. Rows carry the start of their transaction, and one that waits for a
 * lock may end minutes later: reading must not skip it. Transactions open for over a quarter of an hour are ignored.
 * Read it in a statement before the reading one.
 */
export function readableUntil(sql: Sql | TransactionSql): Fragment {
  return sql`greatest(clock_timestamp() - interval '15 min', least(clock_timestamp(), (
    select min(xact_start) from pg_stat_activity
    where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid())))`;
}

/** Since when to look: a transaction is not seen to write before its first row. */
export function sinceSeen(sql: Sql | TransactionSql): Fragment {
  return sql`(seen_until - interval '3 s')`;
}

/** The first UUIDv7 of this time's millisecond: the primary key finds new rows. */
export function firstIdOf(sql: Sql | TransactionSql, time: Fragment): Fragment {
  return sql`(lpad(to_hex(floor(extract(epoch from ${time}) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid`;
}
