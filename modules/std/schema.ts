import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { FieldError } from "./problem.ts";

/** A time as it travels: ISO 8601 in UTC. */
export const IsoTime = Type.String({ format: "date-time", examples: ["2026-11-24T10:00:00.000Z"] });

/** An id of ours. The pattern is strict, so that Postgres never sees anything else where it wants a uuid. */
export const Uuid = Type.String({
  pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
  examples: ["019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10"],
});

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** What every list answers. */
export const listOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String()) });

/** The query of every list; limits are refused, not cut. */
export const PageQuery = Type.Object({
  // Elysia turns the text of a query into a number for Type.Number only, not for Type.Integer.
  limit: Type.Optional(Type.Number({ multipleOf: 1, minimum: 1, maximum: 100, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
});

export type PageQuery = Static<typeof PageQuery>;

/** Parses a value from outside; null with all the mistakes in words when it does not fit. */
export function parse<T extends TSchema>(
  schema: T,
  value: unknown,
): { ok: true; value: Static<T> } | { ok: false; errors: FieldError[] } {
  if (Value.Check(schema, value)) return { ok: true, value };
  const errors = [...Value.Errors(schema, value)].map((error) => ({
    path: error.path,
    message: error.message,
  }));
  return { ok: false, errors };
}
