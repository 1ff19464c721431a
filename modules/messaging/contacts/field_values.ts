import type postgres from "postgres";
import type { CustomField } from "./schema_labels.ts";
import { problem, say } from "./problems.ts";
import { fieldError, type Sentence } from "#std";

/** A value of a custom field in the column of its type; the others are null. */
export interface FieldValue {
  fieldId: string;
  type: CustomField["type"];
  text: string | null;
  number: number | null;
  date: string | null;
  checked: boolean | null;
}

const longestText = 1_000;
const yes = new Set(["true", "yes", "y", "1", "x"]);
const no = new Set(["false", "no", "n", "0"]);

/** Reads a value of a field from JSON or a file. If it does not fit, the error names the expected form. */
export function readFieldValue(field: CustomField, raw: unknown): FieldValue | { invalid: Sentence } {
  const blank = { fieldId: field.id, type: field.type, text: null, number: null, date: null, checked: null };
  const { label } = field;
  const text = typeof raw === "string" ? raw.replaceAll("\u0000", "").trim() : raw;
  switch (field.type) {
    case "text":
      if (typeof text !== "string" || text === "" || text.length > longestText)
        return { invalid: say("value-not-text", { label, most: longestText }) };
      return { ...blank, text };
    case "dropdown":
      if (typeof text !== "string" || !field.options.includes(text))
        return {
          invalid: say("value-not-option", {
            label,
            options: field.options.map((option) => `"${option}"`).join(", "),
          }),
        };
      return { ...blank, text };
    case "number": {
      const number = typeof text === "string" && /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
      if (typeof number !== "number" || !Number.isFinite(number))
        return { invalid: say("value-not-number", { label }) };
      return { ...blank, number };
    }
    case "date": {
      const day =
        typeof text === "string" && /^[12]\d{3}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
      if (day === null || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text)
        return { invalid: say("value-not-date", { label }) };
      return { ...blank, date: String(text) };
    }
    case "checkbox": {
      const word = typeof text === "string" ? text.toLowerCase() : text;
      if (word === true || (typeof word === "string" && yes.has(word))) return { ...blank, checked: true };
      if (word === false || (typeof word === "string" && no.has(word))) return { ...blank, checked: false };
      return { invalid: say("value-not-checkbox", { label }) };
    }
  }
}

/** Values to set and fields to empty, by key. Throws 422 `field-unknown` or `field-invalid`. */
export function readFieldChanges(
  fields: readonly CustomField[],
  given: Readonly<Record<string, unknown>>,
): { set: FieldValue[]; clear: string[] } {
  const set: FieldValue[] = [];
  const clear: string[] = [];
  for (const [key, raw] of Object.entries(given)) {
    const field = fields.find((one) => one.key === key);
    if (!field) throw problem("field-unknown", { key });
    if (raw === null || raw === "") {
      clear.push(field.id);
      continue;
    }
    const value = readFieldValue(field, raw);
    if ("invalid" in value)
      throw problem(
        "field-invalid",
        { key, mistake: value.invalid.text },
        { errors: [fieldError(`/fields/${key}`, value.invalid)] },
      );
    set.push(value);
  }
  return { set, clear };
}

/** Writes values of one contact, in the caller's transaction. */
export async function writeFieldValues(
  tx: postgres.TransactionSql,
  {
    workspaceId,
    contactId,
    set,
    clear,
  }: { workspaceId: string; contactId: string; set: FieldValue[]; clear: string[] },
): Promise<void> {
  if (clear.length > 0)
    await tx`delete from messaging.contact_fields
      where workspace_id = ${workspaceId} and contact_id = ${contactId} and field_id = any(${clear}::uuid[])`;
  if (set.length === 0) return;
  await tx`
    insert into messaging.contact_fields as f (workspace_id, page_id, contact_id, field_id, type, text_value,
      number_value, date_value, checked_value)
    select c.workspace_id, c.page_id, c.id, v."fieldId", v.type, v.text, v.number, v.date, v.checked
    from messaging.contacts as c, jsonb_to_recordset(${JSON.stringify(set)}::jsonb)
      as v("fieldId" uuid, type text, text text, number float8, date date, checked bool)
    where c.workspace_id = ${workspaceId} and c.id = ${contactId}
    on conflict (contact_id, field_id) do update set text_value = excluded.text_value,
      number_value = excluded.number_value, date_value = excluded.date_value,
      checked_value = excluded.checked_value, changed_at = now()
    where (f.text_value, f.number_value, f.date_value, f.checked_value)
      is distinct from (excluded.text_value, excluded.number_value, excluded.date_value, excluded.checked_value)`;
}

type FieldValues = Record<string, string | number | boolean>;

/** Each contact's custom field values, by key. */
export async function readFieldValues(
  sql: postgres.Sql,
  workspaceId: string,
  contactIds: readonly string[],
): Promise<Map<string, FieldValues>> {
  const rows = await sql<
    {
      id: string;
      key: string;
      text: string | null;
      number: number | null;
      date: string | null;
      checked: boolean | null;
    }[]
  >`
    select f.contact_id as id, d.key, f.text_value as text, f.number_value as number, f.date_value::text as date,
      f.checked_value as checked
    from messaging.contact_fields as f join messaging.custom_fields as d on d.id = f.field_id
    where f.workspace_id = ${workspaceId} and f.contact_id = any(${[...contactIds]}::uuid[]) order by d.key`;
  const values = new Map<string, FieldValues>(contactIds.map((id) => [id, {}]));
  for (const { id, key, text, number, date, checked } of rows) {
    const own = values.get(id);
    if (own) own[key] = text ?? number ?? date ?? checked ?? "";
  }
  return values;
}
