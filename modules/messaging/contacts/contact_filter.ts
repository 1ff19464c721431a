import { type Static, Type } from "@sinclair/typebox";
import type postgres from "postgres";
import { contacts } from "#db/messaging";
import { named, nothingElse, oneOf, Problem, Uuid } from "#std";
import {
  audienceCondition,
  compileConditions,
  checkConditions,
  type Condition,
  type Conditions,
  ConditionsSchema,
  readGivenConditions,
  conditionsUnreadable,
} from "../conditions/mod.ts";
import type { Fragment } from "../policy/mod.ts";
import { readSearch } from "../search/mod.ts";

const windows = ["open", "human", "closed"] as const;

/** The filters of contact lists, bulk actions and exports. */
export const contactFilters = {
  search: Type.Optional(Type.String({ maxLength: 200 })),
  pageId: Type.Optional(Uuid),
  tagId: Type.Optional(Uuid),
  segmentId: Type.Optional(Uuid),
  engagement: Type.Optional(oneOf(contacts.engagement.enumValues)),
  window: Type.Optional(oneOf(windows)),
  source: Type.Optional(Type.String({ pattern: "^[a-z_]{1,40}$", maxLength: 40 })),
};

export const ContactFilterSchema = named(
  "ContactFilter",
  {
    ...contactFilters,
    subscribed: Type.Optional(Type.Boolean()),
    conditions: Type.Optional(ConditionsSchema),
  },
  nothingElse,
);

export type ContactFilter = Static<typeof ContactFilterSchema>;

/**
 * A filter as a condition over `messaging.contacts as c`, asking for the workspace. In an object, since an awaited
 * fragment would be run as a query. Throws 404 for an unknown segment and 422 `conditions-invalid`.
 */
export async function filterCondition(
  sql: postgres.Sql,
  workspaceId: string,
  filter: ContactFilter,
): Promise<{ condition: Fragment }> {
  const { segmentId, conditions } = filter;
  const audience = segmentId === undefined ? { all: true as const } : { segmentId };
  const parts = [(await audienceCondition(sql, workspaceId, audience)).condition];
  const plain = plainConditions(filter);
  const trees: Conditions[] = [];
  if (plain.length > 0) trees.push({ match: "all", conditions: plain });
  if (conditions !== undefined) trees.push(await readGivenConditions(sql, workspaceId, conditions));
  for (const tree of trees) parts.push((await compileConditions(sql, workspaceId, tree)).condition);
  parts.push(...searchCondition(sql, filter.search));
  return { condition: parts.reduce((left, right) => sql`${left} and ${right}`) };
}

function plainConditions(filter: ContactFilter): Condition[] {
  const { pageId, tagId, engagement, window, source, subscribed } = filter;
  const all: (Condition | undefined)[] = [
    pageId === undefined ? undefined : { field: "page", op: "any", pageIds: [pageId] },
    tagId === undefined ? undefined : { field: "tags", op: "any", tagIds: [tagId] },
    engagement === undefined ? undefined : { field: "engagement", op: "any", values: [engagement] },
    window === undefined ? undefined : { field: "window", op: window },
    source === undefined ? undefined : { field: "source", op: "any", values: [source] },
    subscribed === undefined
      ? undefined
      : { field: "consent", op: subscribed ? "subscribed" : "unsubscribed" },
  ];
  return all.filter((one) => one !== undefined);
}

function searchCondition(sql: postgres.Sql, search: string | undefined): Fragment[] {
  const words = readSearch(search);
  if (words === null) return [];
  if (words === "nothing") return [sql`false`];
  if (words.number !== null) return [sql`c.psid = ${words.number}`];
  return [sql`messaging.words_of(c.name) @@ to_tsquery('messaging.words', ${words.queries.join(" & ")})`];
}

/** Conditions as they travel in an address: JSON text. Throws 422 `conditions-invalid`. */
export function conditionsOf(text: string): ContactFilter["conditions"] {
  try {
    return checkConditions(JSON.parse(text));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw conditionsUnreadable();
  }
}
