import type postgres from "postgres";
import { decodeCursor, pageOf, parse, Uuid, wrongCursor } from "#std";
import { wideRead } from "../segments/wide_read.ts";
import { limitOf } from "../time_key.ts";
import { conditionsOf, type ContactFilter, filterCondition } from "./contact_filter.ts";
import { type ContactDeps, listContacts, readContacts } from "./contact_store.ts";
import type { Contact, ContactsQuery } from "./schema.ts";

export type ContactSort = "newest" | "oldest" | "name" | "lastInteraction";

/** By which key a list goes, and which way. Closed: what a request names is looked up here. */
const orders = {
  newest: { key: "''", way: "desc" },
  oldest: { key: "''", way: "asc" },
  // Who has no name comes after all who have one.
  name: { key: "coalesce(lower(c.name), chr(1114111))", way: "asc" },
  lastInteraction: {
    key: "to_char(coalesce(c.last_inbound_at, 'epoch'), 'YYYYMMDDHH24MISSUS')",
    way: "desc",
  },
} as const satisfies Record<ContactSort, { key: string; way: "asc" | "desc" }>;

export interface ContactListQuery extends ContactFilter {
  sort?: ContactSort;
  limit?: number;
  cursor?: string;
}

/** A page of the contacts that a filter finds, in an order, by keyset. */
export async function findContacts(
  on: ContactDeps,
  workspaceId: string,
  { sort = "newest", limit = 50, cursor, ...filter }: ContactListQuery,
): Promise<{ items: Contact[]; nextCursor: string | null }> {
  const { sql } = on;
  const { key, way } = orders[sort];
  const { condition } = await filterCondition(sql, workspaceId, filter);
  const found = await wideRead<{ id: string; key: string }>(
    sql,
    sql`select c.id, ${sql.unsafe(key)} as key from messaging.contacts as c
      where ${condition} ${afterCursor(sql, { cursor, key, way })}
      order by ${sql.unsafe(sort === "newest" || sort === "oldest" ? `c.id ${way}` : `2 ${way}, c.id ${way}`)}
      limit ${limitOf(sql, limit + 1)}`,
  );
  const page = pageOf([...found], limit, (row) => [row.key, row.id]);
  const contacts = await readContacts(
    on,
    workspaceId,
    page.items.map((row) => row.id),
  );
  return {
    items: page.items.flatMap(({ id }) => contacts.find((contact) => contact.id === id) ?? []),
    nextCursor: page.nextCursor,
  };
}

/** The list as its route reads it: the plain one, newest first, has a way of its own that reads less. */
export async function listContactsBy(
  on: ContactDeps,
  workspaceId: string,
  { conditions, subscribed, ...query }: ContactsQuery,
): Promise<{ items: Contact[]; nextCursor: string | null }> {
  const {
    search: _search,
    pageId: _pageId,
    limit: _limit,
    cursor: _cursor,
    sort = "newest",
    ...filters
  } = query;
  const isPlain =
    sort === "newest" &&
    conditions === undefined &&
    subscribed === undefined &&
    Object.keys(filters).length === 0;
  if (isPlain) return await listContacts(on, workspaceId, query);
  return await findContacts(on, workspaceId, {
    ...query,
    ...(subscribed === undefined ? {} : { subscribed: subscribed === "true" }),
    ...(conditions === undefined ? {} : { conditions: conditionsOf(conditions) }),
  });
}

function afterCursor(
  sql: postgres.Sql,
  { cursor, key, way }: { cursor: string | undefined; key: string; way: "asc" | "desc" },
) {
  if (cursor === undefined) return sql``;
  const [last, id] = decodeCursor(cursor, 2);
  const parsed = parse(Uuid, id);
  if (typeof last !== "string" || !parsed.ok) throw wrongCursor();
  const beyond = sql.unsafe(way === "asc" ? ">" : "<");
  if (key === "''") return sql`and c.id ${beyond} ${parsed.value}::uuid`;
  return sql`and (${sql.unsafe(key)}, c.id) ${beyond} (${last}::text, ${parsed.value}::uuid)`;
}
