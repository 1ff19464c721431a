import type postgres from "postgres";
import type { Viewer } from "#auth";
import { wideRead, limitOf } from "#db";
import { decodeCursor, pageOf, parse, timePart, Uuid, wrongCursor } from "#std";
import { conditionsOf, type ContactFilter, filterCondition } from "./contact_filter.ts";
import { type ContactDeps, listContacts, readContacts } from "./contact_store.ts";
import { seesContact } from "../sight/mod.ts";
import { readFieldValues } from "./field_values.ts";
import {
  type Contact,
  type ContactsCountQuery,
  type ContactsQuery,
  type ListedContact,
  usualContacts,
} from "./schema.ts";

export type ContactSort = "newest" | "oldest" | "name" | "lastInteraction";

/** The sort key before the id, and its direction. A closed list: names in requests are looked up here. */
const orders: Readonly<Record<ContactSort, Order>> = {
  newest: { key: null, way: "desc" },
  oldest: { key: null, way: "asc" },
  // Contacts without a name come last, as in the index.
  name: { key: { column: "coalesce(lower(left(c.name, 100)), chr(1114111))", type: "text" }, way: "asc" },
  lastInteraction: {
    key: { column: "coalesce(c.last_inbound_at, 'epoch')", type: "timestamptz" },
    way: "desc",
  },
};

interface Order {
  /** Null: the id alone, which is made of the time of creation. */
  key: { column: string; type: "text" | "timestamptz" } | null;
  way: "asc" | "desc";
}

export interface ContactListQuery extends ContactFilter {
  sort?: ContactSort;
  limit?: number;
  cursor?: string;
  /** Only what this member sees; undefined: everybody. */
  viewer?: Viewer | undefined;
}

/** A page of the contacts that a filter finds, in an order, by keyset. */
export async function findContacts(
  on: ContactDeps,
  workspaceId: string,
  { sort = "newest", limit = usualContacts, cursor, viewer, ...filter }: ContactListQuery,
): Promise<{ items: Contact[]; nextCursor: string | null }> {
  const { sql } = on;
  const order = orders[sort];
  const { condition } = await filterCondition(sql, workspaceId, filter);
  const key = order.key === null ? "''" : order.key.column;
  const found = await wideRead<{ id: string; key: string }>(
    sql,
    // The key becomes text only for those who are on the page.
    sql`select id, key::text from (
        select c.id, ${sql.unsafe(key)} as key from messaging.contacts as c
        where ${condition} ${seesContact(sql, viewer, "c")} ${afterCursor(sql, order, cursor)}
        order by ${sql.unsafe(order.key === null ? "" : `${key} ${order.way}, `)} c.id ${sql.unsafe(order.way)}
        limit ${limitOf(sql, limit + 1)}) as found
      order by ${sql.unsafe(order.key === null ? "" : `found.key ${order.way}, `)} id ${sql.unsafe(order.way)}`,
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
  { fields, ...query }: ContactsQuery & { viewer?: Viewer },
): Promise<{ items: ListedContact[]; nextCursor: string | null }> {
  const list = await readList(on, workspaceId, query);
  if (fields !== true) return list;
  const ids = list.items.map(({ id }) => id);
  const values = await readFieldValues(on.sql, workspaceId, ids);
  return { ...list, items: list.items.map((one) => ({ ...one, fields: values.get(one.id) ?? {} })) };
}

async function readList(
  on: ContactDeps,
  workspaceId: string,
  { limit, cursor, sort = "newest", viewer, ...filters }: Omit<ContactsQuery, "fields"> & { viewer?: Viewer },
): Promise<{ items: Contact[]; nextCursor: string | null }> {
  const { search, pageId, ...others } = filters;
  if (sort === "newest" && Object.keys(others).length === 0)
    return await listContacts(on, workspaceId, { search, pageId, limit, cursor, viewer });
  return await findContacts(on, workspaceId, { ...filterOf(filters), sort, limit, cursor, viewer });
}

/** How many contacts the list has with these filters. */
export async function countContacts(
  { sql }: Pick<ContactDeps, "sql">,
  workspaceId: string,
  { viewer, ...query }: ContactsCountQuery & { viewer?: Viewer },
): Promise<number> {
  const { condition } = await filterCondition(sql, workspaceId, filterOf(query));
  const [row] = await wideRead<{ count: number }>(
    sql,
    sql`select count(*)::int4 as count from messaging.contacts as c where ${condition} ${seesContact(sql, viewer, "c")}`,
  );
  return row?.count ?? 0;
}

/** The filter of an address, where everything is text. */
function filterOf({ subscribed, conditions, ...filter }: ContactsCountQuery): ContactFilter {
  return {
    ...filter,
    ...(subscribed === undefined ? {} : { subscribed: subscribed === "true" }),
    ...(conditions === undefined ? {} : { conditions: conditionsOf(conditions) }),
  };
}

function afterCursor(sql: postgres.Sql, { key, way }: Order, cursor: string | undefined) {
  if (cursor === undefined) return sql``;
  const [last, id] = decodeCursor(cursor, 2);
  const parsed = parse(Uuid, id);
  if (typeof last !== "string" || !parsed.ok) throw wrongCursor();
  const beyond = sql.unsafe(way === "asc" ? ">" : "<");
  if (key === null) return sql`and c.id ${beyond} ${parsed.value}::uuid`;
  if (key.type === "timestamptz") timePart(last);
  return sql`and (${sql.unsafe(key.column)}, c.id) ${beyond} (${last}::${sql.unsafe(key.type)}, ${parsed.value}::uuid)`;
}
