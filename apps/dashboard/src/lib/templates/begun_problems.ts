import type { Content } from "../api/templates.ts";

interface Problem {
  /** The place in the content, such as `/cards/0/title`. */
  path: string;
  message: string;
}

/** Problems of filled parts: an empty card, button or reply is not a problem yet. */
export function begunProblems<P extends Problem>(content: Content, problems: readonly P[]): P[] {
  return problems.filter(({ path }) => isBegun(content, path));
}

function isBegun(content: Content, path: string): boolean {
  let part: unknown = content;
  for (const key of path.split("/").slice(1)) {
    if (!Object.hasOwn(Object(part), key)) break;
    const inner: unknown = Object(part)[key];
    // A person fills the innermost card, button or reply of a list.
    if (Array.isArray(part) && !hasWords(inner)) return false;
    part = inner;
  }
  return hasWords(content);
}

const KINDS = new Set(["type", "isTracked"]);

function hasWords(value: unknown): boolean {
  if (typeof value === "string") return value.trim() !== "";
  if (Array.isArray(value)) return value.some(hasWords);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, inner]) => !KINDS.has(key) && hasWords(inner));
}
