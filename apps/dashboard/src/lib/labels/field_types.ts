import { m } from "#lib/paraglide/messages.js";
import type { FieldType } from "../api/labels.ts";

export const FIELD_TYPES: readonly { value: FieldType; name: string }[] = [
  { value: "text", name: m.labels_type_text() },
  { value: "number", name: m.labels_type_number() },
  { value: "date", name: m.labels_type_date() },
  { value: "dropdown", name: m.labels_type_dropdown() },
  { value: "checkbox", name: m.labels_type_checkbox() },
];

export function fieldTypeName(type: FieldType): string {
  return FIELD_TYPES.find((one) => one.value === type)?.name ?? type;
}

/** A key out of a name: "Größe (cm)" gives "grosse_cm". Empty when nothing of the name may stand in a key. */
export function fieldKey(label: string): string {
  return label
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFD")
    .replace(/[^a-z0-9]+/g, (other) => (/^\p{M}+$/u.test(other) ? "" : "_"))
    .replace(/^[^a-z]+|_$/g, "")
    .slice(0, 40);
}
