import type { FieldType } from "../api/labels.ts";

export const FIELD_TYPES: readonly { value: FieldType; name: string }[] = [
  { value: "text", name: "Text" },
  { value: "number", name: "A number" },
  { value: "date", name: "A day" },
  { value: "dropdown", name: "One of some choices" },
  { value: "checkbox", name: "Yes or no" },
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
