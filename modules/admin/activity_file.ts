import { type ActivityEntry, type ActivityFilter, readActivity, recordActivity } from "#auth";
import { csvLine } from "#messaging";
import type { AdminDeps } from "./deps.ts";

export type ActivityFormat = "csv" | "jsonl";

const columns = [
  "time",
  "workspace",
  "who",
  "address",
  "action",
  "subject id",
  "subject",
  "before",
  "after",
  "request",
];

/** Names for those without an account, in the file only. */
const others = { "command-line": "(command line)", nobody: "(not signed in)", key: "", user: "" };

function lineOf({ actor, workspace, subject, before, after, ...entry }: ActivityEntry): string {
  const json = (values: object | null) => (values === null ? null : JSON.stringify(values));
  return csvLine([
    entry.at,
    workspace && (workspace.name ?? workspace.id),
    actor.name || others[actor.kind],
    entry.address,
    entry.action,
    subject.id,
    subject.name,
    json(before),
    json(after),
    entry.requestId,
  ]);
}

const types = { csv: "text/csv; charset=utf-8", jsonl: "application/jsonl; charset=utf-8" };

/** The rows of a filter as a file that is read while it is fetched. The download itself has a row. */
export async function activityFile(
  on: Pick<AdminDeps, "sql">,
  { format, ...filter }: ActivityFilter & { format: ActivityFormat },
): Promise<Response> {
  await recordActivity(on.sql, { action: "activity.exported", after: { format, ...filter } });
  const batches = readActivity(on, filter);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // The mark tells spreadsheets that this is UTF-8.
      if (format === "csv") controller.enqueue(encoder.encode(`\uFEFF${csvLine(columns)}`));
    },
    async pull(controller) {
      const { done, value } = await batches.next();
      if (done) return controller.close();
      const lines = value.map((entry) => (format === "csv" ? lineOf(entry) : `${JSON.stringify(entry)}\n`));
      controller.enqueue(encoder.encode(lines.join("")));
    },
    async cancel() {
      await batches.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      "content-type": types[format],
      "content-disposition": `attachment; filename="activity.${format}"`,
      "content-security-policy": "sandbox; default-src 'none'",
      "cache-control": "private, no-store",
    },
  });
}
