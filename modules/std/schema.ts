import {
  FormatRegistry,
  type ObjectOptions,
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

// Elysia's own makes a Date of each time of each answer, which takes a list longer than reading its rows. Postgres
// knows no year 0 and no 30 February.
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

/** An id of ours. The pattern is strict, so that Postgres never sees anything else where it wants a uuid. */
export const Uuid = Type.String({
  title: "Id",
  maxLength: 36,
  pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
  examples: ["019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10"],
});

/** An object whose title names it in the description of the API, where it stands once for all who refer to it. */
export function named<T extends TProperties>(
  title: string,
  properties: T,
  options: ObjectOptions = {},
): TObject<T> {
  return Type.Object(properties, { ...options, title });
}

/**
 * Has an object refuse what it does not know, where leaving it out would change what is meant: a misspelt filter finds
 * everybody. With `false` Elysia only leaves it out.
 */
export const nothingElse = { additionalProperties: Type.Never() };

/** An object of at most so many values of one kind by names that have this pattern; others are refused. */
export const recordOf = <T extends TSchema>(name: TString, value: T, maxProperties: number) =>
  Type.Record(name, value, { ...nothingElse, maxProperties });

/** One of some words. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  // The check is that of the union; only its type is said here, since a union made of a list has none of use.
  return Type.Unsafe<Word>(Type.Union(words.map((word) => Type.Literal(word))));
}

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** An answer that is no JSON: the description of the API names its media type, and nothing checks it. */
export const rawAnswer = (contentMediaType: string, description: string) =>
  Type.Unsafe<Response>(Type.Any({ contentMediaType, description }));

/** A file's bytes; its own type comes in the header. */
export const FileAnswer = rawAnswer("application/octet-stream", "The file's bytes");

/** What every list answers. */
export const listOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()) });

/** What every error answers, as RFC 9457 has it. */
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
    Type.Array(
      Type.Object({
        path: Type.String({ description: "A JSON pointer into the request", examples: ["/name"] }),
        message: Type.String({ description: "In English: what is wrong", examples: ["must not be blank"] }),
        code: Type.Optional(
          Type.String({ description: "What is wrong, for programs", examples: ["field-blank"] }),
        ),
        params: Type.Optional(
          Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
            description: "The values in the sentence of the code",
          }),
        ),
      }),
      { description: "Errors of the request by their place" },
    ),
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

/** The query of a list that comes by so many rows without a limit; limits are refused, not cut. */
export const pageQuery = (rows: number) =>
  Type.Object({
    // Elysia turns the text of a query into a number for Type.Number only, not for Type.Integer.
    limit: Type.Optional(Type.Number({ multipleOf: 1, minimum: 1, maximum: 100, default: rows })),
    cursor: Type.Optional(Type.String({ maxLength: 500 })),
  });

/** Most lists come by fifty rows without a limit. */
export const PageQuery = pageQuery(50);

export type PageQuery = Static<typeof PageQuery>;

/** Parses a value from outside, or says in words why it does not fit. */
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
