import { storable } from "#std";

/** An object of a body from outside. */
export type JsonObject = { readonly [key: string]: unknown };

// A number of sixteen or more digits in the place of a value; inside a text it only costs the slow path.
const bigNumber = /[:,[]\s*-?\d{16,}/;

/** Parses JSON with integers above 2^53, which become strings. Throws a SyntaxError for invalid JSON. */
export function readJson(text: string): unknown {
  return JSON.parse(bigNumber.test(text) ? quoteBigNumbers(text) : text);
}

const isDigit = (code: number) => code >= 48 && code <= 57;

/** Written by hand: a regular expression over strings of ten megabytes would exhaust its stack. */
function quoteBigNumbers(text: string): string {
  let out = "";
  let copied = 0;
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      i += 1;
      while (i < text.length && text.charCodeAt(i) !== 34) i += text.charCodeAt(i) === 92 ? 2 : 1;
      i += 1;
    } else if (isDigit(code)) {
      const start = text.charCodeAt(i - 1) === 45 ? i - 1 : i;
      const first = i;
      while (isDigit(text.charCodeAt(i))) i += 1;
      const digits = i - first;
      const next = text[i];
      // Fractions and powers stay numbers: no id of Meta's has them.
      if (next === "." || next === "e" || next === "E") {
        while (i < text.length && /[0-9.eE+-]/.test(text.charAt(i))) i += 1;
      } else if (digits >= 16) {
        out += `${text.slice(copied, start)}"${text.slice(start, i)}"`;
        copied = i;
      }
    } else i += 1;
  }
  return out + text.slice(copied);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object under `key`, or undefined. */
export function objectAt(of: JsonObject, key: string): JsonObject | undefined {
  const value = of[key];
  return isObject(value) ? value : undefined;
}

/** The objects of the list under `key`; a single object counts as a list of one. */
export function objectsAt(of: JsonObject, key: string): JsonObject[] {
  const value = of[key];
  if (Array.isArray(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}

/** The text or number under `key` as text; null when there is none or it is empty. */
export function textAt(of: JsonObject | undefined, key: string, longest = 1_000): string | null {
  const value = of?.[key];
  if (typeof value === "string") return value === "" ? null : storable(value, longest);
  return typeof value === "number" && Number.isFinite(value) ? String(value) : null;
}

/** An id: text at Meta, sometimes a number. */
export function idAt(of: JsonObject | undefined, key: string): string | null {
  const id = textAt(of, key, 512)?.trim();
  return id ? id : null;
}

const longestJson = 64_000;
const deepest = 60;

/** JSON text for a jsonb column: bounded, without text that Postgres refuses. */
export function jsonText(value: unknown): string {
  if (depthOf(value, 0) > deepest) return '{"truncated":true}';
  const text = JSON.stringify(value);
  if (text.length > longestJson) return '{"truncated":true}';
  return risky.test(text) ? JSON.stringify(clean(value)) : text;
}

// JSON.stringify escapes NUL and lone surrogates, and jsonb refuses both.
const risky = /\\u(?:0000|d[89a-f])/i;

function clean(value: unknown): unknown {
  if (typeof value === "string") return storable(value, longestJson);
  if (Array.isArray(value)) return value.map(clean);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storable(key, 1_000), clean(item)]));
}

function depthOf(value: unknown, above: number): number {
  if (above > deepest || typeof value !== "object" || value === null) return above;
  let most = above;
  for (const item of Object.values(value)) most = Math.max(most, depthOf(item, above + 1));
  return most;
}
