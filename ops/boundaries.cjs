// The boundaries of ops/docs/architecture.md, checked by dependency-cruiser. Each rule was broken once on purpose
// and seen reported; ops/boundaries.test.ts does so on every run.
const modules = "auth|mail|webhooks|messaging|admin|std";
/** What tests share: a testing.ts, or a folder of that name. */
const testing = "testing(\\.ts$|/)";
const tests = `\\.test\\.ts$|^e2e/|/${testing}`;

/** What each module may import of the others. */
const arrows = {
  admin: ["auth", "mail", "messaging", "std"],
  webhooks: ["messaging", "auth", "std"],
  messaging: ["auth", "mail", "std"],
  auth: ["mail", "std"],
  mail: ["std"],
  std: [],
};

/** What each room of messaging may import of the others; ops/docs/architecture.md draws it. Lower rooms come first. */
const rooms = {
  sight: [],
  policy: [],
  graph: ["policy"],
  search: [],
  live: ["sight"],
  sheets: [],
  media: [],
  templates: ["sight", "graph", "media"],
  conversations: [],
  campaign_state: [],
  delivery: ["policy", "graph", "templates", "conversations", "campaign_state"],
  workspaces: ["policy", "delivery"],
  conditions: ["policy", "delivery"],
  contacts: ["sight", "policy", "graph", "search", "media", "templates", "delivery", "conditions"],
  notifications: ["campaign_state", "contacts"],
  segments: ["conditions", "contacts"],
  transfers: ["sheets", "media", "conversations", "contacts", "segments"],
  inbound: ["graph", "media", "conversations", "campaign_state", "delivery", "contacts"],
  history: ["graph", "delivery", "contacts", "inbound"],
  messenger_profile: ["graph"],
  pages: ["sight", "graph", "templates", "delivery", "notifications", "history", "messenger_profile"],
  inbox: [
    "sight",
    "policy",
    "graph",
    "search",
    "templates",
    "conversations",
    "delivery",
    "contacts",
    "notifications",
    "inbound",
    "pages",
  ],
  campaigns: ["templates", "delivery", "conditions", "contacts"],
  campaign_draft: [
    "policy",
    "search",
    "templates",
    "campaign_state",
    "delivery",
    "conditions",
    "contacts",
    "notifications",
    "pages",
    "campaigns",
  ],
  campaign_plan: [
    "policy",
    "campaign_state",
    "delivery",
    "workspaces",
    "contacts",
    "notifications",
    "campaigns",
    "campaign_draft",
  ],
  campaign_results: [
    "search",
    "campaign_state",
    "delivery",
    "workspaces",
    "contacts",
    "campaigns",
    "campaign_plan",
  ],
  campaign_compliance: ["sheets", "delivery"],
  sequences: [
    "graph",
    "templates",
    "campaign_state",
    "delivery",
    "workspaces",
    "conditions",
    "contacts",
    "campaigns",
    "campaign_draft",
    "campaign_results",
  ],
  links: ["graph", "media", "templates", "delivery", "sequences"],
  analytics: ["policy", "sheets", "contacts", "sequences"],
  demo: ["media", "templates", "delivery", "contacts", "campaigns", "campaign_results", "pages", "analytics"],
};

/** What every screen of the dashboard may import: the server's calls, components and words, and its workspace. */
const screen = ["api", "ui", "desk"];

/** What each room of apps/dashboard/src/lib may import of the others; ops/dashboard_rooms.ts checks it. */
const dashboardRooms = {
  api: [],
  ui: ["api"],
  auth: ["api", "ui"],
  live: ["api", "auth"],
  conversations: ["api", "ui"],
  desk: ["api", "ui", "auth", "live", "conversations"],
  labels: screen,
  templates: screen,
  segments: screen,
  transfers: [...screen, "labels"],
  contacts: [...screen, "conversations", "labels", "segments", "transfers"],
  settings: [...screen, "auth"],
  consent: [...screen, "templates", "settings"],
  team: [...screen, "auth", "settings"],
  pages: [...screen, "auth"],
  messenger_profile: [...screen, "pages"],
  auto_replies: [...screen, "templates", "pages"],
  inbox: [...screen, "conversations", "labels", "templates", "contacts"],
  campaigns: [...screen, "labels", "templates", "transfers", "live"],
  sequences: [...screen, "labels", "templates", "campaigns"],
  notifications: screen,
  analytics: [...screen, "contacts", "campaigns"],
  system: screen,
  activity: [...screen, "auth", "settings"],
  shell: [...screen, "auth", "pages"],
};

module.exports = {
  forbidden: [
    {
      name: "only-through-mod",
      comment: "Another module is imported only through its mod.ts and, in tests, its testing files.",
      severity: "error",
      from: { path: `^(modules/(${modules})/|apps/|db/|e2e/)` },
      to: {
        path: `^modules/(${modules})/(?!mod\\.ts$)`,
        pathNot: `^modules/$2/|^modules/.+/${testing}|^modules/messaging/inbound/mod\\.ts$`,
      },
    },
    {
      name: "inbound-for-webhooks",
      comment: "Only webhooks imports #messaging/inbound; others import #messaging.",
      severity: "error",
      from: { pathNot: `^modules/(webhooks|messaging)/|${tests}` },
      to: { path: "^modules/messaging/inbound/mod\\.ts$" },
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
      name: "room-through-mod",
      comment: "Another room of messaging is imported only through its mod.ts.",
      severity: "error",
      from: { path: "^modules/messaging/([a-z_]+)/", pathNot: tests },
      to: { path: "^modules/messaging/[a-z_]+/(?!mod\\.ts$)", pathNot: "^modules/messaging/$1/" },
    },
    {
      name: "rooms-through-mod",
      comment: "The files beside the rooms of messaging import a room through its mod.ts.",
      severity: "error",
      from: { path: "^modules/messaging/[a-z_]+\\.ts$", pathNot: tests },
      to: { path: "^modules/messaging/[a-z_]+/(?!mod\\.ts$)" },
    },
    {
      name: "room-known",
      comment: "Each folder of messaging is a room of the table above, or testing.",
      severity: "error",
      from: {
        path: "^modules/messaging/[^/]+/",
        pathNot: `^modules/messaging/(${Object.keys(rooms).join("|")}|testing)/`,
      },
      to: {},
    },
    ...Object.entries(rooms).map(([from, allowed]) => ({
      name: `room-${from}`,
      comment: `The room ${from} may import ${allowed.join(", ") || "no other room"}.`,
      severity: "error",
      from: { path: `^modules/messaging/${from}/`, pathNot: tests },
      to: {
        path: "^modules/messaging/",
        pathNot: `^modules/messaging/((deps|live_event)\\.ts$|(${[from, ...allowed].join("|")})/)`,
      },
    })),
    {
      name: "arrow-db",
      comment: "db may import std.",
      severity: "error",
      from: { path: "^db/", pathNot: tests },
      to: { path: "^(modules|apps|e2e)/", pathNot: "^modules/std/" },
    },
    ...["auth", "mail", "webhooks", "messaging"].map((owner) => ({
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
      comment: "What tests share is for tests.",
      severity: "error",
      from: { pathNot: tests },
      to: { path: `^(db|modules/.+|apps/.+)/${testing}` },
    },
    {
      name: "tests-without-e2e",
      comment: "Modules, db and apps know nothing of e2e, in their tests either.",
      severity: "error",
      from: { path: "^(modules|db|apps)/" },
      to: { path: "^e2e/" },
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
      comment:
        "Apps never import each other, except the dashboard's import type of App and LiveEvent, and the server's testing files.",
      severity: "error",
      from: { path: "^apps/([^/]+)/", pathNot: `^apps/server/${testing}` },
      to: { path: "^apps/", pathNot: "^apps/$1/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "resolvable",
      comment: "Every import resolves.",
      severity: "error",
      // The packages of the other queues are installed by their bench alone; CI checks its types.
      from: { pathNot: "^(apps/dashboard|e2e/bench/queues)/" },
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

// No rules: dependency-cruiser refuses keys that it does not know.
Object.defineProperties(module.exports, {
  rooms: { value: rooms, enumerable: false },
  dashboardRooms: { value: dashboardRooms, enumerable: false },
});
