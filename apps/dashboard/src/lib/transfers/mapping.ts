import { m } from "#lib/paraglide/messages.js";
import type { CustomField } from "../api/labels.ts";

/** The possible targets of a column. */
const TARGETS: readonly { value: string; name: string; known: readonly string[] }[] = [
  { value: "psid", name: "PSID", known: ["psid", "id", "user id", "facebook id", "messenger id"] },
  {
    value: "firstName",
    name: m.contacts_first_name(),
    known: ["first name", "firstname", "vorname", "given name"],
  },
  {
    value: "lastName",
    name: m.contacts_last_name(),
    known: ["last name", "lastname", "surname", "nachname", "family name"],
  },
  { value: "name", name: m.transfers_target_name(), known: ["name", "full name"] },
  { value: "locale", name: m.contacts_language(), known: ["locale", "language", "sprache"] },
  { value: "timezone", name: m.contacts_time_zone(), known: ["timezone", "time zone", "tz", "zeitzone"] },
  { value: "subscribed", name: m.transfers_target_subscribed(), known: ["subscribed", "consent", "opt in"] },
  { value: "tags", name: m.contacts_tags(), known: ["tags", "tag", "labels"] },
];

/** Everything to choose from for one column. */
export function targetChoices(fields: readonly CustomField[]): { value: string; name: string }[] {
  return [
    { value: "", name: m.transfers_target_none() },
    ...TARGETS.map(({ value, name }) => ({ value, name })),
    ...fields.map((field) => ({
      value: `field:${field.key}`,
      name: m.transfers_target_field({ label: field.label }),
    })),
  ];
}

/** A first guess by the names of the columns; no target twice. */
export function guessMapping(
  columns: readonly string[],
  fields: readonly CustomField[],
): Record<string, string> {
  const taken = new Set<string>();
  const guessed: Record<string, string> = {};
  for (const column of columns) {
    const words = column
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
    const target =
      TARGETS.find(({ known }) => known.includes(words))?.value ??
      fieldTarget(
        fields.find(({ key, label }) => [key.replaceAll("_", " "), label.toLowerCase()].includes(words)),
      );
    if (target === undefined || taken.has(target)) continue;
    taken.add(target);
    guessed[column] = target;
  }
  return guessed;
}

const fieldTarget = (field: CustomField | undefined): string | undefined =>
  field === undefined ? undefined : `field:${field.key}`;

/** The column that holds the PSIDs, by its name or its first values; otherwise the first one. */
export function guessPsidColumn(columns: readonly string[], sample: readonly (readonly string[])[]): string {
  const [named] = Object.keys(guessMapping(columns, [])).filter(
    (column) => guessMapping(columns, [])[column] === "psid",
  );
  const numbers = columns.find(
    (_, at) => sample.length > 0 && sample.every((line) => /^\s*\d{5,32}\s*$/.test(line[at] ?? "")),
  );
  return named ?? numbers ?? columns[0] ?? "";
}

/** The problem that prevents the import; null: none. */
export function mappingProblem(mapping: Record<string, string>): string | null {
  const targets = Object.values(mapping).filter(Boolean);
  if (!targets.includes("psid")) return m.transfers_no_psid_column();
  const twice = targets.find((target, at) => targets.indexOf(target) !== at);
  if (twice === undefined) return null;
  const name =
    TARGETS.find(({ value }) => value === twice)?.name ??
    m.transfers_target_field({ label: twice.replace("field:", "") });
  return m.transfers_two_columns({ name });
}
