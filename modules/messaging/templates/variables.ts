import type { Fragment, Sql, TransactionSql } from "postgres";
import { isFields } from "../graph/mod.ts";
import { type Sentence } from "#std";
import { say } from "./problems.ts";

/** A contact's values by variable name: `first_name`, `custom.city`; absent: unknown. */
export type Values = Readonly<Record<string, string>>;

/** The value of a name that somebody wrote; names that every object has, such as "constructor", have none. */
export const valueIn = (values: Values, name: string): string | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

const builtInVariables = ["first_name", "last_name", "full_name", "page_name"] as const;

export interface Variable {
  name: string;
  /** Said when there is no value. */
  fallback: string;
}

/** A new contact has no name yet: a message with a name waits this long for Meta's profile. */
export const nameSeconds = 6;

// No braces inside, so a text is read in one pass, and a value is never parsed.
const token = /\{\{([^{}]*)\}\}/g;
const variable = /^\s*([a-z_]+|custom\.[a-z][a-z0-9_]*)\s*(?:\|([^]*))?$/;

function readVariable(inside: string): Variable | null {
  const [, name, fallback = ""] = variable.exec(inside) ?? [];
  return name === undefined ? null : { name, fallback: fallback.trim() };
}

/** Fills `{{name}}` and `{{name|fallback}}`; values and fallbacks go through `write`. Other text stays. */
export function fillText(
  text: string,
  valueOf: (name: string) => string | undefined,
  write: (value: string) => string = (value) => value,
): string {
  return text.replace(token, (whole, inside: string) => {
    const found = readVariable(inside);
    return found === null ? whole : write(valueOf(found.name) ?? found.fallback);
  });
}

/** Whether a message, as JSON text, calls a person by a name. */
export function isNaming(message: string): boolean {
  return [...message.matchAll(token)].some(([, inside = ""]) =>
    ["first_name", "last_name", "full_name"].includes(readVariable(inside)?.name ?? ""),
  );
}

/** The mistake in a text's variables; null if all are known. */
export function variableProblem(text: string, customKeys: ReadonlySet<string>): Sentence | null {
  for (const [whole, inside = ""] of text.matchAll(token)) {
    const found = readVariable(inside);
    if (found === null)
      return say("variable-invalid", { variable: shorten(whole), example: "{{first_name|there}}" });
    const isKnown = found.name.startsWith("custom.")
      ? customKeys.has(found.name.slice("custom.".length))
      : builtInVariables.some((name) => name === found.name);
    if (!isKnown) {
      const known = [...builtInVariables, ...[...customKeys].map((key) => `custom.${key}`)].join(", ");
      return say("variable-unknown", { variable: shorten(found.name), known: shorten(known, 400) });
    }
  }
  if (text.replace(token, "").includes("{{")) return say("variable-open", { example: "}}" });
  return null;
}

function shorten(text: string, most = 60): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

/** SQL for the values of contact `c` on page `p`, as one jsonb object that `valuesOf` reads. */
export function valuesSql(sql: Sql | TransactionSql): Fragment {
  return sql`jsonb_strip_nulls(jsonb_build_object(
    'first_name', c.first_name, 'last_name', c.last_name, 'page_name', p.name,
    'full_name', coalesce(c.name, nullif(concat_ws(' ', c.first_name, c.last_name), '')))
    || coalesce((
      select jsonb_object_agg('custom.' || field.key, coalesce(value.text_value, value.number_value::text,
        value.date_value::text, case value.checked_value when true then 'yes' when false then 'no' end))
      from messaging.contact_fields value
      join messaging.custom_fields field on field.workspace_id = value.workspace_id and field.id = value.field_id
      where value.contact_id = c.id), '{}'))`;
}

/** Reads what `valuesSql` gave. Values without a visible sign count as absent. */
export function valuesOf(row: unknown): Values {
  if (!isFields(row)) return {};
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) =>
      typeof value === "string" && value.trim() !== "" ? [[name, value.trim()]] : [],
    ),
  );
}
