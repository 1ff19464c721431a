import { FormatRegistry, Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { expect, test } from "vitest";
import { IsoTime, nothingElse, Nullable, oneOf, pageQuery, parse, problemPlugin, Uuid } from "#std";

const Trigger = Type.Intersect([
  Type.Object({ pageIds: Type.Array(Uuid) }),
  Type.Union([
    Type.Object({ kind: Type.Literal("keyword"), words: Type.Array(Type.String(), { minItems: 1 }) }),
    Type.Object({ kind: Type.Literal("inactivity"), days: Type.Integer({ minimum: 1 }) }),
    Type.Object({ kind: Type.Literal("inactivity"), hours: Type.Integer({ minimum: 1 }) }),
  ]),
]);
const Audience = Type.Union([
  Type.Object({ all: Type.Literal(true) }, nothingElse),
  Type.Object({ pageIds: Type.Array(Uuid) }, nothingElse),
]);
const Letter = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 5, pattern: "\\S" }),
    status: oneOf(["open", "closed"]),
    at: Type.Optional(Nullable(IsoTime)),
    speed: Type.Optional(Type.Number({ multipleOf: 1, maximum: 300 })),
    trigger: Type.Optional(Nullable(Trigger)),
    audience: Type.Optional(Audience),
    anything: Type.Any(),
  },
  nothingElse,
);
const right = { name: "Ada", status: "open", anything: 1 };

function mistakes(part: Record<string, unknown>): Record<string, string> {
  const read = parse(Letter, { ...right, ...part });
  return read.ok ? {} : Object.fromEntries(read.errors.map(({ path, message }) => [path, message]));
}

test("mistakesIn() reports each mistake once, with the expected value", () => {
  expect(parse(Letter, right).ok).toBe(true);
  expect(parse(Letter, { status: 5, at: "soon", colour: "red" })).toMatchObject({
    errors: expect.arrayContaining(
      [
        ["/name", "is missing: must be a text", "field-required", {}],
        ["/anything", "is missing", "field-required", {}],
        ["/status", 'must be "open" or "closed"', "field-choice", { values: '"open" or "closed"' }],
        ["/at", 'must be a time such as "2026-11-24T10:00:00.000Z" or null', "field-time", {}],
        ["/colour", "is not known here: leave it out", "field-unknown-name", {}],
      ].map(([path, message, code, params]) => ({ path, message, code, params })),
    ),
  });
  expect(mistakes({ name: "" })).toEqual({ "/name": "must have at least 1 character" });
  expect(mistakes({ name: " " })).toEqual({ "/name": "must not be blank" });
  expect(mistakes({ name: "Adalbert" })).toEqual({ "/name": "must have at most 5 characters" });
  expect(mistakes({ speed: 1.5 })).toEqual({ "/speed": "must be a whole number" });
  expect(mistakes({ speed: 301 })).toEqual({ "/speed": "must be at most 300" });
  expect(mistakes({ speed: "fast" })).toEqual({ "/speed": "must be a whole number" });
});

test("mistakesIn() reports the form of a union that the value names or partly matches, else all forms", () => {
  const inactivity = { pageIds: [], kind: "inactivity" };

  expect(mistakes({ trigger: { pageIds: [], kind: "keyword", words: [] } })).toEqual({
    "/trigger/words": "must have at least 1 entry",
  });
  expect(mistakes({ trigger: { kind: "keyword" } })).toEqual({
    "/trigger/pageIds": "is missing: must be a list",
    "/trigger/words": "is missing: must be a list",
  });
  expect(mistakes({ trigger: { ...inactivity, hours: 0 } })).toEqual({
    "/trigger/hours": "must be at least 1",
  });
  expect(mistakes({ trigger: { pageIds: [], kind: "sunshine" } })).toEqual({
    "/trigger/kind": 'must be "keyword" or "inactivity"',
  });
  expect(mistakes({ trigger: { pageIds: [] } })).toEqual({
    "/trigger/kind": 'is missing: must be "keyword" or "inactivity"',
  });
  expect(mistakes({ audience: { everyone: true } })).toEqual({ "/audience": 'must have "all" or "pageIds"' });
  expect(mistakes({ audience: { all: true, pageId: 5 } })).toEqual({
    "/audience/pageId": "is not known here: leave it out",
  });
  expect(mistakes({ audience: "all" })).toEqual({ "/audience": "must be an object" });
});

test("mistakesIn() reports ten of many mistakes, with short paths, and does not check the rest", () => {
  const list = Type.Object({ ids: Type.Array(Uuid) }, nothingElse);
  const name = "n".repeat(3_000);

  const bad = parse(list, { ids: Array(500_000).fill("\u0000"), [name]: 1 });

  expect(bad.ok ? [] : bad.errors).toHaveLength(10);
  expect(bad.ok ? [] : bad.errors[0]).toEqual({
    path: `/${"n".repeat(80)}…`,
    message: "is not known here: leave it out",
    code: "field-unknown-name",
    params: {},
  });
});

test("mistakesIn() reports a text or list that is too long and tries neither pattern nor entries", () => {
  const tried: string[] = [];
  FormatRegistry.Set("tried", (text) => tried.push(text) > 0);
  const text = Type.String({ maxLength: 5, format: "tried" });
  const schema = Type.Object({ text, texts: Type.Array(text, { maxItems: 2 }), other: Nullable(text) });

  const read = parse(schema, { text: "too long", texts: ["a", "b", "c"], other: "too long" });

  expect(read.ok ? [] : read.errors.map(({ path }) => path)).toEqual(["/text", "/texts", "/other"]);
  expect(tried).toEqual([]);
});

test("mistakesIn() reports a number of a query by its name", async () => {
  const app = new Elysia().use(problemPlugin()).get("/list", () => "", { query: pageQuery(30) });
  const ask = async (query: string) => {
    const answer = await app.handle(new Request(`http://localhost/list?${query}`));
    return await answer.json();
  };

  expect((await ask("cursor=x&limit=0")).detail).toBe(
    'Cannot accept the query of this request: "/limit" must be at least 1',
  );
  expect((await ask("cursor=&limit=0")).errors).toEqual([
    { path: "/limit", message: "must be at least 1", code: "field-too-small", params: { min: 1 } },
  ]);
  expect((await ask("limit=101")).errors[0]).toMatchObject({ code: "field-too-large", params: { max: 100 } });
  expect((await ask("limit=many")).errors[0]).toMatchObject({
    message: "must be a whole number",
    code: "field-whole-number",
  });
});
