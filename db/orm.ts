import type { Query } from "drizzle-orm";
import { PgDialect, type PreparedQueryConfig, type SelectedFieldsOrdered } from "drizzle-orm/pg-core";
import { PostgresJsDatabase, PostgresJsSession } from "drizzle-orm/postgres-js";
import type postgres from "postgres";

/** Where statements run: the pool, or an open transaction. A function that takes one can join any transaction. */
export type Handle = postgres.Sql | postgres.TransactionSql;

/** Drizzle's query builder, without its own transactions: `sql.begin()` opens them. */
export type Orm = Omit<PostgresJsDatabase, "transaction">;

/**
 * Parses and plans each statement with parameters once per connection. Drizzle prepares only on request, and planning
 * a read again takes longer than most reads.
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

/** Caches the builder per pool or transaction, so a statement creates none. */
const known = new WeakMap<Handle, Orm>();

/**
 * Returns Drizzle's query builder for exactly this pool or transaction, so its statements and hand-written ones share
 * a connection, and commit or roll back together.
 */
export function orm(sql: Handle): Orm {
  let made = known.get(sql);
  if (!made) {
    // A session calls only `unsafe`, which both have.
    const session = new PreparingSession(sql as postgres.Sql, dialect, undefined);
    made = new PostgresJsDatabase(dialect, session, undefined);
    known.set(sql, made);
  }
  return made;
}
