import { sql } from "drizzle-orm";
import { type AnyPgColumn, check, index, jsonb, pgSchema, timestamp, uuid } from "drizzle-orm/pg-core";
import { workspaces } from "../auth.ts";

export const messaging = pgSchema("messaging");

export const id = () =>
  uuid()
    .primaryKey()
    .default(sql`uuidv7()`);
export const time = () => timestamp({ withTimezone: true, mode: "date" });
export const workspaceId = () =>
  uuid()
    .notNull()
    .references(() => workspaces.id, { onDelete: "cascade" });
/** Below pages the composite keys lead to the workspace: one more foreign key per row would only cost time. */
export const ownWorkspaceId = () => uuid().notNull();
export const ownId = () =>
  uuid()
    .notNull()
    .default(sql`uuidv7()`);
/**
 * The words of a text, each found by its beginning, without regard to case and accents; the migration defines
 * `words_of`. New rows wait in a short list, since every search reads all of it.
 */
export const wordsIndex = (name: string, column: AnyPgColumn) =>
  index(name)
    .using("gin", sql`messaging.words_of(${column})`)
    .with({ gin_pending_list_limit: 512 });
/**
 * Each two words of a name by how they begin; the migration defines `name_pairs`. A first and a last name may be
 * common each, and the index on words would collect everybody with one of them.
 */
export const namePairsIndex = (name: string, column: AnyPgColumn) =>
  index(name)
    .using("gin", sql`messaging.name_pairs(${column})`)
    .with({ gin_pending_list_limit: 512 })
    // Most people have no name yet when they are new.
    .where(sql`${column} is not null`);
/** A message in other languages than its default, by language tag: templates/translations.ts chooses among them. */
export const translations = () =>
  jsonb()
    .notNull()
    .default(sql`'{}'`);
/** Each language is one, at most thirty; and without a default there are none, since it is for everybody else. */
export const translationsCheck = (
  name: string,
  { column, text }: { column: AnyPgColumn; text: AnyPgColumn },
) =>
  check(
    name,
    sql`case when jsonb_typeof(${column}) <> 'object' then false when ${text} is null then ${column} = '{}'
      else jsonb_array_length(jsonb_path_query_array(${column}, '$.keyvalue()')) <= 30
        and not jsonb_path_exists(${column}, '$.keyvalue() ? (!(@.key like_regex "^[a-z]{2,3}(-([A-Z]{2}|419))?$"))')
        and not jsonb_path_exists(${column}, '$.* ? (@.type() != "object")') end`,
  );
