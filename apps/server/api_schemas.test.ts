import { Type } from "@sinclair/typebox";
import { expect, test } from "vitest";
import { named, oneOf } from "#std";
import { createSchemaBook } from "./api_schemas.ts";

const Face = named("Face", { id: Type.String(), title: Type.String() });

test("createSchemaBook() writes a schema with a title once and refers to it", () => {
  const book = createSchemaBook();

  const first = book.refer(Type.Object({ face: Face, items: Type.Optional(Type.Array(Face)) }));

  const face = { $ref: "#/components/schemas/Face" };
  expect(first).toMatchObject({ properties: { face, items: { type: "array", items: face } } });
  expect(Object.keys(book.components)).toEqual(["Face"]);
  expect(book.components.Face).toMatchObject({ properties: { title: { type: "string" } } });
});

test("createSchemaBook() refuses two different schemas with one title", () => {
  const book = createSchemaBook();
  book.refer(Face);

  expect(() => book.refer(named("Face", { id: Type.Number() }))).toThrow('"Face"');
});

test("createSchemaBook() makes an enum of literals and names a tuple's parts as JSON Schema does now", () => {
  const { refer } = createSchemaBook();

  expect(refer(oneOf(["hot", "cold"]))).toMatchObject({ type: "string", enum: ["hot", "cold"] });
  expect(refer(Type.Tuple([Type.Number(), Type.String()]))).toMatchObject({
    prefixItems: [{ type: "number" }, { type: "string" }],
    items: false,
  });
});
