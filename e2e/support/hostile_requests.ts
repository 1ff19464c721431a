import { bodies } from "./routes.ts";

/** Part of a schema as the OpenAPI document has it. */
interface Schema {
  $ref?: string;
  type?: string;
  const?: unknown;
  format?: string;
  title?: string;
  examples?: unknown[];
  minimum?: number;
  maxLength?: number;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  items?: Schema;
}

export interface Operation {
  operationId: string;
  "x-permission"?: string;
  parameters?: { in: string; name: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
}

export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** A place for a text or a list in a request: makes the request's value with something else there. */
interface Hole {
  fill(hostile: unknown): unknown;
  isList: boolean;
  longest: number;
}

export interface HostileRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

const mb = 1024 * 1024;
const fill = (text: string, length: number) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

/** Each ends so that a pattern for it fails at the last character. */
const texts = ["a", " ", ".", "{{", "\u0000", "\ud800"].map((part) => `${fill(part, 60_000)}\n`);
/** As long as a field may be, so the code after validation sees them. */
const fitting = ["{{", ". "];
const badIds = fill('"no-id",', mb - 20_000).slice(0, -1);
const longName = "n".repeat(3_000);
const nuls = JSON.stringify(Array(20_000).fill("\u0000"));

/** Bodies for every operation that takes one, as large as a body may be, built once. */
const deep = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);
export const hostileBodies: readonly string[] = [
  `{"${longName}":${nuls}}`,
  `{${Array.from({ length: 300 }, (_, n) => `"${longName}${n}":"\\u0000"`).join(",")}}`,
  `{${Array.from({ length: 70_000 }, (_, n) => `"name${n}":1`).join(",")}}`,
  `[${fill("{},", mb - 10).slice(0, -1)}]`,
  deep("[", "]", mb / 2 - 10),
  deep('{"a":', "}", 170_000).replace("}", "1}"),
  `{"name":"${"a".repeat(mb - 100)}\\n"`,
];

/** All requests for one operation, with something hostile at every place that takes a text. */
export function* requestsFor(
  document: ApiDocument,
  { path, method, operation }: { path: string; method: string; operation: Operation },
  { ids, token }: { ids: Readonly<Record<string, string>>; token: string },
): Generator<HostileRequest> {
  const { parameters = [], operationId } = operation;
  const json = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
  const headers = { authorization: `Bearer ${token}`, ...json };
  const at = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? crypto.randomUUID());
  const base = { method: method.toUpperCase(), headers };

  for (const parameter of parameters) {
    // A longer address is refused before anything looks at it.
    for (const text of texts.map((one) => encodeURIComponent(one.toWellFormed()).slice(0, 9_000))) {
      const whole = text.replace(/%[0-9A-F]?$/, "");
      if (parameter.in === "query") yield { ...base, path: `${at}?${parameter.name}=${whole}` };
      if (parameter.in === "path")
        yield {
          ...base,
          path: path.replace(/\{(\w+)\}/g, (_, name: string) =>
            name === parameter.name ? whole : (ids[name] ?? crypto.randomUUID()),
          ),
        };
      if (parameter.in === "header")
        yield { ...base, path: at, headers: { ...headers, [parameter.name]: "a".repeat(9_000) } };
    }
  }
  const content = operation.requestBody?.content ?? {};
  const schema = content["application/json"]?.schema;
  if (!schema) return;
  for (const { fill: make, isList, longest } of holesOf(document, schema, bodies[operationId])) {
    if (isList)
      yield { ...base, path: at, body: JSON.stringify(make("LIST")).replace('"LIST"', `[${badIds}]`) };
    else {
      for (const text of texts) yield { ...base, path: at, body: JSON.stringify(make(text)) };
      for (const text of fitting) {
        const length = Math.min(longest, 60_000);
        yield { ...base, path: at, body: JSON.stringify(make(fill(text, length))) };
      }
    }
  }
  for (const body of hostileBodies) yield { ...base, path: at, body };
}

function* holesOf(document: ApiDocument, given: Schema, sample: unknown, level = 0): Generator<Hole> {
  const schema = resolve(document, given);
  const inside = (part: Schema, of: unknown) => (level > 8 ? [] : holesOf(document, part, of, level + 1));
  if (schema.anyOf) yield { fill: (hostile) => hostile, isList: true, longest: 0 };
  for (const part of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])])
    yield* inside(part, sample);
  if (schema.type === "string" && schema.const === undefined)
    yield { fill: (hostile) => hostile, isList: false, longest: schema.maxLength ?? 60_000 };
  if (schema.type === "array") {
    yield { fill: (hostile) => hostile, isList: true, longest: 0 };
    const [first] = Array.isArray(sample) ? sample : [];
    for (const hole of inside(schema.items ?? {}, first))
      yield { ...hole, fill: (hostile) => [hole.fill(hostile)] };
  }
  const object: object =
    typeof sample === "object" && sample !== null ? sample : Object(minimal(document, schema));
  for (const [name, part] of Object.entries(schema.properties ?? {}))
    for (const hole of inside(part, Object.entries(object).find(([one]) => one === name)?.[1]))
      yield { ...hole, fill: (hostile) => ({ ...object, [name]: hole.fill(hostile) }) };
  for (const part of Object.values(schema.patternProperties ?? {})) {
    yield {
      fill: (hostile) => ({ [String(hostile)]: minimal(document, part) }),
      isList: false,
      longest: 60_000,
    };
    for (const hole of inside(part, undefined))
      yield { ...hole, fill: (hostile) => ({ [Object.keys(object)[0] ?? "name"]: hole.fill(hostile) }) };
  }
  // Conditions of a segment have a check of their own.
  if (schema.title === "Conditions") {
    const conditions = (one: unknown) => ({ match: "all", conditions: [one] });
    yield { fill: (hostile) => conditions({ field: hostile, op: hostile }), isList: false, longest: 60_000 };
    yield { fill: (pageIds) => conditions({ field: "page", op: "any", pageIds }), isList: true, longest: 0 };
  }
}

/** The smallest value that fits, more or less. */
function minimal(document: ApiDocument, given: Schema): unknown {
  const schema = resolve(document, given);
  if (schema.const !== undefined) return schema.const;
  const [form] = schema.anyOf ?? schema.oneOf ?? [];
  if (form) return minimal(document, form);
  switch (schema.type) {
    case "string":
      return schema.title === "Id" ? crypto.randomUUID() : (schema.examples?.[0] ?? "a");
    case "array":
      return [];
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, minimal(document, schema.properties?.[name] ?? {})]),
      );
    default:
      return null;
  }
}

function resolve({ components }: ApiDocument, schema: Schema): Schema {
  return schema.$ref === undefined ? schema : (components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
}
