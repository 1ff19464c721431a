import { readZone, type Sentence } from "#std";
import { type FieldValue, readFieldValue, type CustomField, type Tag } from "../contacts/mod.ts";
import { unmarked } from "../sheets/mod.ts";
import type { ImportMapping } from "./schema_transfers.ts";
import { problem, say } from "./problems.ts";

/** One line of a file for a contact. */
export interface ImportRow {
  psid: string;
  firstName: string | null;
  lastName: string | null;
  locale: string | null;
  timezone: string | null;
  subscribed: boolean | null;
  tagIds: string[];
  fields: FieldValue[];
}

/** Reads a line; if it cannot be imported, returns the reason in words. */
export type RowReader = (cells: readonly string[]) => ImportRow | { invalid: Sentence };

export interface Mapped {
  columns: readonly string[];
  mapping: ImportMapping;
  fields: readonly CustomField[];
  tags: readonly Tag[];
  addTagIds: readonly string[];
}

const yes = new Set(["true", "yes", "y", "1", "subscribed"]);
const no = new Set(["false", "no", "n", "0", "unsubscribed"]);

/** Makes the reader for a mapping. Throws 422 `mapping-invalid` for one that makes no sense with this file. */
export function createRowReader({ columns, mapping, fields, tags, addTagIds }: Mapped): RowReader {
  const places = new Map<string, number>();
  for (const [column, target] of Object.entries(mapping)) {
    const place = columns.indexOf(column);
    if (place === -1) throw problem("mapping-column-missing", { column });
    if (places.has(target)) throw problem("mapping-target-twice", { target });
    places.set(target, place);
  }
  if (!places.has("psid")) throw problem("mapping-invalid");
  const custom = [...places].flatMap(([target, place]) => {
    if (!target.startsWith("field:")) return [];
    const field = fields.find((one) => `field:${one.key}` === target);
    if (!field) throw problem("mapping-field-unknown", { key: target.slice(6) });
    return [{ field, place }];
  });
  const known = new Map(tags.map((tag) => [tag.name.toLowerCase(), tag.id]));

  return (cells) => {
    const at = (place: number) => unmarked((cells[place] ?? "").replaceAll("\u0000", "").trim());
    const cell = (target: string): string | null => {
      const place = places.get(target);
      return (place !== undefined && at(place)) || null;
    };
    const psid = cell("psid");
    if (psid === null) return { invalid: say("line-psid-missing") };
    if (/^\d(\.\d+)?e\+\d+$/i.test(psid)) return { invalid: say("line-psid-shortened") };
    if (!/^\d{5,32}$/.test(psid)) return { invalid: say("line-psid-invalid") };
    const locale = cell("locale")?.replace("-", "_") ?? null;
    if (locale !== null && !/^[a-z]{2,3}(_[A-Z]{2})?$/.test(locale))
      return { invalid: say("line-locale-invalid") };
    const timezone = cell("timezone");
    if (timezone !== null && readZone(timezone) === null) return { invalid: say("line-timezone-invalid") };
    const word = cell("subscribed")?.toLowerCase() ?? null;
    if (word !== null && !yes.has(word) && !no.has(word)) return { invalid: say("line-subscribed-invalid") };
    const names = namesOf(cell("firstName"), cell("lastName"), cell("name"));
    if ([names.firstName, names.lastName].some((name) => name !== null && name.length > 100))
      return { invalid: say("line-name-too-long", { most: 100 }) };
    const tagIds = new Set(addTagIds);
    for (const name of tagNames(cell("tags") ?? "", known)) {
      const id = known.get(name.toLowerCase());
      if (id === undefined) return { invalid: say("line-tag-unknown", { tag: name.slice(0, 50) }) };
      tagIds.add(id);
    }
    const values: FieldValue[] = [];
    for (const { field, place } of custom) {
      const text = at(place);
      if (text === "") continue;
      const value = readFieldValue(field, text);
      if ("invalid" in value) return { invalid: value.invalid };
      values.push(value);
    }
    return {
      psid,
      ...names,
      locale,
      timezone,
      subscribed: word === null ? null : yes.has(word),
      tagIds: [...tagIds],
      fields: values,
    };
  };
}

/** Names between `;` or `|`; a comma stands between two as well, unless it belongs to the name of a tag. */
function tagNames(text: string, known: ReadonlyMap<string, string>): string[] {
  return parts(text, /[;|]/).flatMap((part) => (known.has(part.toLowerCase()) ? [part] : parts(part, ",")));
}

const parts = (text: string, separator: string | RegExp): string[] =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter(Boolean);

/** A whole name gives the first word as first name, unless the parts have columns of their own. */
function namesOf(
  first: string | null,
  last: string | null,
  whole: string | null,
): Pick<ImportRow, "firstName" | "lastName"> {
  if (whole === null) return { firstName: first, lastName: last };
  const [head = "", ...rest] = whole.split(/\s+/);
  return { firstName: first ?? head, lastName: last ?? (rest.join(" ") || null) };
}
