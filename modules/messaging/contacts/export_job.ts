import { Type } from "@sinclair/typebox";
import type postgres from "postgres";
import { type Db, enqueueJobs, type JobHandler } from "#db";
import { type LiveBus, log, parse } from "#std";
import { createFile } from "../media/file_store.ts";
import { isoTime } from "../time_key.ts";
import { type ContactFilter, ContactFilterSchema, filterCondition } from "./contact_filter.ts";
import { csvLine } from "./csv.ts";
import { readFields } from "./field_store.ts";
import { TransferPayload } from "./import_options.ts";
import type { CustomField } from "./schema_labels.ts";
import type { Transfer } from "./schema_transfers.ts";
import {
  announceTransfer,
  endTransfer,
  insertTransfer,
  readTransfer,
  readTransferRow,
} from "./transfer_store.ts";

export interface ExportDeps {
  db: Db;
  sql: postgres.Sql;
  live: LiveBus;
  config: { dataDir: string };
}

export const exportJob = "contacts.export";

/** People per read. */
const chunk = 5_000;

/** Begins an export of all that a filter finds; a job writes the file. */
export async function startExport(
  on: ExportDeps,
  { workspaceId, userId, filter }: { workspaceId: string; userId: string; filter: ContactFilter },
): Promise<Transfer> {
  // Says now what is wrong with the filter, and not in the job.
  await filterCondition(on.sql, workspaceId, filter);
  const id = await on.db.transaction(async (tx) => {
    const made = await insertTransfer(tx, {
      workspaceId,
      kind: "export",
      status: "running",
      fileName: `contacts-${new Date().toISOString().slice(0, 10)}.csv`,
      options: { filter },
      byUserId: userId,
    });
    await enqueueJobs(tx, [{ kind: exportJob, key: made, payload: { workspaceId, transferId: made } }]);
    return made;
  });
  log.info("Export of contacts asked for", { workspaceId, transferId: id, userId });
  return await readTransfer(on, workspaceId, id);
}

/** Writes an export's file, a few thousand people at a time. Begins anew after a crash. */
export function exportHandler(on: ExportDeps): JobHandler {
  return {
    leaseSeconds: 600,
    maxAttempts: 4,
    async run(payload) {
      const parsed = parse(TransferPayload, payload);
      if (!parsed.ok) throw new Error("Cannot export: the job does not name a transfer");
      const { workspaceId, transferId } = parsed.value;
      const row = await readTransferRow(on, workspaceId, transferId);
      const options = parse(Type.Object({ filter: ContactFilterSchema }), row.options);
      if (row.status !== "running" || !options.ok) return;
      const { fileKey, written } = await writeFile(on, {
        workspaceId,
        transferId,
        filter: options.value.filter,
      });
      await on.sql`update messaging.contact_transfers set file_key = ${fileKey} where id = ${transferId}`;
      await endTransfer(on, { workspaceId, id: transferId, status: "done" });
      log.info("Contacts exported", { workspaceId, transferId, userId: row.byUserId, written });
    },
  };
}

interface Writing {
  workspaceId: string;
  transferId: string;
  filter: ContactFilter;
}

async function writeFile(
  on: ExportDeps,
  { workspaceId, transferId, filter }: Writing,
): Promise<{ fileKey: string; written: number }> {
  const fields = (await readFields(on, workspaceId)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const { condition } = await filterCondition(on.sql, workspaceId, filter);
  const encoder = new TextEncoder();
  const file = await createFile(on.config.dataDir);
  try {
    // The mark tells spreadsheets that this is UTF-8.
    await file.write(encoder.encode(`\uFEFF${csvLine([...columns, ...fields.map((field) => field.label)])}`));
    let written = 0;
    for (let after: string | undefined; ;) {
      const rows: readonly ExportRow[] = await on.sql<ExportRow[]>`${peopleAfter(on.sql, condition, after)}`;
      await file.write(encoder.encode(rows.map((row) => csvLine(cellsOf(row, fields))).join("")));
      written += rows.length;
      await on.sql`update messaging.contact_transfers set counts = jsonb_build_object('written', ${written}::int8)
        where id = ${transferId}`;
      await announceTransfer(on, workspaceId, transferId);
      after = rows.at(-1)?.id;
      if (rows.length < chunk) break;
    }
    return { fileKey: await file.finish(), written };
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

const columns = [
  "page",
  "psid",
  "name",
  "first name",
  "last name",
  "locale",
  "source",
  "subscribed",
  "reason",
  "engagement",
  "last interaction",
  "known since",
  "tags",
];

interface ExportRow {
  id: string;
  page: string;
  psid: string;
  name: string | null;
  firstName: string | null;
  lastName: string | null;
  locale: string | null;
  source: string;
  subscribed: boolean;
  reason: string | null;
  engagement: string;
  lastInboundAt: string | null;
  createdAt: string;
  tags: string | null;
  fields: Record<string, string | number | boolean> | null;
}

function peopleAfter(sql: postgres.Sql, condition: postgres.Fragment, after: string | undefined) {
  return sql`
    select c.id, p.name as page, c.psid, c.name, c.first_name as "firstName", c.last_name as "lastName", c.locale,
      c.source, c.subscribed, c.subscription_reason as reason, c.engagement, c.last_inbound_at as "lastInboundAt",
      c.created_at as "createdAt",
      (select string_agg(t.name, '; ' order by lower(t.name)) from messaging.contact_tags as ct
        join messaging.tags as t on t.id = ct.tag_id where ct.contact_id = c.id) as tags,
      (select jsonb_object_agg(f.field_id, coalesce(to_jsonb(f.text_value), to_jsonb(f.number_value),
          to_jsonb(f.date_value), to_jsonb(f.checked_value)))
        from messaging.contact_fields as f where f.contact_id = c.id) as fields
    from messaging.contacts as c join messaging.pages as p on p.id = c.page_id
    where ${condition} and c.id > coalesce(${after ?? null}::uuid, '00000000-0000-0000-0000-000000000000')
    order by c.id limit ${chunk}`;
}

function cellsOf(row: ExportRow, fields: readonly CustomField[]): (string | number | null)[] {
  return [
    row.page,
    row.psid,
    row.name,
    row.firstName,
    row.lastName,
    row.locale,
    row.source,
    yesNo(row.subscribed),
    row.reason,
    row.engagement,
    row.lastInboundAt === null ? null : isoTime(row.lastInboundAt),
    isoTime(row.createdAt),
    row.tags,
    ...fields.map(({ id }) => {
      const value = row.fields?.[id] ?? null;
      return typeof value === "boolean" ? yesNo(value) : value;
    }),
  ];
}

const yesNo = (value: boolean) => (value ? "yes" : "no");
