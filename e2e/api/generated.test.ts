import type { TSchema } from "@sinclair/typebox";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";
import { bodies, callRoute, type Route, routesOf, uploads } from "../support/routes.ts";

let world: Inhabited;
beforeAll(async () => {
  world = await inhabit();
});
afterAll(() => world.close());

const odd = fc.oneof(
  fc.constantFrom("", " ", "a\u0000b", "\ud800", "💥", "%_\\", "'; drop table x;--", "../../x", "\u202eabc"),
  fc.constantFrom(
    "2026-02-30",
    "9999-12-31T23:59:59Z",
    "-infinity",
    "1e400",
    "9007199254740993",
    "{{custom.x|y}}",
  ),
  fc.constantFrom(0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, true, null, [], {}),
  fc.string({ unit: "binary", maxLength: 3_000 }),
);

const text = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("Ann", "city", "12:30", "Europe/Berlin", "en_US", "Hi {{first_name|you}}"),
  },
  { weight: 1, arbitrary: odd },
);

const fits = (schema: TSchema): fc.Arbitrary<unknown> => {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.anyOf)) return fc.oneof(...schema.anyOf.map(valueFor));
  const own = Object.values(world.here.ids);
  switch (schema.type) {
    case "object": {
      const names = fc.oneof(fc.constantFrom(...own, "first_name", "city"), odd.map(String));
      const [ofRecord] = Object.values<TSchema>(schema.patternProperties ?? {});
      if (ofRecord) return fc.dictionary(names, valueFor(ofRecord), { maxKeys: 3 });
      const properties = Object.entries<TSchema>(schema.properties ?? {});
      return fc.record(Object.fromEntries(properties.map(([name, of]) => [name, valueFor(of)])), {
        requiredKeys: schema.required ?? [],
      });
    }
    case "array":
      return fc.array(valueFor(schema.items), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case "integer":
    case "number":
      return fc.integer({ min: Math.ceil(schema.minimum ?? 0), max: Math.min(schema.maximum ?? 1e6, 1e6) });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "string":
      if (schema.format === "date-time")
        return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
      return schema.title === "Id" ? fc.constantFrom(...own) : text;
    default:
      return odd;
  }
};

/** A value for a schema, and one time in twenty something else. */
function valueFor(schema: TSchema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 19, arbitrary: fits(schema) }, { weight: 1, arbitrary: odd });
}

const askedOf = ({ hooks }: Route) =>
  fc.record({
    body: hooks.body ? valueFor(hooks.body as TSchema) : fc.constant(undefined),
    query: hooks.query ? valueFor(hooks.query as TSchema) : fc.constant({}),
  });

test("requests generated from their route's schema, or almost from it, never cause an error of ours", async () => {
  const asked = routesOf(world).filter(({ hooks, permission }) => permission && (hooks.body || hooks.query));
  expect(asked.length).toBeGreaterThan(50);
  for (const route of asked) {
    await fc.assert(
      fc.asyncProperty(askedOf(route), async ({ body, query }) => {
        const { status, text: answer } = await callRoute(world, route, {
          token: world.tokens.owner,
          place: world.here,
          body,
          query,
        });
        expect(status, `${route.name}: ${answer}`).not.toBe(500);
      }),
      { seed: 1, numRuns: 25 },
    );
  }
}, 120_000);

/** The samples that a value has, each with one of its texts exchanged for this one. */
function withText(value: unknown, odd: string): unknown[] {
  if (typeof value === "string") return [odd];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    withText(part, odd).map((changed) =>
      Array.isArray(value) ? value.with(Number(name), changed) : { ...value, [name]: changed },
    ),
  );
}

test("text that Postgres refuses is refused by its place, anywhere in a request", async () => {
  const hostile = ["a\u0000b", "a\ud800b"];
  for (const route of routesOf(world).filter(
    ({ permission, operationId }) => permission && !uploads.has(operationId),
  )) {
    const { query } = route.hooks as { query?: TSchema };
    const asked = [
      ...hostile.flatMap((odd) => withText(bodies[route.operationId], odd).map((body) => ({ body }))),
      ...Object.keys(query?.properties ?? {}).map((name) => ({ query: { [name]: "a\u0000b" } })),
    ];
    for (const request of asked) {
      const call = { token: world.tokens.owner, place: world.here, ...request };
      const { status, text: answer } = await callRoute(world, route, call);
      expect([400, 422], `${route.name} ${JSON.stringify(request)}: ${answer}`).toContain(status);
    }
  }
});

test("a body nested a hundred thousand levels deep is refused in words", async () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const response = await world.app.handle(
    new Request(`http://localhost/api/v1/workspaces/${world.here.workspaceId}/tags`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${world.tokens.owner}` },
      body: `{"name":${deep},"colour":"blue"}`,
    }),
  );

  expect([400, 422]).toContain(response.status);
  expect(await response.json()).toMatchObject({ detail: expect.any(String) });
});
