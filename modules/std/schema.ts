import {
  FormatRegistry,
  type ObjectOptions,
  type SchemaOptions,
  type Static,
  type TObject,
  type TProperties,
  type TSchema,
  type TString,
  Type,
} from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { mistakesIn } from "./mistakes.ts";
import type { FieldError } from "./problem.ts";

// Elysia's own format makes a Date of each time in each response, which takes longer than reading a list's rows.
// Postgres has no year 0 and no 30 February.
const isoTime =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Whether the month of a time has its day: most times have one that every month has. */
function isDayOfMonth(text: string): boolean {
  const day = Number(text.slice(8, 10));
  return day <= 28 || new Date(Date.UTC(+text.slice(0, 4), +text.slice(5, 7), 0)).getUTCDate() >= day;
}

FormatRegistry.Set("date-time", (text) => isoTime.test(text) && isDayOfMonth(text));

/** A time as it travels: ISO 8601 in UTC. */
export const IsoTime = Type.String({
  format: "date-time",
  maxLength: 40,
  examples: ["2026-11-24T10:00:00.000Z"],
});

/** Our ids. The pattern is strict, so Postgres never gets anything else for a uuid. */
export const Uuid = Type.String({
  title: "Id",
  maxLength: 36,
  pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
  examples: ["019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10"],
});

/** An object with a title: the API description has it once, and others refer to it. */
export function named<T extends TProperties>(
  title: string,
  properties: T,
  options: ObjectOptions = {},
): TObject<T> {
  return Type.Object(properties, { ...options, title });
}

/**
 * Makes an object refuse unknown properties if dropping them would change the meaning: a misspelt filter finds
 * everybody. With `false` Elysia only drops them.
 */
export const nothingElse = { additionalProperties: Type.Never() };

/** An object of at most so many values of one kind by names that have this pattern; others are refused. */
export const recordOf = <T extends TSchema>(name: TString, value: T, maxProperties: number) =>
  Type.Record(name, value, { ...nothingElse, maxProperties });

/** One of some words. */
export function oneOf<const Word extends string>(words: readonly Word[], options: SchemaOptions = {}) {
  // The check is the union's; only its type is stated here, because a union built from a list has no useful type.
  return Type.Unsafe<Word>(
    Type.Union(
      words.map((word) => Type.Literal(word)),
      options,
    ),
  );
}

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A response that is not JSON: the API description has its media type, and nothing checks it. */
export const rawAnswer = (contentMediaType: string, description: string) =>
  Type.Unsafe<Response>(Type.Any({ contentMediaType, description }));

/** A file's bytes; the header has its type. */
export const FileAnswer = rawAnswer("application/octet-stream", "The file's bytes");

/** The response of every list. */
export const listOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()) });

/** A mistake at a place, as text and as a code with values. */
export const FieldErrorSchema = Type.Object({
  path: Type.String({ description: "A JSON pointer into the request", examples: ["/name"] }),
  message: Type.String({ description: "In English: what is wrong", examples: ["must not be blank"] }),
  code: Type.Optional(Type.String({ description: "What is wrong, for programs", examples: ["field-blank"] })),
  params: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
      description: "The values in the sentence of the code",
    }),
  ),
});

/** The response of every error, as in RFC 9457. */
export const ProblemSchema = named("Problem", {
  type: Type.String({ examples: ["/problems/not-found"] }),
  code: Type.String({
    description: "A stable code for programs. Each stands for one sentence; ops/codes.json lists all",
    examples: ["not-found"],
  }),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String({ description: "For people, in English: the failure and the next step" }),
  params: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
      description: "The values in the sentence, for a program that words it in another language",
      examples: [{ name: "Winter sale", status: "running" }],
    }),
  ),
  remedy: Type.Optional(Type.String()),
  errors: Type.Optional(
    Type.Array(FieldErrorSchema, { description: "Errors of the request by their place" }),
  ),
  traceId: Type.Optional(Type.String({ description: "Identifies the request in the logs" })),
});

/** A sentence's code and values, beside its English text. */
export const Words = named("Words", {
  code: Type.String({
    description: "One sentence; ops/codes.json has its English template",
    examples: ["campaign-paused-by"],
  }),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
    description: "The values in the sentence",
    examples: [{ name: "Ada" }],
  }),
});

/** The code of the English sentence in the field before it, which has no values. */
export const SentenceCode = Type.String({
  description: "The code of the sentence before it, in ops/codes.json",
  examples: ["reason-window-closed"],
});

/** The query of a paged list with its default size; a limit out of range is refused, not clamped. */
export const pageQuery = (rows: number) =>
  Type.Object({
    // Elysia turns the text of a query into a number for Type.Number only, not for Type.Integer.
    limit: Type.Optional(Type.Number({ multipleOf: 1, minimum: 1, maximum: 100, default: rows })),
    cursor: Type.Optional(Type.String({ maxLength: 500 })),
  });

/** Most lists come by fifty rows without a limit. */
export const PageQuery = pageQuery(50);

export type PageQuery = Static<typeof PageQuery>;

/** Parses a value from outside, or throws what does not fit. */
export function parse<T extends TSchema>(
  schema: T,
  value: unknown,
): { ok: true; value: Static<T> } | { ok: false; errors: FieldError[] } {
  if (Value.Check(schema, value)) return { ok: true, value };
  return { ok: false, errors: mistakesIn(schema, value) };
}

/** The path of a route inside a workspace. */
export const InWorkspace = Type.Object({ workspaceId: Uuid });

export const OkResponse = Type.Object({ ok: Type.Boolean() });
