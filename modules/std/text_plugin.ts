import { Elysia } from "elysia";
import { type Excess, mostLevels, mostValues, TooMuch, tooManyLevels, tooManyValues } from "./json_body.ts";
import { mostMistakes, placeUnder } from "./mistakes.ts";
import { defineProblems, type FieldError, fieldError } from "./problem.ts";
import { defineSentences, type Sentence } from "./sentences.ts";

const say = defineSentences({
  "field-unstorable": "has a NUL character or half of a surrogate pair",
  "field-name-unstorable": "has a name with a NUL character or half of a surrogate pair",
});

const problem = defineProblems({
  "too-much-at-once": [
    422,
    "Cannot accept this request: it has more than {most} {what}",
    "Send less at once",
  ],
  "text-invalid": [422, 'Cannot save "{path}": it {mistake}', "Remove it, and send the text again"],
});

const isStorable = (text: string) => text.isWellFormed() && !text.includes("\u0000");

/** Finds unstorable text in values and names, by JSON pointer: the first ten places. */
function findFaults(value: unknown): FieldError[] {
  const faults: FieldError[] = [];
  // Build the path only for a mistake.
  const names: (string | number)[] = [];

  function fault(said: Sentence): void {
    faults.push(fieldError(names.reduce<string>(placeUnder, "") || "/", said));
  }

  function look(at: unknown): void {
    if (typeof at === "string" && !isStorable(at)) fault(say("field-unstorable"));
    // A file is no text.
    if (typeof at !== "object" || at === null || at instanceof Blob) return;
    for (const [name, item] of Array.isArray(at) ? at.entries() : Object.entries(at)) {
      if (faults.length === mostMistakes) return;
      if (typeof name === "string" && !isStorable(name)) {
        fault(say("field-name-unstorable"));
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
 * The limit of values in a body before any inspection. Elysia copies a list given instead of an object: 350,000
 * values take 0.6 s.
 */
function excessOf(body: unknown): Excess | undefined {
  let values = 0;

  function look(at: unknown, level: number): Excess | undefined {
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
  if (excess) throw problem("too-much-at-once", excess);
}

/**
 * Refuses text that Postgres cannot store, so routes need no check. Runs after the guard, on requests that match the
 * schema. Requests with more values than any route accepts do not reach the schema.
 */
export function textPlugin() {
  const app = new Elysia({ name: "std.text" }).onTransform({ as: "global" }, checkSize);
  return app.onBeforeHandle({ as: "global" }, ({ body, query, params }) => {
    const errors = [body, query, params].flatMap(findFaults).slice(0, mostMistakes);
    const [first] = errors;
    if (!first) return;
    throw problem("text-invalid", { path: first.path, mistake: first.message }, { errors });
  });
}
