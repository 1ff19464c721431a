import type postgres from "postgres";
import type { CustomField } from "../contacts/mod.ts";
import type { Cell } from "../sheets/mod.ts";

/** The columns that every export has; custom fields follow. */
export const exportColumns = [
  "page",
  "psid",
  "name",
  "first name",
  "last name",
  "locale",
  "time zone",
  "source",
  "subscribed",
  "reason",
  "engagement",
  "last interaction",
  "known since",
  "tags",
];

export interface ExportRow {
  id: string;
  page: string;
  psid: string;
  name: string | null;
  firstName: string | null;
  lastName: string | null;
  locale: string | null;
  timezone: string | null;
  source: string;
  subscribed: boolean;
  reason: string | null;
  engagement: string;
  lastInboundAt: string | null;
  createdAt: string;
  tags: string | null;
  fields: Record<string, string | number | boolean> | null;
}

/** The next people by id. */
export function contactsAfter(
  sql: postgres.Sql,
  { condition, after, limit }: { condition: postgres.Fragment; after: string | undefined; limit: number },
): postgres.Fragment {
  return sql`
    select c.id, p.name as page, c.psid, c.name, c.first_name as "firstName", c.last_name as "lastName", c.locale,
      c.timezone, c.source, c.subscribed, c.subscription_reason as reason, c.engagement, c.last_inbound_at as "lastInboundAt",
      c.created_at as "createdAt",
      (select string_agg(t.name, '; ' order by lower(t.name)) from messaging.contact_tags as ct
        join messaging.tags as t on t.id = ct.tag_id where ct.contact_id = c.id) as tags,
      (select jsonb_object_agg(f.field_id, coalesce(to_jsonb(f.text_value), to_jsonb(f.number_value),
          to_jsonb(f.date_value), to_jsonb(f.checked_value)))
        from messaging.contact_fields as f where f.contact_id = c.id) as fields
    from messaging.contacts as c join messaging.pages as p on p.id = c.page_id
    where ${condition} and c.id > coalesce(${after ?? null}::uuid, '00000000-0000-0000-0000-000000000000')
    order by c.id limit ${limit}`;
}

/** One person as a row of the table. */
export function exportCells(row: ExportRow, fields: readonly CustomField[]): Cell[] {
  return [
    row.page,
    row.psid,
    row.name,
    row.firstName,
    row.lastName,
    row.locale,
    row.timezone,
    row.source,
    yesNo(row.subscribed),
    row.reason,
    row.engagement,
    row.lastInboundAt === null ? null : new Date(row.lastInboundAt),
    new Date(row.createdAt),
    row.tags,
    ...fields.map(({ id, type }) => {
      const value = row.fields?.[id] ?? null;
      if (typeof value === "boolean") return yesNo(value);
      return type === "date" && value !== null ? { day: String(value) } : value;
    }),
  ];
}

const yesNo = (value: boolean) => (value ? "yes" : "no");
