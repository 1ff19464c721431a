import { and, asc, eq, isNull, lte, sql } from "drizzle-orm";
import { orm } from "#db";
import { campaigns } from "#db/messaging";
import { decodeCursor, IsoTime, pageOf, parse, Uuid, wrongCursor } from "#std";
import { zoneOf } from "../contacts/mod.ts";
import { kindOf, readStored, type CampaignDeps, occurrencesBetween } from "../campaigns/mod.ts";
import type { CalendarEntry, CalendarPage, CalendarQuery } from "./schema_calendar.ts";
import { problem } from "./problems.ts";

const longestDays = 100;
const dayMs = 86_400_000;
const entriesAtOnce = 1_000;
const beforeAll = "00000000-0000-0000-0000-000000000000";

/** Past and future campaigns of a period, with future occurrences; oldest first. */
export async function readCalendar(
  on: Pick<CampaignDeps, "sql">,
  workspaceId: string,
  query: CalendarQuery,
): Promise<CalendarPage> {
  const from = Date.parse(query.from);
  const until = Date.parse(query.until);
  if (until < from || until - from > longestDays * dayMs) {
    throw problem("calendar-range", { days: longestDays });
  }
  const after = readCursor(query.cursor) ?? { at: new Date(from).toISOString(), id: beforeAll };
  const range = { after, until: new Date(until).toISOString() };
  const entries = [...(await readOnce(on, workspaceId, range)), ...(await readToCome(on, workspaceId, range))]
    .filter((entry) => entry.at > after.at || (entry.at === after.at && entry.id > after.id))
    .toSorted((a, b) => (`${a.at} ${a.id}` < `${b.at} ${b.id}` ? -1 : 1));
  return pageOf(entries, entriesAtOnce, ({ at, id }) => [at, id]);
}

interface Range {
  /** The last entry that the reader has seen. */
  after: Pick<CalendarEntry, "at" | "id">;
  until: string;
}

/** Campaigns that begin once, and occurrences that have begun. */
async function readOnce(
  on: Pick<CampaignDeps, "sql">,
  workspaceId: string,
  { after, until }: Range,
): Promise<CalendarEntry[]> {
  const { id, name, kind, status, parentId, schedule } = campaigns;
  // A campaign in each contact's zone is shown at its author's time, and begins earlier in the first zone.
  const at = sql<string>`date_trunc('milliseconds', coalesce(${campaigns.occurrenceAt},
    case when ${schedule} ->> 'inContactZone' = 'true' then (${schedule} ->> 'at')::timestamptz end,
    ${campaigns.dueAt}, ${campaigns.launchedAt}))`;
  const rows = await orm(on.sql)
    .select({ id, name, kind, status, parentId, at: at.mapWith(campaigns.createdAt) })
    .from(campaigns)
    .where(
      and(
        eq(campaigns.workspaceId, workspaceId),
        sql`${kind} <> 'sequence'`,
        isNull(campaigns.archivedAt),
        sql`${campaigns.launchedAt} is not null`,
        sql`coalesce(${schedule} -> 'recurrence', 'null') = 'null'`,
        sql`(${at}, ${id}) > (${after.at}::timestamptz, ${after.id}::uuid)`,
        lte(at, until),
      ),
    )
    .orderBy(asc(at), asc(id))
    .limit(entriesAtOnce + 1);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    kind: kindOf(row),
    status: row.status,
    at: row.at.toISOString(),
    isRecurring: row.parentId !== null,
  }));
}

/** Future occurrences of recurring campaigns; past ones are campaigns of their own. */
async function readToCome(
  on: Pick<CampaignDeps, "sql">,
  workspaceId: string,
  { after, until }: Range,
): Promise<CalendarEntry[]> {
  const zone = await zoneOf(on.sql, workspaceId);
  const rows = await orm(on.sql)
    .select()
    .from(campaigns)
    .where(
      and(
        eq(campaigns.workspaceId, workspaceId),
        sql`${campaigns.kind} <> 'sequence'`,
        isNull(campaigns.archivedAt),
        eq(campaigns.status, "scheduled"),
        sql`${campaigns.schedule} ? 'recurrence'`,
        lte(campaigns.dueAt, new Date(until)),
      ),
    );
  return rows.flatMap((row): CalendarEntry[] => {
    const { schedule } = readStored(row);
    if (!schedule?.recurrence || !row.dueAt) return [];
    const from = Math.max(Date.parse(after.at), row.dueAt.getTime());
    const range = { from, until: Date.parse(until), zone, most: longestDays + 1 };
    return occurrencesBetween(schedule, range).map((at) => ({
      id: row.id,
      name: row.name,
      kind: kindOf(row),
      status: row.status,
      at: new Date(at).toISOString(),
      isRecurring: true,
    }));
  });
}

function readCursor(cursor: string | undefined): Range["after"] | null {
  if (cursor === undefined) return null;
  const [time, key] = decodeCursor(cursor, 2);
  const at = parse(IsoTime, time);
  const id = parse(Uuid, key);
  if (!at.ok || !id.ok) throw wrongCursor();
  return { at: new Date(at.value).toISOString(), id: id.value };
}
