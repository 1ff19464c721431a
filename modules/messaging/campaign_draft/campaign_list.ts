import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { campaigns } from "#db/messaging";
import { decodeCursor, decodeIdCursor, pageOf, parse, timePart, Uuid, wrongCursor } from "#std";
import { readSearch } from "../search/mod.ts";
import {
  selectCampaigns,
  viewCampaign,
  type CampaignDeps,
  type Campaign,
  type CampaignsQuery,
} from "../campaigns/mod.ts";

const awaitsApproval = and(
  eq(campaigns.approval, "asked"),
  inArray(campaigns.status, ["draft", "scheduled"]),
);

type Sort = NonNullable<CampaignsQuery["sort"]>;

/** The sort key before the id. A closed list: names in requests are looked up here. */
const keys: Readonly<
  Record<Exclude<Sort, "created">, { column: SQL; type: "timestamptz" | "text" | "int8" }>
> = {
  when: {
    column: sql`coalesce(case when ${campaigns.status} = 'scheduled' then ${campaigns.dueAt} end, ${campaigns.finishedAt},
      ${campaigns.launchedAt}, ${campaigns.createdAt})`,
    type: "timestamptz",
  },
  name: { column: sql`lower(${campaigns.name})`, type: "text" },
  sent: { column: countSql("sent"), type: "int8" },
  replied: { column: countSql("replied"), type: "int8" },
};

/** As folded; what changed within the last second is not in it. */
function countSql(name: "sent" | "replied"): SQL {
  return sql`coalesce((${campaigns.counts} ->> ${sql.raw(`'${name}'`)})::int8, 0)`;
}

/**
 * A page of campaigns, the newest first unless another order is asked for. Occurrences of a recurring one are listed
 * like any other.
 */
export async function listCampaigns(
  on: Pick<CampaignDeps, "sql">,
  workspaceId: string,
  query: CampaignsQuery,
): Promise<{ items: Campaign[]; nextCursor: string | null }> {
  const limit = query.limit ?? 50;
  const { key, order, after } = orderOf(query);
  const search = readSearch(query.search);
  if (search === "nothing") return { items: [], nextCursor: null };
  const rows = await selectCampaigns(
    on.sql,
    and(
      eq(campaigns.workspaceId, workspaceId),
      query.status === undefined ? undefined : eq(campaigns.status, query.status),
      query.archived === true ? isNotNull(campaigns.archivedAt) : isNull(campaigns.archivedAt),
      query.awaitingApproval === true ? awaitsApproval : undefined,
      query.parentId === undefined ? undefined : eq(campaigns.parentId, query.parentId),
      search === null ? undefined : sql`${campaigns.name} ~* all (${sql.param(search.patterns)}::text[])`,
      after,
    ),
    key,
  )
    .orderBy(...order)
    .limit(limit + 1);
  const page = pageOf(rows, limit, ({ row, key }) =>
    query.sort === undefined || query.sort === "created" ? [row.id] : [key, row.id],
  );
  return {
    items: page.items.map(({ row, unfolded }) => viewCampaign(row, unfolded)),
    nextCursor: page.nextCursor,
  };
}

/** The order of a list, and what lies behind its cursor. Throws `invalid-cursor`. */
function orderOf({ sort = "created", order = sort === "name" ? "asc" : "desc", ...query }: CampaignsQuery) {
  const way = sql.raw(order);
  const beyond = sql.raw(order === "asc" ? ">" : "<");
  if (sort === "created") {
    const id = query.cursor === undefined ? null : decodeIdCursor(query.cursor);
    return {
      order: [sql`${campaigns.id} ${way}`],
      after: id === null ? undefined : sql`${campaigns.id} ${beyond} ${id}::uuid`,
    };
  }
  const { column, type } = keys[sort];
  return {
    key: column,
    order: [sql`${column} ${way}`, sql`${campaigns.id} ${way}`],
    after:
      query.cursor === undefined
        ? undefined
        : sql`(${column}, ${campaigns.id}) ${beyond} ${placeOf(query.cursor, type)}`,
  };
}

function placeOf(cursor: string, type: "timestamptz" | "text" | "int8"): SQL {
  const [key, id] = decodeCursor(cursor, 2);
  const parsed = parse(Uuid, id);
  if (typeof key !== "string" || !parsed.ok) throw wrongCursor();
  if (type === "timestamptz") timePart(key);
  if (type === "int8" && !/^[0-9]{1,18}$/.test(key)) throw wrongCursor();
  return sql`(${key}::${sql.raw(type)}, ${parsed.value}::uuid)`;
}
