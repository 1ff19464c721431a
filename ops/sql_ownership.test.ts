import { readFile } from "node:fs/promises";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import ts from "typescript";
import { expect, test } from "vitest";

/** Where the SQL about a schema's tables may stand. */
const owners: Record<string, string> = {
  auth: "modules/auth/",
  mail: "modules/mail/",
  webhooks: "modules/webhooks/",
  messaging: "modules/messaging/",
  jobs: "db/",
};

async function readTables(): Promise<Set<string>> {
  const names = new Set<string>();
  for (const schema of Object.keys(owners)) {
    const exported: Record<string, unknown> = await import(`../db/tables/${schema}.ts`);
    for (const table of Object.values(exported))
      if (table instanceof PgTable) names.add(`${schema}.${getTableConfig(table).name}`);
  }
  return names;
}

/** The tables that the texts of a source file name, with the line of each. */
function tablesIn(source: string, tables: ReadonlySet<string>): { table: string; line: number }[] {
  const file = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest);
  const found: { table: string; line: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      for (const [table] of node.text.matchAll(/\b[a-z]+\.[a-z_]+\b/g))
        // Alone it is a name, such as the key of a count, and no SQL.
        if (tables.has(table) && table !== node.text)
          found.push({ table, line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1 });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

test("SQL names only tables of its own module", async () => {
  const tables = await readTables();
  const foreign: string[] = [];
  let named = 0;
  for (const pattern of ["modules/**/*.ts", "db/*.ts", "apps/server/**/*.ts", "apps/simulator/**/*.ts"])
    for await (const path of new Bun.Glob(pattern).scan()) {
      if (/\.test\.ts$|\/testing(\.ts$|\/)/.test(path)) continue;
      for (const { table, line } of tablesIn(await readFile(path, "utf8"), tables)) {
        named += 1;
        const [schema = ""] = table.split(".");
        if (!path.startsWith(owners[schema] ?? "")) foreign.push(`${path}:${line} names ${table}`);
      }
    }

  expect(tables.size).toBeGreaterThan(50);
  expect(named).toBeGreaterThan(500);
  expect(foreign).toEqual([]);
});
