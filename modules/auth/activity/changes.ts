import { storable } from "#std";

/** Values by the name of their field. Null for a field that changed but whose value is not recorded. */
export type Values = Readonly<Record<string, unknown>>;

const longestText = 200;
const longestValue = 400;
const mostFields = 20;

/**
 * The fields that differ, before and after. Fields in `unseen` bear no values: texts of messages, secrets and whatever
 * else may not stay in a log that nobody can change.
 */
export function changesOf(
  before: Values,
  after: Values,
  { unseen = [] }: { unseen?: readonly string[] } = {},
): { before: Values; after: Values } {
  const fields = Object.keys(after).filter(
    (name) =>
      after[name] !== undefined && JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name]),
  );
  const pick = (values: Values) =>
    Object.fromEntries(fields.map((name) => [name, unseen.includes(name) ? null : (values[name] ?? null)]));
  return { before: pick(before), after: pick(after) };
}

/** The text of jsonb for a row, bounded: long texts are cut, and large values dropped. Null for no fields. */
export function bounded(values: Values | undefined): string | null {
  if (values === undefined) return null;
  const entries = Object.entries(values).slice(0, mostFields);
  if (entries.length === 0) return null;
  return JSON.stringify(
    Object.fromEntries(entries.map(([name, value]) => [name.slice(0, 60), short(value)])),
  );
}

function short(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "string")
    return value.length > longestText ? `${storable(value, longestText)}…` : storable(value, longestText);
  if (typeof value !== "object") return value;
  const text = JSON.stringify(value);
  // Postgres refuses NUL in jsonb.
  return text.length > longestValue || text.includes("\\u0000") ? null : value;
}
