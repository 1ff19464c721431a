import type postgres from "postgres";
import type { Fragment } from "../policy/mod.ts";
import type { Condition } from "./conditions.ts";

type FieldCondition = Extract<
  Condition,
  { field: "textField" | "numberField" | "dateField" | "dropdownField" | "checkboxField" }
>;

/** A condition on a custom field. A value of another type never matches: each is looked for in its own column. */
export function compileField(sql: postgres.Sql, one: FieldCondition): Fragment {
  const has = (holds: Fragment) => sql`exists (select from messaging.contact_fields as f
    where f.contact_id = c.id and f.field_id = ${one.fieldId}::uuid and ${holds})`;
  const given = (op: "empty" | "filled") => (op === "filled" ? has(sql`true`) : sql`not ${has(sql`true`)}`);
  switch (one.field) {
    case "textField":
      return "value" in one ? has(compileText(sql, one)) : given(one.op);
    case "numberField":
      return "value" in one || "from" in one ? has(compileNumber(sql, one)) : given(one.op);
    case "dateField":
      return "value" in one || "from" in one ? has(compileDate(sql, one)) : given(one.op);
    case "dropdownField": {
      if (!("values" in one)) return given(one.op);
      const chosen = has(sql`f.text_value = any(${one.values}::text[])`);
      return one.op === "any" ? chosen : sql`not ${chosen}`;
    }
    case "checkboxField":
      return one.op === "checked" ? has(sql`f.checked_value`) : sql`not ${has(sql`f.checked_value`)}`;
  }
}

const literal = (text: string) => text.replace(/[\\%_]/g, "\\$&");

function compileText(
  sql: postgres.Sql,
  one: Extract<FieldCondition, { field: "textField"; value: string }>,
): Fragment {
  switch (one.op) {
    case "is":
      // The index has the first part.
      return sql`lower(left(f.text_value, 200)) = lower(left(${one.value}::text, 200))
        and lower(f.text_value) = lower(${one.value}::text)`;
    case "contains":
      return sql`f.text_value ilike ${`%${literal(one.value)}%`}`;
    case "startsWith":
      return sql`f.text_value ilike ${`${literal(one.value)}%`}`;
  }
}

function compileNumber(
  sql: postgres.Sql,
  one: Extract<
    FieldCondition,
    { field: "numberField"; value: number } | { field: "numberField"; from: number }
  >,
): Fragment {
  switch (one.op) {
    case "equals":
      return sql`f.number_value = ${one.value}::float8`;
    case "below":
      return sql`f.number_value < ${one.value}::float8`;
    case "above":
      return sql`f.number_value > ${one.value}::float8`;
    case "between":
      return sql`f.number_value between ${one.from}::float8 and ${one.to}::float8`;
  }
}

function compileDate(
  sql: postgres.Sql,
  one: Extract<FieldCondition, { field: "dateField"; value: string } | { field: "dateField"; from: string }>,
): Fragment {
  switch (one.op) {
    case "on":
      return sql`f.date_value = ${one.value}::date`;
    case "before":
      return sql`f.date_value < ${one.value}::date`;
    case "after":
      return sql`f.date_value > ${one.value}::date`;
    case "between":
      return sql`f.date_value between ${one.from}::date and ${one.to}::date`;
  }
}
