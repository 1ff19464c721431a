import { declaredPermission } from "#auth";
import { ProblemSchema } from "#std";
import { createSchemaBook } from "./api_schemas.ts";

type Json = Record<string, unknown>;
type Refer = (schema: unknown) => Json;

/** The part of @elysiajs/swagger's document that is used here. */
interface PluginDocument {
  paths: Record<string, Record<string, PluginOperation>>;
  components?: Json;
}

interface PluginOperation extends Json {
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, Content>;
}

interface Parameter extends Json {
  in: string;
  examples?: unknown[];
  schema: Json;
}

interface Content extends Json {
  content: Record<string, { schema?: Json }>;
}

interface Operation {
  permission: string | undefined;
  hasPathParameters: boolean;
  hasInput: boolean;
}

/** Problems that many operations return; each is a component. */
const problems = [
  {
    name: "Unauthenticated",
    status: "401",
    description: "The access token is missing, wrong or expired",
    isPossible: ({ permission }: Operation) => permission !== "public",
  },
  {
    name: "Forbidden",
    status: "403",
    description: "The caller's role lacks the permission that x-permission names",
    isPossible: ({ permission }: Operation) => permission !== "public" && permission !== "signedIn",
  },
  {
    name: "NotFound",
    status: "404",
    description: "It does not exist or the caller has no access",
    isPossible: ({ hasPathParameters }: Operation) => hasPathParameters,
  },
  {
    name: "Invalid",
    status: "422",
    description: "The request does not match the schema: `errors` has each error by its place",
    isPossible: ({ hasInput }: Operation) => hasInput,
  },
  {
    name: "TooManyRequests",
    status: "429",
    description: "Too many requests: try again after Retry-After seconds",
    isPossible: () => true,
  },
  {
    name: "Refused",
    status: "default",
    description: "The state does not allow it: `detail` has the reason",
    isPossible: () => true,
  },
];

/**
 * The plugin's document as OpenAPI 3.1 with each schema once, only JSON where only JSON is used, and the problems of
 * each operation.
 */
export function refineDocument({ paths, components, ...about }: PluginDocument) {
  const { components: schemas, refer } = createSchemaBook();
  const content = { "application/problem+json": { schema: refer(ProblemSchema) } };
  const responses = Object.fromEntries(
    problems.map(({ name, description }) => [name, { description, content }]),
  );
  const refined = mapValues(paths, (methods) => mapValues(methods, (operation) => refine(operation, refer)));
  return { ...about, openapi: "3.1.1", paths: refined, components: { ...components, schemas, responses } };
}

function refine(operation: PluginOperation, refer: Refer): Json {
  const { parameters = [], requestBody, responses, ...detail } = operation;
  const permission = declaredPermission({ hooks: { detail } });
  const facts = {
    permission,
    hasPathParameters: parameters.some((parameter) => parameter.in === "path"),
    hasInput: parameters.length > 0 || requestBody !== undefined,
  };
  return {
    ...detail,
    ...(permission === "public" ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters: parameters.map((one) => refineParameter(one, refer)) } : {}),
    ...(requestBody
      ? { requestBody: { ...requestBody, content: refineContent(requestBody.content, refer) } }
      : {}),
    responses: {
      ...mapValues(responses, (response) => refineAnswer(response, refer)),
      ...problemsOf(facts),
    },
  };
}

function refineParameter({ schema, examples, ...parameter }: Parameter, refer: Refer): Json {
  return { ...parameter, schema: refer(examples ? { ...schema, examples } : schema) };
}

function refineAnswer({ content, ...schema }: Content, refer: Refer): Json {
  const { description = "Done" } = schema;
  return { description, content: refineContent(content, refer, schema) };
}

/**
 * The plugin offers the same schema as JSON, form and text, and copies the description of a response's schema. Other
 * types are known by the `contentMediaType` of their schema or by the route's own declaration.
 */
function refineContent(content: Content["content"], refer: Refer, beside: Json = {}): Json {
  const [offered] = Object.values(content);
  if (!offered?.schema) return content;
  const { contentMediaType = "application/json", ...schema }: Json = { ...beside, ...offered.schema };
  return { [String(contentMediaType)]: { schema: refer(schema) } };
}

function problemsOf(operation: Operation): Json {
  return Object.fromEntries(
    problems
      .filter(({ isPossible }) => isPossible(operation))
      .map(({ name, status }) => [status, { $ref: `#/components/responses/${name}` }]),
  );
}

function mapValues<From, To>(record: Record<string, From>, to: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}
