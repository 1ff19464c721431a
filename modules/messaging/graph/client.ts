import { createHmac } from "node:crypto";
import { type Clock, createHistogram, trimEnd } from "#std";
import { answeredError, errorOfBody, networkError, unreadableAnswer } from "./error.ts";
import { isFields } from "./fields.ts";
import { type GraphUsage, readUsage } from "./usage.ts";

export interface GraphOptions {
  /** For instance `https://graph.facebook.com`, or the simulator's address. */
  baseUrl: string;
  /** For instance `v25.0`. */
  version: string;
  appId: string;
  appSecret: string;
  /** How a call reaches the network; tests watch it. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>;
  clock: Clock;
  /** How long a call may take; 20 s by default. */
  timeoutMs?: number;
}

export interface GraphCall {
  method: "GET" | "POST" | "DELETE";
  /** After the version, for instance `/104810069068200/messages`. */
  path: string;
  /** Null for the OAuth endpoint, which authenticates by its own fields. */
  token: string | null;
  query?: Record<string, string>;
  /** FormData travels as multipart, anything else as JSON. */
  body?: unknown;
  timeoutMs?: number | undefined;
}

export interface GraphAnswer {
  body: Record<string, unknown>;
  usage: GraphUsage;
}

/** Calls the Graph API. Throws GraphError, never with a token in it. */
export interface GraphClient {
  readonly appId: string;
  readonly version: string;
  readonly baseUrl: string;
  /** `APP_ID|APP_SECRET`. */
  readonly appToken: string;
  readonly appSecret: string;
  /** How far Meta's clock was ahead of ours at the last call, in milliseconds to about a second; null before one. */
  clockOffsetMs(): number | null;
  call(call: GraphCall): Promise<GraphAnswer>;
}

const callSeconds = createHistogram(
  "messagesender_graph_call_seconds",
  "How long calls of the Graph API took, by what was called and whether it was answered",
  [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
);

/**
 * Makes the client. Each call carries the token as a bearer, an `appsecret_proof` of its own in the timed form (valid
 * five minutes, developers.facebook.com/documentation/facebook-login/security) and a time limit.
 */
export function createGraph(options: GraphOptions): GraphClient {
  const { appId, appSecret, version, clock } = options;
  const baseUrl = trimEnd(options.baseUrl, /\//);
  const proofs = createProofs(appSecret);
  const timeouts = createTimeouts();
  let clockOffsetMs: number | null = null;
  const request = options.fetch ?? ((url, init) => fetch(url, init));

  async function call({ method, path, token, query, body, timeoutMs }: GraphCall): Promise<GraphAnswer> {
    const search: string[] = query === undefined ? [] : [new URLSearchParams(query).toString()];
    const headers: Record<string, string> = { accept: "application/json" };
    if (token !== null) {
      headers.authorization = `Bearer ${token}`;
      const { proof, time } = proofs.of(token, Math.floor(clock() / 1000));
      search.push(`appsecret_proof=${proof}&appsecret_time=${time}`);
    }
    const isForm = body instanceof FormData;
    // Of a form the runtime itself writes the type, which names the boundary.
    if (body !== undefined && !isForm) headers["content-type"] = "application/json";
    const startedAt = performance.now();
    const sentAt = clock();
    const note = (result: "answered" | "lost") =>
      callSeconds.observe((performance.now() - startedAt) / 1_000, {
        call: path.endsWith("/messages") && method === "POST" ? "send" : "other",
        result,
      });
    let status: number;
    let text: string;
    let usage: GraphUsage;
    try {
      const address = `${baseUrl}/${version}${path}`;
      const signal = timeouts.of(timeoutMs ?? options.timeoutMs ?? 20_000);
      const init: RequestInit = { method, headers, redirect: "error", signal };
      if (body !== undefined) init.body = isForm ? body : JSON.stringify(body);
      const response = await request(search.length > 0 ? `${address}?${search.join("&")}` : address, init);
      status = response.status;
      usage = readUsage(response.headers);
      clockOffsetMs = offsetOf(response.headers.get("date"), (sentAt + clock()) / 2) ?? clockOffsetMs;
      text = await response.text();
      note("answered");
    } catch (error) {
      note("lost");
      throw networkError(error);
    }
    return { body: readBody(text, status, usage), usage };
  }

  return {
    appId,
    appSecret,
    version,
    baseUrl,
    appToken: `${appId}|${appSecret}`,
    clockOffsetMs: () => clockOffsetMs,
    call,
  };
}

/** The header Date counts whole seconds: half of one is added. Null when it makes no sense. */
function offsetOf(date: string | null, at: number): number | null {
  const time = Date.parse(date ?? "");
  return Number.isFinite(time) ? time + 500 - at : null;
}

/**
 * Signals that end calls after some time. Calls that begin within a hundredth of it share one, which ends them by as
 * much too early: a signal for each of thousands of calls a second would leave a hundred thousand timers behind.
 */
function createTimeouts() {
  const known = new Map<number, { signal: AbortSignal; until: number }>();
  return {
    of(ms: number): AbortSignal {
      const now = performance.now();
      let made = known.get(ms);
      if (!made || now >= made.until) {
        made = { signal: AbortSignal.timeout(ms), until: now + ms / 100 };
        known.set(ms, made);
      }
      return made.signal;
    },
  };
}

const mostProofs = 1_000;

/** One proof per token and second: a campaign makes hundreds of calls in it. */
function createProofs(appSecret: string) {
  const known = new Map<string, { proof: string; time: string }>();
  let second = 0;
  return {
    of(token: string, now: number): { proof: string; time: string } {
      if (now !== second || known.size > mostProofs) known.clear();
      second = now;
      let made = known.get(token);
      if (!made) {
        const time = String(now);
        made = { time, proof: createHmac("sha256", appSecret).update(`${token}|${time}`).digest("hex") };
        known.set(token, made);
      }
      return made;
    },
  };
}

function readBody(text: string, status: number, usage: GraphUsage): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw unreadableAnswer(status, "it is not JSON");
  }
  // An `error` has been seen in an answer with status 200, too.
  const stated = errorOfBody(body);
  if (stated) throw answeredError(stated, status, usage.regainSeconds);
  if (!isFields(body)) throw unreadableAnswer(status, "it is not an object");
  if (status < 200 || status >= 300) throw unreadableAnswer(status, "it states no error");
  return body;
}
