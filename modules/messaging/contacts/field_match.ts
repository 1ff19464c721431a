import type { Fragment, Sql, TransactionSql } from "postgres";
import { readFieldValue } from "./field_values.ts";
import type { CustomField } from "./schema_labels.ts";
import { type Sentence } from "#std";

type Given = string | number | boolean;

/** Whether a row of contact_fields holds this value; text without regard to case. */
export function fieldIs(sql: Sql | TransactionSql, given: Given): Fragment {
  const as = (type: CustomField["type"]) => {
    const value = readFieldValue({ id: "", key: "", label: "", type, options: [] }, given);
    return "invalid" in value ? null : value;
  };
  return sql`coalesce(case type when 'number' then number_value = ${as("number")?.number ?? null}::float8
    when 'date' then date_value = ${as("date")?.date ?? null}::date
    when 'checkbox' then checked_value = ${as("checkbox")?.checked ?? null}::bool
    else lower(text_value) = lower(${String(given).trim()}) end, false)`;
}

/** Why a field never holds this value, in words; null when it may. */
export function misfitOf(field: CustomField, given: Given): Sentence | null {
  const text = String(given).trim();
  const option = field.options.find((one) => one.toLowerCase() === text.toLowerCase());
  const value = readFieldValue(
    field,
    field.type === "dropdown" ? (option ?? text) : field.type === "text" ? text : given,
  );
  return "invalid" in value ? value.invalid : null;
}

/** A field that a goal or a trigger names, with its possible values; undefined if this workspace has none. */
export async function readField(sql: Sql, workspaceId: string, id: string): Promise<CustomField | undefined> {
  const [field] = await sql<CustomField[]>`
    select id, key, label, type, options from messaging.custom_fields
    where workspace_id = ${workspaceId} and id = ${id}`;
  return field;
}
