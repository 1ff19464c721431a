import { Kind, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { FieldError } from "./problem.ts";
import { defineSentences, type Sentence } from "./sentences.ts";

/** More would not help, and the response to a hostile request stays small. */
export const mostMistakes = 10;

/** No name of ours is as long: a longer one is cut. */
const longestName = 80;

/**
 * Finds mistakes in a value from outside: each place once, the first ten, with the expected value. Checks sizes
 * before patterns and entries: does not look into a text or list that is too long.
 */
export function mistakesIn(schema: TSchema, value: unknown): FieldError[] {
  return inWords(find(schema, value, ""));
}

/** Adds a name to a JSON pointer, and cuts a long one. */
export function placeUnder(path: string, name: string | number): string {
  const text = String(name);
  const short = text.length > longestName ? `${text.slice(0, longestName)}…` : text;
  return `${path}/${short.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** What a form says at its field. The message beside it is for programs: it names types and lists of values. */
const say = defineSentences({
  "field-unknown-name": "This field is not known: remove it",
  "field-required": "This field is required",
  "field-blank": "Enter a text",
  "field-too-short": "Use at least {min} characters",
  "field-too-long": "Use at most {max} characters",
  "field-too-small": "Enter {min} or more",
  "field-too-large": "Enter {max} or less",
  "field-not-multiple": "Enter a multiple of {step}",
  "field-too-few": "Add at least {min}",
  "field-too-many": "Use at most {max}",
  "field-duplicate": "Remove the duplicates",
  "field-incomplete": "One of these is required: {names}",
  "field-choice": "Choose one of these: {values}",
  "field-number": "Enter a number",
  "field-whole-number": "Enter a whole number",
  "field-time": "Enter a date and time",
  "field-id": "Choose an existing entry",
  "field-format": "Use this format: {example}",
  "field-file": "Choose a file",
  "field-type": "This value has the wrong type",
});

interface Mistake extends FieldError {
  /** For a value that has none of some forms: the value, and why not, for each form. */
  union?: { value: unknown; forms: Form[] };
}

interface Form {
  schema: TSchema;
  mistakes: Mistake[];
}

const never = Type.Never();
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Lazy, so that a list of a million mistakes costs as much as ten. */
function* find(schema: TSchema, value: unknown, path: string): Generator<Mistake> {
  const kind = schema[Kind];
  if (kind === "Never") yield mistake(path, "is not known here: leave it out", say("field-unknown-name"));
  else if (kind === "Intersect") for (const part of schema.allOf) yield* find(part, value, path);
  else if (kind === "Object" && isObject(value)) yield* inObject(schema, value, path);
  else if (kind === "Record" && isObject(value)) yield* inRecord(schema, value, path);
  else if (kind === "Array" && Array.isArray(value)) yield* inList(schema, value, path);
  else if (!Value.Check(schema, value)) {
    const wrong = mistake(path, ...wordsFor(schema, value));
    yield kind === "Union" ? { ...wrong, union: { value, forms: formsOf(schema, value, path) } } : wrong;
  }
}

function* inObject(schema: TSchema, value: Record<string, unknown>, path: string): Generator<Mistake> {
  const { required = [], properties, additionalProperties = true, minProperties = 0 } = schema;
  const names = Object.keys(value);
  if (names.length < minProperties) {
    const known = Object.keys(properties).join(", ");
    yield mistake(path, `must have at least one of ${known}`, say("field-incomplete", { names: known }));
  }
  for (const name of required)
    if (!Object.hasOwn(value, name))
      yield mistake(placeUnder(path, name), ...wordsFor(properties[name], undefined));
  if (additionalProperties !== true)
    for (const name of names)
      if (!Object.hasOwn(properties, name))
        yield* find(additionalProperties || never, value[name], placeUnder(path, name));
  // Missing properties are found again here: a form with a wrong part is closer than one with a missing part.
  for (const [name, property] of Object.entries<TSchema>(properties))
    if (value[name] !== undefined || required.includes(name))
      yield* find(property, value[name], placeUnder(path, name));
}

function* inRecord(schema: TSchema, value: Record<string, unknown>, path: string): Generator<Mistake> {
  const { patternProperties, additionalProperties = true, maxProperties = Infinity } = schema;
  const names = Object.keys(value);
  if (names.length > maxProperties) {
    yield tooMany(path, maxProperties);
    return;
  }
  const [pattern = ""] = Object.keys(patternProperties);
  const known: TSchema = patternProperties[pattern];
  const isKnown = new RegExp(pattern);
  for (const name of names) {
    if (isKnown.test(name)) yield* find(known, value[name], placeUnder(path, name));
    else if (additionalProperties !== true)
      yield* find(additionalProperties || never, value[name], placeUnder(path, name));
  }
}

function* inList(schema: TSchema, value: unknown[], path: string): Generator<Mistake> {
  const { minItems = 0, maxItems = Infinity, items } = schema;
  if (value.length < minItems)
    yield mistake(
      path,
      `must have at least ${count(minItems, "entry", "entries")}`,
      say("field-too-few", { min: minItems }),
    );
  else if (value.length > maxItems) yield tooMany(path, maxItems);
  else {
    for (const [at, entry] of value.entries()) yield* find(items, entry, placeUnder(path, at));
    if (schema.uniqueItems && !Value.Check({ ...schema, items: Type.Any() }, value))
      yield mistake(path, "must not have the same entry twice", say("field-duplicate"));
  }
}

function formsOf(schema: TSchema, value: unknown, path: string): Form[] {
  return schema.anyOf.flatMap((form: TSchema): Form[] => {
    const mistakes = [...find(form, value, path).take(mostMistakes)];
    const [first] = mistakes;
    // A union in a union adds nothing to its forms.
    if (mistakes.length === 1 && first?.union && first.path === path) return first.union.forms;
    return [{ schema: form, mistakes }];
  });
}

function inWords(mistakes: Iterable<Mistake>): FieldError[] {
  const places = new Map<string, FieldError>();
  for (const mistake of mistakes)
    for (const one of wordsOf(mistake)) {
      if (!places.has(one.path)) places.set(one.path, one);
      if (places.size === mostMistakes) return [...places.values()];
    }
  return [...places.values()];
}

function wordsOf({ union, ...mistake }: Mistake): FieldError[] {
  const { path } = mistake;
  const forms = union?.forms.filter((form) => isOfItsKind(form, path)) ?? [];
  return forms.length > 0 ? closest({ path, value: union?.value, forms }) : [mistake];
}

/** Whether a value has at least the kind of this form: never suggest null for an object. */
function isOfItsKind({ mistakes }: Form, path: string): boolean {
  return mistakes.every(
    (one) => one.path !== path || (one.union?.forms.some((form) => isOfItsKind(form, path)) ?? false),
  );
}

/** The properties that an object lacks for its closest form: the one that it names or partly matches. */
function closest({ path, value, forms }: { path: string; value: unknown; forms: Form[] }): FieldError[] {
  const has = (name: string) => isObject(value) && name in value;
  const least = (some: Form[]) =>
    inWords(some.toSorted((a, b) => a.mistakes.length - b.mistakes.length)[0]?.mistakes ?? []);
  const [name] = Object.keys(forms[0]?.schema.properties ?? {}).filter((one) =>
    forms.every(({ schema }) => schema.properties?.[one]?.const !== undefined),
  );
  if (name !== undefined) {
    const named = forms.filter(({ mistakes }) => mistakes.every((one) => one.path !== `${path}/${name}`));
    if (named.length > 0) return least(named);
    const values = either(forms.map(({ schema }) => JSON.stringify(schema.properties[name].const)));
    const message = `${has(name) ? "" : "is missing: "}must be ${values}`;
    return [mistake(`${path}/${name}`, message, say("field-choice", { values }))];
  }
  const begun = forms.filter(({ schema }) => schema.required?.some(has) ?? true);
  if (begun.length > 0) return least(begun);
  const names = either(
    forms.map(({ schema }) => schema.required.map((one: string) => `"${one}"`).join(" and ")),
  );
  return [mistake(path, `must have ${names}`, say("field-incomplete", { names }))];
}

function mistake(path: string, message: string, { code, params }: Sentence): FieldError {
  return { path, message, code, params };
}

function tooMany(path: string, max: number): FieldError {
  return mistake(path, `must have at most ${count(max, "entry", "entries")}`, say("field-too-many", { max }));
}

/** Of one value: the message for programs, and what its form says. */
function wordsFor(schema: TSchema, value: unknown): [message: string, said: Sentence] {
  const { minLength: min = 0, maxLength: max = Infinity, minimum = -Infinity, maximum = Infinity } = schema;
  if (schema.type === "string" && typeof value === "string") {
    if (value.length < min)
      return [
        `must have at least ${count(min, "character", "characters")}`,
        min === 1 ? say("field-required") : say("field-too-short", { min }),
      ];
    if (value.length > max)
      return [`must have at most ${count(max, "character", "characters")}`, say("field-too-long", { max })];
    if (schema.pattern === "\\S") return ["must not be blank", say("field-blank")];
  }
  if (typeof value === "number" && (schema.type === "number" || Number.isInteger(value))) {
    const { multipleOf: step = 1 } = schema;
    if (value < minimum) return [`must be at least ${minimum}`, say("field-too-small", { min: minimum })];
    if (value > maximum) return [`must be at most ${maximum}`, say("field-too-large", { max: maximum })];
    if (step !== 1) return [`must be a multiple of ${step}`, say("field-not-multiple", { step })];
  }
  const what = wanted(schema);
  if (value !== undefined)
    return [what === "" ? "does not belong here" : `must be ${what}`, wantedForm(schema)];
  return [what === "" ? "is missing" : `is missing: must be ${what}`, say("field-required")];
}

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;

/** "a", "b" or "c". */
function either(parts: string[]): string {
  const some = [...new Set(parts)];
  const last = some.pop();
  return some.length === 0 ? (last ?? "") : `${some.join(", ")} or ${last}`;
}

/** A short description of a schema; empty for one that accepts everything. */
function wanted(schema: TSchema): string {
  return either(wantedOf(schema));
}

function wantedOf(schema: TSchema): string[] {
  if (Array.isArray(schema.anyOf)) return schema.anyOf.flatMap(wantedOf);
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  switch (schema.type) {
    case "string":
      // In addition to the number that Elysia makes of it in a query.
      return schema.format === "numeric" ? [] : [textOf(schema)];
    case "integer":
      return ["a whole number"];
    case "number":
      return [schema.multipleOf === 1 ? "a whole number" : "a number"];
    case "boolean":
      return ["true", "false"];
    case "array":
      return ["a list"];
    case "object":
      return ["an object"];
    case "null":
      return ["null"];
    default:
      return [];
  }
}

function textOf({ title, format, pattern, examples }: TSchema): string {
  if (format === "binary") return "a file";
  const what = format === "date-time" ? "a time" : title === "Id" ? "an id" : "a text";
  if (examples?.[0] !== undefined) return `${what} such as "${examples[0]}"`;
  return pattern === undefined || pattern === "\\S" ? what : `${what} of the form ${pattern}`;
}

/** What a form asks for instead of a value of the wrong kind. */
function wantedForm(schema: TSchema): Sentence {
  const forms: TSchema[] = (Array.isArray(schema.anyOf) ? schema.anyOf : [schema]).filter(
    ({ type, format }: TSchema) => type !== "null" && format !== "numeric",
  );
  const [form] = forms;
  if (form === undefined) return say("field-type");
  if (forms.every((one) => one.const !== undefined))
    return say("field-choice", { values: either(forms.map((one) => JSON.stringify(one.const))) });
  if (forms.length > 1) return say("field-type");
  if (form.type === "integer" || (form.type === "number" && form.multipleOf === 1))
    return say("field-whole-number");
  if (form.type === "number") return say("field-number");
  if (form.type !== "string") return say("field-type");
  if (form.format === "binary") return say("field-file");
  if (form.format === "date-time") return say("field-time");
  if (form.title === "Id") return say("field-id");
  const example: unknown = form.examples?.[0] ?? form.pattern;
  return example === undefined ? say("field-type") : say("field-format", { example: String(example) });
}
