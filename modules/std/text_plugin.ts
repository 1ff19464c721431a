import { Elysia } from "elysia";
import { mostLevels, mostValues, TooMuch, tooManyLevels, tooManyValues } from "./json_body.ts";
import { mostMistakes, placeUnder } from "./mistakes.ts";
import { type FieldError, Problem } from "./problem.ts";

const unstorable = "has a NUL character or half of a surrogate pair";

const isStorable = (text: string) => text.isWellFormed() && !text.includes("\u0000");

/** Finds what cannot be stored, in values and in names, by its JSON pointer: the first ten places. */
function findFaults(value: unknown): FieldError[] {
  const faults: FieldError[] = [];
  // A path is written only where there is a fault.
  const names: (string | number)[] = [];

  function fault(message: string): void {
    faults.push({ path: names.reduce<string>(placeUnder, "") || "/", message });
  }

  function look(at: unknown): void {
    if (typeof at === "string" && !isStorable(at)) fault(unstorable);
    // A file is no text.
    if (typeof at !== "object" || at === null || at instanceof Blob) return;
    for (const [name, item] of Array.isArray(at) ? at.entries() : Object.entries(at)) {
      if (faults.length === mostMistakes) return;
      if (typeof name === "string" && !isStorable(name)) {
        fault(`has a name that ${unstorable}`);
        continue;
      }
      names.push(name);
      look(item);
      names.pop();
    }
  }

  look(value);
  return faults;
}

/**
 * What is too much in a body before anything looks closer. Elysia copies a list that stands in the place of an object:
 * 350,000 values take 0.6 s.
 */
function excessOf(body: unknown): string | undefined {
  let values = 0;

  function look(at: unknown, level: number): string | undefined {
    if (typeof at !== "object" || at === null || at instanceof Blob) return undefined;
    const entries: unknown[] = Array.isArray(at) ? at : Object.values(at);
    values += entries.length;
    if (values > mostValues) return tooManyValues;
    if (level === mostLevels) return tooManyLevels;
    for (const entry of entries) {
      const excess = look(entry, level + 1);
      if (excess) return excess;
    }
    return undefined;
  }

  return look(body, 0);
}

function checkSize({ body }: { body: unknown }): void {
  const excess = body instanceof TooMuch ? body.excess : excessOf(body);
  if (excess)
    throw new Problem("too-much-at-once", 422, `Cannot accept this request: it ${excess}. Send less at once`);
}

/**
 * Refuses requests with what Postgres cannot store, so that no route has to think of it. Runs after the guard, and on
 * what fits the route's schema. Requests with more values than any route takes do not get as far as the schema.
 */
export function textPlugin() {
  const app = new Elysia({ name: "std.text" }).onTransform({ as: "global" }, checkSize);
  return app.onBeforeHandle({ as: "global" }, ({ body, query, params }) => {
    const errors = [body, query, params].flatMap(findFaults).slice(0, mostMistakes);
    const [first] = errors;
    if (!first) return;
    const detail = `Cannot keep "${first.path}": it ${first.message}. Send it without`;
    throw new Problem("text-invalid", 422, detail, { errors });
  });
}
