import type { Query } from "drizzle-orm";
import { PgDialect, type PreparedQueryConfig, type SelectedFieldsOrdered } from "drizzle-orm/pg-core";
import { PostgresJsDatabase, PostgresJsSession } from "drizzle-orm/postgres-js";
import type postgres from "postgres";

/** What statements run on: the pool, or an open transaction. A function that takes one can be part of any transaction. */
export type Handle = postgres.Sql | postgres.TransactionSql;

/** Drizzle's query builder, without transactions of its own: `sql.begin()` opens them. */
export type Orm = Omit<PostgresJsDatabase, "transaction">;

/**
 * Has each statement with parameters parsed and planned once per connection. Drizzle prepares only what it is told to, and
 * to plan a read anew takes longer than most reads.
 */
class PreparingSession extends PostgresJsSession<postgres.Sql, Record<string, never>, Record<string, never>> {
  override prepareQuery<T extends PreparedQueryConfig>(
    query: Query,
    fields: SelectedFieldsOrdered | undefined,
    name: string | undefined,
    isInArrays: boolean,
    mapRows?: (rows: unknown[][]) => T["execute"],
  ) {
    return super.prepareQuery<T>(query, fields, name ?? "by its text", isInArrays, mapRows);
  }
}

const dialect = new PgDialect({ casing: "snake_case" });

/** The pools and transactions that were asked for, so that a statement costs no new builder. */
const known = new WeakMap<Handle, Orm>();

/**
 * Gives Drizzle's query builder on exactly this pool or transaction, so that its statements and hand-written ones run on
 * one connection, and commit or roll back together.
 */
export function orm(sql: Handle): Orm {
  let made = known.get(sql);
  if (!made) {
    // A session calls nothing but `unsafe`, which both have.
    const session = new PreparingSession(sql as postgres.Sql, dialect, undefined);
    made = new PostgresJsDatabase(dialect, session, undefined);
    known.set(sql, made);
  }
  return made;
}
