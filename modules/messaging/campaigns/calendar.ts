import { and, eq, gte, isNull, lte, or, sql } from "drizzle-orm";
import { campaigns } from "#db/messaging";
import { Problem } from "#std";
import { kindOf, readStored } from "./campaign_view.ts";
import type { CampaignDeps } from "./deps.ts";
import { zoneOf } from "./launch.ts";
import { occurrencesBetween } from "./schedule.ts";
import type { CalendarEntry, CalendarQuery } from "./schema_calendar.ts";

const longestMs = 100 * 86_400_000;
const mostEntries = 1_000;

/** What was sent and will be sent in a stretch of time, occurrences to come included; oldest first. */
export async function readCalendar(
  on: Pick<CampaignDeps, "db" | "sql">,
  workspaceId: string,
  query: CalendarQuery,
): Promise<CalendarEntry[]> {
  const from = Date.parse(query.from);
  const until = Date.parse(query.until);
  if (until < from || until - from > longestMs) {
    throw new Problem(
      "invalid-range",
      422,
      "Cannot show this calendar: `until` is at most 100 days after `from`",
    );
  }
  const zone = await zoneOf(on.sql, workspaceId);
  const startedAt = sql`coalesce(${campaigns.occurrenceAt}, ${campaigns.dueAt}, ${campaigns.launchedAt})`;
  const rows = await on.db
    .select()
    .from(campaigns)
    .where(
      and(
        eq(campaigns.workspaceId, workspaceId),
        sql`${campaigns.kind} <> 'sequence'`,
        isNull(campaigns.archivedAt),
        sql`${campaigns.launchedAt} is not null`,
        or(
          and(gte(startedAt, new Date(from).toISOString()), lte(startedAt, new Date(until).toISOString())),
          sql`${campaigns.schedule} ? 'recurrence'`,
        ),
      ),
    )
    .limit(mostEntries);
  return rows
    .flatMap((row): CalendarEntry[] => {
      const { schedule } = readStored(row);
      const entry = { id: row.id, name: row.name, kind: kindOf(row), status: row.status };
      if (schedule?.recurrence) {
        // What came before has campaigns of its own.
        const next = row.status === "scheduled" && row.dueAt ? row.dueAt.getTime() : null;
        if (next === null) return [];
        const range = { from: Math.max(from, next), until, zone, most: 100 };
        return occurrencesBetween(schedule, range).map((at) => ({
          ...entry,
          at: new Date(at).toISOString(),
          isRecurring: true,
        }));
      }
      const at = row.occurrenceAt ?? row.dueAt ?? row.launchedAt;
      return at ? [{ ...entry, at: at.toISOString(), isRecurring: row.parentId !== null }] : [];
    })
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, mostEntries);
}
