import { swagger } from "@elysiajs/swagger";
import { Elysia } from "elysia";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { refineDocument } from "./api_document.ts";

const viewerPath = "/api/docs";
const document = "/api/docs/json";
const viewer = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const assets = ["swagger-ui.css", "swagger-ui-bundle.js"] as const;

// The plugin's own page runs a script inline; ours brings Swagger UI from this server and from nowhere else.
const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>MessageSender API</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/api/docs/assets/swagger-ui.css" />
  </head>
  <body>
    <main id="viewer"></main>
    <script src="/api/docs/assets/swagger-ui-bundle.js"></script>
    <script src="/api/docs/assets/start.js"></script>
  </body>
</html>
`;
const start = `SwaggerUIBundle({ url: "/api/docs/json", dom_id: "#viewer", deepLinking: true, validatorUrl: null });
`;

const documentation = {
  info: {
    title: "MessageSender API",
    version: packageJson.version,
    description:
      "Lists return { items, nextCursor }. Times are ISO 8601 in UTC. Errors are application/problem+json with a code, a detail that says what to do, and a trace id.",
    license: { name: "MIT", identifier: "MIT" },
  },
  servers: [{ url: "/" }],
  tags: [
    { name: "auth", description: "Owner, login, sessions" },
    { name: "account", description: "Your own settings, password and sessions" },
    { name: "team", description: "The people of the installation and invitations, for owners" },
    { name: "workspaces", description: "Workspaces and their members" },
    { name: "pages", description: "Facebook pages" },
    { name: "conversations", description: "Conversations of the inbox" },
    { name: "contacts", description: "Contacts: one person on one page" },
    { name: "tags and fields", description: "Tags and custom fields of contacts" },
    { name: "imports and exports", description: "Imports, exports and bulk actions" },
    { name: "consent", description: "The suppression list and sending rules" },
    { name: "segments", description: "Saved groups of contacts, static or dynamic" },
    { name: "templates", description: "Message templates, media and Meta's utility templates" },
    { name: "campaigns", description: "One message to many contacts" },
    { name: "sequences", description: "Automated messages in steps" },
    { name: "analytics", description: "Daily figures of a workspace" },
    { name: "compliance", description: "Messages by Meta's rules, and the audit export" },
    { name: "notifications", description: "Notifications of the caller" },
    { name: "files", description: "Attachments and profile images in our storage" },
    { name: "live", description: "Server-sent events" },
    { name: "webhooks", description: "Webhook events from Meta" },
    { name: "activity", description: "The activity log: who did what, when and from where" },
    { name: "system", description: "Health, jobs, backups and raw events" },
  ],
  security: [{ bearer: [] }],
  components: {
    securitySchemes: {
      bearer: {
        type: "http" as const,
        scheme: "bearer",
        bearerFormat: "JWT",
        description: "accessToken of POST /api/v1/auth/login",
      },
    },
  },
};

/** The OpenAPI document at /api/docs/json and a viewer for it at /api/docs, both served by ourselves. */
export function apiDocs() {
  let refined: object | undefined;
  const app = new Elysia({ name: "server.api-docs" })
    .onAfterHandle(function refineOnce({ path, response }) {
      // As it would go out, without the symbols of TypeBox.
      if (path === document) return (refined ??= refineDocument(JSON.parse(JSON.stringify(response))));
    })
    .use(swagger({ path: viewerPath, specPath: document, exclude: [/^(?!\/api\/v1\/)/], documentation }));
  const hidden = { detail: { hide: true } };
  const script = (body: BodyInit, type: string) =>
    new Response(body, { headers: { "content-type": type, "cache-control": "public, max-age=86400" } });
  app.get(
    viewerPath,
    () => new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } }),
    hidden,
  );
  app.get("/api/docs/assets/start.js", () => script(start, "text/javascript; charset=utf-8"), hidden);
  for (const name of assets) {
    const type = name.endsWith(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
    app.get(`/api/docs/assets/${name}`, () => script(Bun.file(join(viewer, name)), type), hidden);
  }
  return app;
}
