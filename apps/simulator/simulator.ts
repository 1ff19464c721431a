import { handleCdn } from "./cdn.ts";
import { handleControl } from "./control.ts";
import { handleGraph } from "./graph.ts";
import { createLimiter } from "./limiter.ts";
import { createLive } from "./live.ts";
import { openOutbox, type Outbox } from "./outbox.ts";
import { oauthDialog } from "./oauth_dialog.ts";
import { isFromElsewhere, isOwnName } from "./own_names.ts";
import { servePage } from "./page_files.ts";
import type { Sim } from "./sim.ts";
import { createSnapshots, loadState } from "./snapshot.ts";
import type { State } from "./state.ts";
import { defaultSwitches, type Switches } from "./switches.ts";
import { createWebhooks, metaTimes, type WebhookTimes } from "./webhooks.ts";

/** How the simulated Meta is set up; every value has a default. */
export interface SimulatorOptions {
  /** 0 takes a free port; 4001 in main.ts. */
  port?: number;
  host?: string;
  /** Of the outbox, for SMTP; 0 takes a free one; 4002 in main.ts. */
  mailPort?: number;
  /** State is kept here across restarts; absent, it lives in memory only. */
  stateFile?: string;
  /** Where webhooks go. */
  webhookUrl?: string;
  appId?: string;
  appSecret?: string;
  verifyToken?: string;
  webhookTimes?: Partial<WebhookTimes>;
  switches?: Partial<Switches>;
}

/** A running simulator. */
export interface Simulator {
  /** `http://host:port`, without a slash at the end. The Graph API's base. */
  url: string;
  port: number;
  state: State;
  switches: Switches;
  /** Every mail of the product. */
  outbox: Outbox;
  stop(): Promise<void>;
}

/** The app id, secret and verify token when none are given. */
export const defaultApp = {
  appId: "1517776481860111",
  appSecret: "simulator-app-secret",
  verifyToken: "simulator-verify-token",
};

/** Starts a simulated Meta on its own port. Throws when the port is taken or the state file can't be read. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const host = options.host ?? "127.0.0.1";
  const state = await loadState(options.stateFile, {
    id: options.appId ?? defaultApp.appId,
    secret: options.appSecret ?? defaultApp.appSecret,
    verifyToken: options.verifyToken ?? defaultApp.verifyToken,
    callbackUrl: options.webhookUrl ?? "http://127.0.0.1:4000/api/v1/webhooks/facebook",
  });
  const switches: Switches = { ...defaultSwitches(), ...options.switches };
  const snapshots = createSnapshots(options.stateFile, state);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let url = "";
  const live = createLive();
  const outbox = openOutbox(options.mailPort ?? 0, () => live.all());
  const sim: Sim = {
    state,
    switches,
    faults: [],
    webhooks: createWebhooks(state, switches, { ...metaTimes, ...options.webhookTimes }),
    limiter: createLimiter(),
    arrivals: new Map(),
    live,
    outbox,
    origin: () => url,
    touch: snapshots.touch,
    later(run, ms) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        run();
      }, ms);
      timers.add(timer);
    },
  };
  const server = Bun.serve({
    port: options.port ?? 0,
    hostname: host,
    // Bun shares the port otherwise: two simulators would answer by turns.
    reusePort: false,
    // Longer than any hang that a fault may ask for.
    idleTimeout: 255,
    development: false,
    maxRequestBodySize: 64 * 1024 * 1024,
    fetch: (request) =>
      isOwnName(request, host)
        ? handle(sim, request)
        : refuse("its Host is not a name of the simulator. Use localhost, or set SIMULATOR_HOST to the name"),
    error(error) {
      process.stderr.write(`simulator: ${error.stack ?? error.message}\n`);
      return new Response("Sorry, something went wrong.", { status: 500 });
    },
  });
  const shownHost = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  url = `http://${shownHost}:${server.port}`;

  return {
    url,
    port: server.port ?? 0,
    state,
    switches,
    outbox,
    async stop() {
      outbox.stop();
      for (const timer of timers) clearTimeout(timer);
      sim.webhooks.stop();
      sim.live.stop();
      await server.stop(true);
      await snapshots.stop();
    },
  };
}

function handle(sim: Sim, request: Request): Response | Promise<Response> {
  const url = new URL(request.url);
  const { pathname } = url;
  const isDialog = /^(\/v\d+\.\d+)?\/dialog\/oauth\/?$/.test(pathname);
  const isControl = pathname.startsWith("/_simulator/");
  if ((isControl || (isDialog && request.method !== "GET")) && isFromElsewhere(request))
    return refuse("it comes from a page of another site. Use the simulator's own page");
  if (isControl) return handleControl(sim, request, url);
  if (pathname.startsWith("/_cdn/")) return handleCdn(sim, url);
  if (request.method === "GET") {
    const file = servePage(pathname);
    if (file !== undefined) return file;
  }
  if (isDialog) return oauthDialog(sim, request, url);
  return handleGraph(sim, request, url);
}

const refuse = (why: string) => Response.json({ error: `Cannot take this request: ${why}` }, { status: 403 });
