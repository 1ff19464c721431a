import { type GraphError, invalidParameter } from "./graph_error.ts";
import { asText, type Json, type JsonRecord } from "./json.ts";

/** A parameter that is longer than Meta takes, in Meta's words. */
export function tooLong(name: string, limit: number): GraphError {
  return invalidParameter(`Length of param ${name} must be less than or equal to ${limit}`);
}

/** Refuses keys that Meta doesn't know, in Meta's words. */
export function checkKeys(value: JsonRecord, known: string[], name: string): void {
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  throw invalidParameter(`Invalid keys "${unknown.join(", ")}" were found in param "${name}".`);
}

/** Reads a text of at most `limit` characters that must be there. */
export function requireText(value: Json | undefined, name: string, limit: number): string {
  const text = asText(value);
  if (text === undefined || text === "")
    throw invalidParameter(`Param ${name} must be a non-empty UTF-8 encoded string`);
  if (text.length > limit && [...text].length > limit) throw tooLong(name, limit);
  return text;
}

/** Checks a web address; Meta wants http or https. */
export function checkUrl(value: Json | undefined, name: string): string {
  const url = asText(value);
  if (url === undefined || !/^https?:\/\/[^\s/]+/i.test(url))
    throw invalidParameter(`Param ${name} must be a valid URL`);
  return url;
}
