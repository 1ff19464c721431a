import { Elysia } from "elysia";
import { mostMistakes, placeUnder } from "./mistakes.ts";
import { type FieldError, Problem } from "./problem.ts";

const unstorable = "has a NUL character or half of a surrogate pair";
/** Twice what any request has. */
const mostLevels = 50;

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
    if (names.length === mostLevels) return fault("is nested too deeply");
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
 * Refuses requests with what Postgres cannot store, so that no route has to think of it. Runs after the guard, and on
 * what fits the route's schema.
 */
export function textPlugin() {
  return new Elysia({ name: "std.text" }).onBeforeHandle({ as: "global" }, ({ body, query, params }) => {
    const errors = [body, query, params].flatMap(findFaults).slice(0, mostMistakes);
    const [first] = errors;
    if (!first) return;
    const detail = `Cannot keep "${first.path}": it ${first.message}. Send it without`;
    throw new Problem("text-invalid", 422, detail, { errors });
  });
}
