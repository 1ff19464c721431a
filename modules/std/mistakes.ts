import type { TSchema } from "@sinclair/typebox";
import { type ValueError, ValueErrorType as Kind } from "@sinclair/typebox/errors";
import type { FieldError } from "./problem.ts";

/** What is wrong with a value from outside: each place once, in words that say what belongs there. */
export function mistakesIn(errors: Iterable<ValueError>): FieldError[] {
  return inWords([...errors].map(read));
}

/** A value that has none of some forms: why not, for each form. TypeBox gives each of these once. */
interface Mistake extends Omit<ValueError, "errors"> {
  forms: Form[];
}

interface Form {
  schema: TSchema;
  mistakes: Mistake[];
}

function read({ errors, ...error }: ValueError): Mistake {
  const forms = errors.flatMap((form, at) => {
    // An intersection says no more than its parts.
    const mistakes = [...form].map(read).filter(({ type }) => type !== Kind.Intersect);
    const [first] = mistakes;
    if (mistakes.length === 1 && first?.type === Kind.Union && first.path === error.path) return first.forms;
    return [{ schema: error.schema.anyOf[at], mistakes }];
  });
  return { ...error, forms };
}

function inWords(mistakes: readonly Mistake[]): FieldError[] {
  const places = new Map<string, FieldError>();
  for (const one of mistakes.flatMap(wordsOf)) if (!places.has(one.path)) places.set(one.path, one);
  return [...places.values()];
}

function wordsOf(mistake: Mistake): FieldError[] {
  const { type, path, schema } = mistake;
  if (type === Kind.Intersect) return [];
  if (type !== Kind.Union) return [{ path, message: messageOf(mistake) }];
  const forms = mistake.forms.filter((form) => isOfItsKind(form, path));
  return forms.length > 0 ? closest(mistake, forms) : [{ path, message: `must be ${wanted(schema)}` }];
}

/** Whether a value is at least of the kind of this form: an object is never told to be null instead. */
function isOfItsKind({ mistakes }: Form, path: string): boolean {
  return mistakes.every(
    (one) =>
      one.path !== path || (one.type === Kind.Union && one.forms.some((form) => isOfItsKind(form, path))),
  );
}

/** What an object lacks for the form that it comes closest to: the one that it names, or has something of. */
function closest({ path, value }: Mistake, forms: Form[]): FieldError[] {
  const has = (name: string) => typeof value === "object" && value !== null && name in value;
  const least = (some: Form[]) =>
    inWords(some.toSorted((a, b) => a.mistakes.length - b.mistakes.length)[0]?.mistakes ?? []);
  const [name] = Object.keys(forms[0]?.schema.properties ?? {}).filter((one) =>
    forms.every(({ schema }) => schema.properties?.[one]?.const !== undefined),
  );
  if (name !== undefined) {
    const named = forms.filter(({ mistakes }) => mistakes.every((one) => one.path !== `${path}/${name}`));
    if (named.length > 0) return least(named);
    const words = forms.map(({ schema }) => JSON.stringify(schema.properties[name].const));
    return [
      { path: `${path}/${name}`, message: `${has(name) ? "" : "is missing: "}must be ${either(words)}` },
    ];
  }
  const begun = forms.filter(({ schema }) => schema.required?.some(has) ?? true);
  if (begun.length > 0) return least(begun);
  const keys = forms.map(({ schema }) => schema.required.map((one: string) => `"${one}"`).join(" and "));
  return [{ path, message: `must have ${either(keys)}` }];
}

function messageOf({ type, schema, value, message }: Mistake): string {
  switch (type) {
    case Kind.Never:
    case Kind.ObjectAdditionalProperties:
      return "is not known here: leave it out";
    case Kind.ObjectMinProperties:
      return `must have at least one of ${Object.keys(schema.properties).join(", ")}`;
    case Kind.ArrayMinItems:
      return `must have at least ${count(schema.minItems, "entry", "entries")}`;
    case Kind.ArrayMaxItems:
      return `must have at most ${count(schema.maxItems, "entry", "entries")}`;
    case Kind.ArrayUniqueItems:
      return "must not have the same entry twice";
    case Kind.StringMinLength:
      return `must have at least ${count(schema.minLength, "character", "characters")}`;
    case Kind.StringMaxLength:
      return `must have at most ${count(schema.maxLength, "character", "characters")}`;
    case Kind.NumberMinimum:
    case Kind.IntegerMinimum:
      return `must be at least ${schema.minimum}`;
    case Kind.NumberMaximum:
    case Kind.IntegerMaximum:
      return `must be at most ${schema.maximum}`;
    case Kind.NumberMultipleOf:
      return schema.multipleOf === 1
        ? "must be a whole number"
        : `must be a multiple of ${schema.multipleOf}`;
    case Kind.StringPattern:
      return schema.pattern === "\\S" ? "must not be blank" : `must be ${wanted(schema)}`;
    default: {
      const what = wanted(schema);
      if (value !== undefined) return what === "" ? message : `must be ${what}`;
      return what === "" ? "is missing" : `is missing: must be ${what}`;
    }
  }
}

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;

/** "a", "b" or "c". */
function either(parts: string[]): string {
  const some = [...new Set(parts)];
  const last = some.pop();
  return some.length === 0 ? (last ?? "") : `${some.join(", ")} or ${last}`;
}

/** What a schema wants, in a few words; nothing for one that takes everything. */
function wanted(schema: TSchema): string {
  return either(wantedOf(schema));
}

function wantedOf(schema: TSchema): string[] {
  if (Array.isArray(schema.anyOf)) return schema.anyOf.flatMap(wantedOf);
  if (schema.const !== undefined) return [JSON.stringify(schema.const)];
  switch (schema.type) {
    case "string":
      // Beside the number that Elysia makes of it in a query.
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
  const what = format === "date-time" ? "a time" : title === "Id" ? "an id" : "a text";
  if (examples?.[0] !== undefined) return `${what} such as "${examples[0]}"`;
  return pattern === undefined || pattern === "\\S" ? what : `${what} of the form ${pattern}`;
}
