import type { TSchema } from "@sinclair/typebox";
import { Glob } from "bun";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { checkSync as CheckSync } from "recheck";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inhabit, type Inhabited } from "../../apps/server/testing/inhabited.ts";
import { routesOf } from "../support/routes.ts";

// Its own entry starts Java or a binary of another package.
const { checkSync }: { checkSync: typeof CheckSync } = createRequire(import.meta.url)(
  "recheck/lib/browser.js",
);

const root = fileURLToPath(new URL("../..", import.meta.url));

let world: Inhabited;
beforeAll(async () => {
  world = await inhabit();
});
afterAll(() => world.close());

interface Found {
  source: string;
  flags: string;
  /** For messages of failed expectations. */
  place: string;
}

test("every pattern of a schema and every regular expression runs in linear time in the worst case", () => {
  const found = [...patternsOfRoutes(), ...expressionsOfCode()];
  expect(found.length).toBeGreaterThan(200);
  const bySource = new Map(found.map((one) => [`/${one.source}/${one.flags}`, one]));

  const slow = [...bySource].flatMap(([literal, { source, flags, place }]) => {
    // Without a loop the pattern reads a constant number of characters at each position.
    if (!/[*+]|\{\d+,\}/.test(source)) return [];
    // The other checker tries texts at random; this one proves it.
    const checked = checkSync(source, flags, { checker: "automaton", timeout: 60_000 });
    if (checked.status === "safe") return [];
    const beyond = "beyond the checker, which knows no look-around and no large repeats";
    return [
      `${place}: ${literal} is ${checked.status === "vulnerable" ? checked.complexity.summary : beyond}`,
    ];
  });

  expect(slow).toEqual([]);
}, 600_000);

test("every text of a request has a maximum length, every list a maximum size", () => {
  const boundless = routesOf(world).flatMap(({ name, hooks }) =>
    requestParts.flatMap((part) => findBoundless(hooks[part] as TSchema | undefined, `${name} ${part}`)),
  );

  expect(boundless).toEqual([]);
});

const requestParts = ["body", "query", "params", "headers", "cookie"];

const partsOf = (schema: TSchema): [string, TSchema][] => [
  ...[...(schema.anyOf ?? []), ...(schema.allOf ?? [])].map((part): [string, TSchema] => ["", part]),
  ...Object.entries<TSchema>({ ...schema.properties, ...schema.patternProperties }),
  ...[schema.items ?? []].flat().map((part): [string, TSchema] => ["/*", part]),
];

function findBoundless(schema: TSchema | undefined, place: string): string[] {
  if (!schema) return [];
  const isBoundless =
    (schema.type === "string" && schema.const === undefined && schema.maxLength === undefined) ||
    (schema.type === "array" && schema.maxItems === undefined) ||
    (schema.patternProperties !== undefined && schema.maxProperties === undefined);
  return [
    ...(isBoundless && schema.format !== "binary" ? [place] : []),
    ...partsOf(schema).flatMap(([name, part]) => findBoundless(part, `${place}/${name}`)),
  ];
}

/** Also those that are put together when the app starts. */
function patternsOfRoutes(): Found[] {
  return routesOf(world).flatMap(({ name, hooks }) =>
    requestParts.flatMap((part) => patternsIn(hooks[part] as TSchema | undefined, `${name} ${part}`)),
  );
}

function patternsIn(schema: TSchema | undefined, place: string): Found[] {
  if (!schema) return [];
  const own = [schema.pattern ?? [], Object.keys(schema.patternProperties ?? {})].flat();
  return [
    ...own.map((source: string) => ({ source, flags: "", place })),
    ...partsOf(schema).flatMap(([name, part]) => patternsIn(part, `${place}/${name}`)),
  ];
}

/** Regular expressions built by code: patterns of schemas, which are checked at their place. */
const computed = new Set(["modules/auth/email.ts", "modules/std/mistakes.ts"]);

function expressionsOfCode(): Found[] {
  const files = new Glob("{modules,db,apps}/**/*.{ts,svelte}").scanSync(root);
  return [...files]
    .filter((file) => !/node_modules|\/(?:build|\.svelte-kit)\/|\.test\.ts$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(`${root}/${file}`, "utf8");
      return file.endsWith(".svelte") ? expressionsOfComponent(file, text) : expressionsOfSource(file, text);
    });
}

function expressionsOfSource(file: string, text: string): Found[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Found[] = [];
  function add(node: ts.Node, expression: { source: string; flags: string }): void {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    found.push({ ...expression, place: `${file}:${line}` });
  }
  function visit(node: ts.Node): void {
    if (ts.isRegularExpressionLiteral(node)) add(node, partsOfLiteral(node.text));
    if (ts.isPropertyAssignment(node) && node.name.getText() === "pattern") {
      const pattern = textOf(node.initializer);
      if (pattern !== null) add(node, { source: pattern, flags: "" });
    }
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === "RegExp") {
      const [pattern, flags] = node.arguments ?? [];
      const made = pattern ? textOf(pattern) : null;
      if (made !== null) add(node, { source: made, flags: flags ? (textOf(flags) ?? "") : "" });
      else expect(computed, `a computed pattern in ${file}`).toContain(file);
    }
    node.forEachChild(visit);
  }
  visit(source);
  return found;
}

const partsOfLiteral = (literal: string) => {
  const end = literal.lastIndexOf("/");
  return { source: literal.slice(1, end), flags: literal.slice(end + 1) };
};

/** The text of a literal, with a letter for each part that is computed. */
function textOf(node: ts.Expression): string | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return node.head.text + node.templateSpans.map(({ literal }) => `x${literal.text}`).join("");
}

const svelte: { parse(text: string, options: { modern: true }): unknown } = createRequire(
  `${root}/apps/dashboard/package.json`,
)("svelte/compiler");

function expressionsOfComponent(file: string, text: string): Found[] {
  const found: Found[] = [];
  const seen = new Set<unknown>();
  function visit(node: unknown): void {
    if (typeof node !== "object" || node === null || seen.has(node)) return;
    seen.add(node);
    if ("regex" in node && "raw" in node) found.push({ ...partsOfLiteral(String(node.raw)), place: file });
    for (const part of Object.values(node)) visit(part);
  }
  visit(svelte.parse(text, { modern: true }));
  return found;
}
