import { isDeepStrictEqual } from "node:util";

type Json = Record<string, unknown>;

/**
 * Turns TypeBox's schemas into those of OpenAPI 3.1. Writes a schema with a title once, as the component of that
 * name, and refers to it. Throws when two different schemas have the same title.
 */
export function createSchemaBook() {
  const components: Record<string, Json> = {};

  function refer(schema: unknown): Json {
    if (!isObject(schema)) throw new Error(`Cannot describe a schema: it is ${JSON.stringify(schema)}`);
    const { title, ...untitled } = schema;
    const described = describe(untitled);
    if (typeof title !== "string") return described;
    const known = components[title];
    if (known && !isDeepStrictEqual(known, described))
      throw new Error(`Cannot describe "${title}": two different schemas have this title`);
    components[title] = described;
    return { $ref: `#/components/schemas/${title}` };
  }

  function describe({
    anyOf,
    allOf,
    items,
    properties,
    patternProperties,
    additionalItems,
    ...rest
  }: Json): Json {
    return {
      ...rest,
      // Elysia accepts only this form as a refusal.
      ...(isDeepStrictEqual(rest.additionalProperties, { not: {} }) ? { additionalProperties: false } : {}),
      ...(Array.isArray(anyOf) ? alternatives(anyOf) : {}),
      ...(Array.isArray(allOf) ? { allOf: allOf.map(refer) } : {}),
      // A tuple: current JSON Schema has a separate name for its parts.
      ...(Array.isArray(items) ? { prefixItems: items.map(refer), items: additionalItems } : {}),
      ...(isObject(items) ? { items: refer(items) } : {}),
      ...(isObject(properties) ? { properties: referAll(properties) } : {}),
      ...(isObject(patternProperties) ? { patternProperties: referAll(patternProperties) } : {}),
    };
  }

  function alternatives(schemas: readonly unknown[]): Json {
    const words = schemas.filter(isWord);
    return words.length === schemas.length && words.length > 1
      ? { type: "string", enum: words.map((word) => word.const) }
      : { anyOf: schemas.map(refer) };
  }

  const referAll = (schemas: Json) =>
    Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, refer(schema)]));

  return { components, refer };
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWord(schema: unknown): schema is { const: string } {
  return isObject(schema) && typeof schema.const === "string";
}
