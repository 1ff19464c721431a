/** The webhook endpoint in a process of its own, as the product mounts it; or the ceiling: 200 after the signature. */
import { Elysia } from "elysia";
import { openDatabase } from "#db";
import type { LiveEvent } from "#messaging";
import { createLocalLiveBus, parseKeyring, problemPlugin, systemClock, tracePlugin } from "#std";
import { createIngest, receiveWebhook, verifySignature, webhookRoutes } from "#webhooks";

interface Settings {
  mode: "product" | "direct" | "signature";
  url: string;
  secret: string;
  lanes?: number;
}

const settings: Settings = JSON.parse(process.argv[2] ?? "{}");
const database = openDatabase(settings.url, { max: 4 });
const live = createLocalLiveBus<LiveEvent>();
const config = {
  appId: "1",
  appSecrets: [settings.secret],
  verifyToken: "bench",
  appUrl: "http://127.0.0.1",
  jwtSecret: "bench",
  jwtRefreshSecret: "bench",
  trustedProxies: [],
};
const ingest = createIngest(
  { ...database, live, clock: systemClock, config },
  settings.lanes === undefined ? {} : { lanes: settings.lanes },
);
const keyring = parseKeyring("0123456789abcdef".repeat(4));
const on = { ...database, live, clock: systemClock, keyring, config, ingest };

function start(): number {
  if (settings.mode === "product") {
    const app = new Elysia({ normalize: true })
      .use(tracePlugin())
      .use(problemPlugin())
      .group("/api/v1", (api) => api.use(webhookRoutes(on)))
      .listen({ port: 0, hostname: "127.0.0.1", maxRequestBodySize: 30 * 1024 * 1024 });
    return app.server?.port ?? 0;
  }
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (settings.mode === "direct") return await receiveWebhook(on, request);
      const body = new Uint8Array(await request.arrayBuffer());
      const verdict = verifySignature([settings.secret], request.headers.get("x-hub-signature-256"), body);
      return new Response(verdict, { status: verdict === "valid" ? 200 : 403 });
    },
  });
  return server.port ?? 0;
}

process.stdout.write(`${start()}\n`);
process.on("SIGTERM", () => process.exit(0));
process.on("message", () => process.send?.({ rss: process.memoryUsage().rss, cpu: process.cpuUsage() }));
