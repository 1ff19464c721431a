import { expect } from "vitest";
import { hmacHex } from "./ids.ts";
import { asNumber, asRecord, asRecords, asText, type JsonRecord, parseJson } from "./json.ts";
import { defaultApp, type Simulator, startSimulator, type SimulatorOptions } from "./simulator.ts";

/** The seeded page and person that tests use. */
export const pageId = "104810069068200";
export const psid = "24266381753005180";

/** One POST that the callback got. */
export interface Received {
  payload: JsonRecord;
  raw: string;
  isSigned: boolean;
  at: number;
}

/** A simulator with a callback that listens, and short ways to call both of its APIs. */
export interface TestSimulator {
  simulator: Simulator;
  received: Received[];
  /** The status of the callback's answer; the default is 200. */
  answer: { status: number; hangMs: number };
  token: string;
  graph(method: string, path: string, body?: object): Promise<GraphReply>;
  control(method: string, path: string, body?: object): Promise<JsonRecord>;
  /** Sends a message to the seeded person. */
  send(message: object, rest?: object): Promise<GraphReply>;
  /** Every event of the given kind, such as `message` or `read`, in the order of arrival. */
  events(kind: string): JsonRecord[];
  stop(): Promise<void>;
}

/** An answer of the Graph API with its error's code and subcode taken out. */
export interface GraphReply {
  status: number;
  body: JsonRecord;
  code: number | undefined;
  subcode: number | undefined;
  headers: Headers;
}

/** Starts both, connects the seeded page and subscribes it to every field. */
export async function startTest(options: SimulatorOptions = {}): Promise<TestSimulator> {
  const received: Received[] = [];
  const answer = { status: 200, hangMs: 0 };
  const callback = Bun.serve({
    port: 0,
    async fetch(request) {
      const query = new URL(request.url).searchParams;
      if (request.method === "GET") return new Response(query.get("hub.challenge"));
      const raw = await request.text();
      const expected = `sha256=${hmacHex(defaultApp.appSecret, raw)}`;
      const isSigned = request.headers.get("x-hub-signature-256") === expected;
      received.push({ payload: asRecord(parseJson(raw)) ?? {}, raw, isSigned, at: performance.now() });
      if (answer.hangMs > 0) await Bun.sleep(answer.hangMs);
      return new Response("EVENT_RECEIVED", { status: answer.status });
    },
  });
  const simulator = await startSimulator({ webhookUrl: `${callback.url}hook`, ...options });

  async function control(method: string, path: string, body?: object): Promise<JsonRecord> {
    const init: RequestInit = { method };
    if (body !== undefined) init.body = JSON.stringify(body);
    const response = await fetch(`${simulator.url}/_simulator/${path}`, init);
    const parsed = asRecord(await response.json()) ?? {};
    if (!response.ok) throw new Error(asText(parsed.error) ?? "refused");
    return parsed;
  }

  const token = asText((await control("GET", `pages/${pageId}/token`)).token) ?? "";

  async function graph(method: string, path: string, body?: object): Promise<GraphReply> {
    return callGraph(simulator.url, token, { method, path, body });
  }

  const test: TestSimulator = {
    simulator,
    received,
    answer,
    token,
    graph,
    control,
    send: (message, rest = {}) =>
      graph("POST", "me/messages", { recipient: { id: psid }, messaging_type: "RESPONSE", message, ...rest }),
    events: (kind) =>
      received
        .flatMap(({ payload }) => asRecords(payload.entry))
        .flatMap((entry) => [
          ...asRecords(entry.messaging),
          ...asRecords(entry.standby),
          ...asRecords(entry.changes),
        ])
        .filter((event) => event[kind] !== undefined),
    async stop() {
      await simulator.stop();
      await callback.stop(true);
    },
  };
  const fields = (await control("GET", "app")).fields;
  await control("PATCH", `pages/${pageId}`, { subscribedFields: fields });
  return test;
}

/** Back to the seed, with the seeded page connected and its first person's window open. */
export async function resetTest(on: TestSimulator): Promise<void> {
  await on.control("POST", "reset");
  await on.control("GET", `pages/${pageId}/token`);
  const { fields } = await on.control("GET", "app");
  await on.control("PATCH", `pages/${pageId}`, { subscribedFields: fields });
  await on.control("POST", `persons/${psid}/write`, { text: "hello" });
  await eventually(async () =>
    expect(await on.control("GET", "webhooks")).toMatchObject({ queued: 0, inFlight: 0 }),
  );
  on.received.length = 0;
}

/** Calls the Graph API with a JSON body and a token in the header. */
export async function callGraph(
  url: string,
  token: string,
  call: { method: string; path: string; body?: object | undefined },
): Promise<GraphReply> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token !== "") headers.Authorization = `Bearer ${token}`;
  const init: RequestInit = { method: call.method, headers };
  if (call.body !== undefined) init.body = JSON.stringify(call.body);
  return readReply(await fetch(`${url}/v25.0/${call.path}`, init));
}

/** Reads an answer of the Graph API. */
export async function readReply(response: Response): Promise<GraphReply> {
  const body = asRecord(await response.json()) ?? {};
  const error = asRecord(body.error);
  return {
    status: response.status,
    body,
    code: asNumber(error?.code),
    subcode: asNumber(error?.error_subcode),
    headers: response.headers,
  };
}

/** Waits until the check no longer throws, for at most 5 s. */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  await expect.poll(async () => await passes(check), { timeout: 5000, interval: 10 }).toBe("passed");
}

async function passes(check: () => void | Promise<void>): Promise<string> {
  try {
    await check();
    return "passed";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
