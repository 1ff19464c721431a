import { Elysia } from "elysia";
import { type FieldError, Problem } from "./problem.ts";

const unstorable = "has a NUL character or half of a surrogate pair";
/** Twice what any request has. */
const mostLevels = 50;

const isStorable = (text: string) => text.isWellFormed() && !text.includes("\u0000");

/** Where something is that cannot be stored, in values and in names, by its JSON pointer. */
function findFaults(value: unknown, path = "", level = 0): FieldError[] {
  const fault = (message: string) => [{ path: path || "/", message }];
  if (typeof value === "string") return isStorable(value) ? [] : fault(unstorable);
  // A file is no text.
  if (typeof value !== "object" || value === null || value instanceof Blob) return [];
  if (level === mostLevels) return fault("is nested too deeply");
  return Object.entries(value).flatMap(([name, item]) =>
    isStorable(name)
      ? findFaults(item, `${path}/${name}`, level + 1)
      : fault(`has a name that ${unstorable}`),
  );
}

/** Refuses requests with what Postgres cannot store, so that no route has to think of it. */
export function textPlugin() {
  return new Elysia({ name: "std.text" }).onTransform({ as: "global" }, ({ body, query, params }) => {
    const errors = [body, query, params].flatMap((part) => findFaults(part));
    const [first] = errors;
    if (!first) return;
    const detail = `Cannot keep "${first.path}": it ${first.message}. Send it without`;
    throw new Problem("text-invalid", 422, detail, { errors });
  });
}
