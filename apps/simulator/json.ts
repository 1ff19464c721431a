/** A JSON value, as it travels on Meta's wire. */
export type Json = null | boolean | number | string | Json[] | JsonRecord;

/** A JSON object. An absent key reads as `undefined`. */
export interface JsonRecord {
  [key: string]: Json | undefined;
}

/** Whether the value is a JSON object (not an array, not null). */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value when it is a JSON object, else `undefined`. */
export function asRecord(value: unknown): JsonRecord | undefined {
  return isRecord(value) ? value : undefined;
}

/** The objects in the value when it is an array, else nothing. */
export function asRecords(value: unknown): JsonRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The value when it is a string; a number becomes its digits, as Meta accepts both for ids. */
export function asText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : undefined;
}

/** The value as a number; digits in a string count, as form fields carry them. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** The value as a boolean; `"true"` and `"1"` count, as form fields carry them. */
export function asFlag(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "1" || value === 1) return true;
  if (value === "false" || value === "0" || value === 0) return false;
  return undefined;
}

/** The words of a comma-separated string or of an array of strings. */
export function asWords(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => (typeof item === "string" ? [item] : []));
  if (typeof value !== "string") return [];
  return value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/** Parses JSON without throwing; `undefined` when the text is no JSON. */
export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}
