import { reasonText } from "../delivery/mod.ts";
import { csvLine } from "../sheets/mod.ts";
import { endedIn, readRange } from "./compliance.ts";
import type { MessagingDeps } from "../deps.ts";
import type { ComplianceQuery } from "./schema_compliance.ts";

const columns = [
  "delivery",
  "ended at",
  "outcome",
  "why",
  "page",
  "contact",
  "campaign",
  "kind",
  "written by",
  "route",
  "rule",
  "person's last message",
  "meta error",
];

interface AuditRow {
  id: string;
  at: string;
  state: string;
  reason: string | null;
  error_code: number | null;
  error_subcode: number | null;
  page: string;
  contact_id: string | null;
  campaign: string | null;
  class: string;
  is_person: boolean;
  route: string | null;
  rule: string | null;
  last_inbound_at: string | null;
}

/**
 * Every decision of a stretch of time with the facts that it stood on, as a CSV file that is read from the ledger while
 * it is fetched. Throws 422 `invalid-range`.
 */
export function auditFile(
  { sql }: Pick<MessagingDeps, "sql">,
  workspaceId: string,
  { chunk = 2_000, ...query }: ComplianceQuery & { chunk?: number },
): Response {
  const range = readRange(query);
  const encoder = new TextEncoder();
  let after: string | null = null;

  async function next(): Promise<AuditRow[]> {
    const { ended } = await endedIn(sql, workspaceId, range);
    return await sql<AuditRow[]>`
      select d.id, to_char(d.settled_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, d.state, d.reason, d.error_code,
             d.error_subcode, p.name as page, d.contact_id, k.name as campaign, d.class, d.by_user_id is not null as is_person, d.route,
             d.decision ->> 'rule' as rule, d.decision ->> 'lastInboundAt' as last_inbound_at
      from messaging.deliveries d
      join messaging.pages p on p.id = d.page_id
      left join messaging.campaigns k on k.id = d.campaign_id
      where ${ended} ${after === null ? sql`` : sql`and d.id > ${after}::uuid`}
      order by d.id limit ${chunk}`;
  }

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      // The mark tells spreadsheets that this is UTF-8.
      controller.enqueue(encoder.encode(`\uFEFF${csvLine(columns)}`));
    },
    async pull(controller) {
      const rows = await next();
      if (rows.length > 0) controller.enqueue(encoder.encode(rows.map(lineOf).join("")));
      after = rows.at(-1)?.id ?? after;
      if (rows.length < chunk) controller.close();
    },
  });
  const name = `audit-${query.from.slice(0, 10)}-${query.until.slice(0, 10)}.csv`;
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
    },
  });
}

function lineOf(row: AuditRow): string {
  const { reason, error_code: errorCode, error_subcode: errorSubcode } = row;
  const error = errorCode === null ? null : [errorCode, errorSubcode].filter((one) => one !== null).join("/");
  return csvLine([
    row.id,
    row.at,
    row.state,
    reason === null ? null : reasonText({ reason, errorCode, errorSubcode }).title,
    row.page,
    row.contact_id,
    row.campaign,
    row.class,
    row.is_person ? "a person" : "automation",
    row.route,
    row.rule,
    row.last_inbound_at,
    error,
  ]);
}
