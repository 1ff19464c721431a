import type { MessagingDeps } from "../deps.ts";
import { csvLine } from "../sheets/mod.ts";
import { readAnalyticsDays } from "./analytics.ts";
import type { AnalyticsQuery } from "./schema_analytics.ts";

/** The days of the analytics as a CSV file, oldest first. Throws what `readAnalytics` throws. */
export async function daysFile(
  on: Pick<MessagingDeps, "sql">,
  workspaceId: string,
  query: AnalyticsQuery,
): Promise<Response> {
  const { days, zone } = await readAnalyticsDays(on, workspaceId, query);
  const lines = days.map(({ day, received, answers, campaigns, newContacts }) =>
    csvLine([day, zone, received, answers, campaigns, newContacts]),
  );
  const head = csvLine(["day", "zone", "received", "answers", "campaigns and sequences", "new contacts"]);
  const name = `analytics-${days[0]?.day}-${days.at(-1)?.day}.csv`;
  // The mark tells spreadsheets that this is UTF-8.
  return new Response(`\uFEFF${head}${lines.join("")}`, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
    },
  });
}
