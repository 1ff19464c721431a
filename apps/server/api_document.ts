import type { InternalRoute } from "elysia";
import { declaredPermission } from "#auth";
import { ProblemSchema } from "#std";
import { createSchemaBook, isObject } from "./api_schemas.ts";

type Json = Record<string, unknown>;
type Refer = (schema: unknown) => Json;

interface Operation {
  permission: string | undefined;
  hasPathParameters: boolean;
  hasInput: boolean;
}

/** Problems that many operations answer; each is a component. */
const problems = [
  {
    name: "Unauthenticated",
    status: "401",
    description: "Nobody is signed in: the token is missing, wrong or too old",
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
    description: "It does not exist, or the caller has no access to it",
    isPossible: ({ hasPathParameters }: Operation) => hasPathParameters,
  },
  {
    name: "Invalid",
    status: "422",
    description: "The request does not fit: `errors` names each mistake by its place",
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
    description: "Something else stands in the way: `detail` says what",
    isPossible: () => true,
  },
];

/** The paths of the API's routes and the components that they refer to, as in OpenAPI 3.1. */
export function describeRoutes(routes: readonly InternalRoute[]): { paths: Json; components: Json } {
  const { components: schemas, refer } = createSchemaBook();
  const content = { "application/problem+json": { schema: refer(ProblemSchema) } };
  const responses = Object.fromEntries(
    problems.map(({ name, description }) => [name, { description, content }]),
  );
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    if (!route.path.startsWith("/api/v1/")) continue;
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, refer) };
  }
  return { paths, components: { schemas, responses } };
}

function operationOf(route: InternalRoute, refer: Refer): Json {
  const { detail, body, response } = route.hooks;
  const permission = declaredPermission(route);
  const parameters = parametersOf(route, refer);
  const operation = {
    permission,
    hasPathParameters: parameters.some((parameter) => parameter.in === "path"),
    hasInput: parameters.length > 0 || body !== undefined,
  };
  return {
    ...detail,
    ...(permission === "public" ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: contentOf(body, refer) } } : {}),
    responses: { ...answersOf(response, refer), ...problemsOf(operation) },
  };
}

function parametersOf({ hooks }: InternalRoute, refer: Refer): Json[] {
  const places = { path: hooks.params, query: hooks.query, header: hooks.headers };
  return Object.entries(places).flatMap(([place, schema]) =>
    Object.entries<Json>(schema?.properties ?? {}).map(([name, { description, ...property }]) => ({
      name,
      in: place,
      required: schema.required?.includes(name) ?? false,
      ...(description ? { description } : {}),
      schema: refer(property),
    })),
  );
}

/** By status; without one it is 200. */
function answersOf(response: Json, refer: Refer): Json {
  const byStatus = Object.keys(response).every((key) => /^\d{3}$/.test(key)) ? response : { 200: response };
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, schema]) => {
      const { description = "Done" } = isObject(schema) ? schema : {};
      return [status, { description, content: contentOf(schema, refer) }];
    }),
  );
}

/** What is no JSON says so by the `contentMediaType` of its schema. */
function contentOf(schema: unknown, refer: Refer): Json {
  const { contentMediaType = "application/json", ...described } = isObject(schema) ? schema : {};
  return { [String(contentMediaType)]: { schema: refer(described) } };
}

function problemsOf(operation: Operation): Json {
  return Object.fromEntries(
    problems
      .filter(({ isPossible }) => isPossible(operation))
      .map(({ name, status }) => [status, { $ref: `#/components/responses/${name}` }]),
  );
}
