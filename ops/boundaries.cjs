// The boundaries of ops/docs/architecture.md, checked by dependency-cruiser. Each rule was broken once on purpose
// and seen reported; ops/boundaries.test.ts does so on every run.
const modules = "auth|webhooks|messaging|admin|std";
const tests = "\\.test\\.ts$|^e2e/|^db/testing\\.ts$";

/** What each module may import of the others. */
const arrows = {
  admin: ["auth", "messaging", "std"],
  webhooks: ["messaging", "auth", "std"],
  messaging: ["auth", "std"],
  auth: ["std"],
  std: [],
};

module.exports = {
  forbidden: [
    {
      name: "only-through-mod",
      comment: "Another module is imported only through its mod.ts.",
      severity: "error",
      from: { path: `^(modules/(${modules})/|apps/|db/|e2e/)` },
      to: { path: `^modules/(${modules})/(?!mod\\.ts$)`, pathNot: "^modules/$2/" },
    },
    ...Object.entries(arrows).map(([from, allowed]) => ({
      name: `arrow-${from}`,
      comment: `${from} may import ${allowed.join(", ") || "nothing of ours"}.`,
      severity: "error",
      from: { path: `^modules/${from}/`, pathNot: tests },
      to: {
        path: "^(modules|apps|db|e2e)/",
        pathNot: `^modules/(${[from, ...allowed].join("|")})/${from === "std" ? "" : "|^db/"}`,
      },
    })),
    {
      name: "arrow-db",
      comment: "db may import std.",
      severity: "error",
      from: { path: "^db/", pathNot: tests },
      to: { path: "^(modules|apps|e2e)/", pathNot: "^modules/std/" },
    },
    ...["auth", "webhooks", "messaging"].map((owner) => ({
      name: `tables-${owner}`,
      comment: `Only modules/${owner} touches the tables of ${owner}.`,
      severity: "error",
      from: { path: "^(modules|apps|e2e)/", pathNot: `^modules/${owner}/` },
      to: { path: `^db/tables/${owner}(\\.ts$|/)` },
    })),
    {
      name: "tables-jobs",
      comment: "Jobs are written through #db.",
      severity: "error",
      from: { path: "^(modules|apps|e2e)/" },
      to: { path: "^db/tables/jobs\\.ts$" },
    },
    {
      name: "db-through-mod",
      comment: "db is imported through its mod.ts, its table files and, in tests, testing.ts.",
      severity: "error",
      from: { path: "^(modules|apps|e2e)/" },
      to: { path: "^db/(?!mod\\.ts$|tables/|testing\\.ts$)" },
    },
    {
      name: "no-testing-in-product",
      comment: "A testing.ts is for tests.",
      severity: "error",
      from: { pathNot: tests },
      to: { path: "^(db|modules/.+)/testing\\.ts$" },
    },
    {
      name: "routes-without-sql",
      comment: "Routes know no SQL.",
      severity: "error",
      from: { path: "^modules/.*/routes[^/]*\\.ts$" },
      to: { path: "node_modules/(drizzle-orm|postgres)/|^db/tables/" },
    },
    {
      name: "elysia-only-in-routes",
      comment: "Elysia stays in routes, guards, the live stream, the std plugins and the app.",
      severity: "error",
      from: {
        path: "^(modules|db)/",
        pathNot: `(/routes[^/]*|/guard|/tokens|/live_stream|^modules/std/[a-z_]*plugin)\\.ts$|${tests}`,
      },
      to: { path: "node_modules/(elysia|@elysiajs/[^/]+)/" },
    },
    {
      name: "no-cycles",
      comment: "No import cycles.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "apps-apart",
      comment: "Apps never import each other, except the dashboard's import type of App.",
      severity: "error",
      from: { path: "^apps/([^/]+)/" },
      to: { path: "^apps/", pathNot: "^apps/$1/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "resolvable",
      comment: "Every import resolves.",
      severity: "error",
      from: { pathNot: "^apps/dashboard/" },
      to: { couldNotResolve: true, pathNot: "^(bun|bun:.*|node:.*|vitest/.*)$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^apps/dashboard/(build|\\.svelte-kit)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["bun", "import", "types", "default"],
    },
  },
};
