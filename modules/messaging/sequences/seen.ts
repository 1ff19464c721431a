import type { Fragment, Sql, TransactionSql } from "postgres";

/**
 * Until when everything that was written can be read. Rows carry the time at which their transaction began, and one
 * that waits for a lock may end minutes later: what is looked at once must not pass it by. Whoever holds a transaction
 * open for a quarter of an hour is not waited for. To be read by a statement before the one that looks.
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

/** The first UUIDv7 of this time's millisecond: the primary key finds what is new. */
export function firstIdOf(sql: Sql | TransactionSql, time: Fragment): Fragment {
  return sql`(lpad(to_hex(floor(extract(epoch from ${time}) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid`;
}
