import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createGraph } from "./client.ts";
import { GraphError } from "./error.ts";
import { readPageProfile } from "./pages.ts";
import { sendMessage } from "./send.ts";

const token = "EAAGsecretpagetoken123";
const now = new Date("2026-11-24T12:00:00Z").getTime();
let answer: (request: Request) => Response | Promise<Response> = () => new Response("{}");
let server: ReturnType<typeof Bun.serve>;

beforeAll(() => {
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => answer(request) });
});
afterAll(async () => {
  await server.stop(true);
});

const graphAt = (baseUrl: string) =>
  createGraph({
    baseUrl,
    version: "v25.0",
    appId: "42",
    appSecret: "s3cret",
    clock: () => now,
    timeoutMs: 300,
  });
const out = {
  pageFacebookId: "104",
  token,
  psid: "242",
  messagingType: "RESPONSE",
  message: { text: "Hi", metadata: "m" },
} as const;
const send = () => sendMessage(graphAt(server.url.href), out);

async function failure(work: Promise<unknown>): Promise<GraphError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof GraphError)) throw new Error(`Expected a GraphError, got ${String(error)}`);
  return error;
}

test("a call sends the token as a bearer with a timed proof, never in its URL", async () => {
  let seen = { url: "", authorization: "" };
  answer = (request) => {
    seen = { url: request.url, authorization: request.headers.get("authorization") ?? "" };
    return Response.json({ recipient_id: "242", message_id: "m_1" });
  };

  const sent = await send();

  const url = new URL(seen.url);
  const time = url.searchParams.get("appsecret_time");
  expect(sent.mid).toBe("m_1");
  expect(seen.authorization).toBe(`Bearer ${token}`);
  expect(time).toBe(String(now / 1000));
  expect(url.searchParams.get("appsecret_proof")).toBe(
    createHmac("sha256", "s3cret").update(`${token}|${time}`).digest("hex"),
  );
  expect(url.pathname).toBe("/v25.0/104/messages");
  expect(url.href).not.toContain(token);
});

test.each([
  [
    "an HTML page with 502",
    () => new Response("<html>Bad gateway</html>", { status: 502 }),
    "maybe_sent",
    "unknown",
  ],
  ["200 without message_id", () => Response.json({ recipient_id: "242" }), "maybe_sent", "unknown"],
  [
    "200 with an error",
    () => Response.json({ error: { code: 551, message: "no" } }),
    "unreachable",
    "answered",
  ],
  [
    "an error in numbers as text",
    () => Response.json({ error: { code: "190", error_subcode: "460" } }, { status: 400 }),
    "token_dead",
    "answered",
  ],
  [
    "429 without a known code",
    () => Response.json({ error: { code: 77, message: "slow" } }, { status: 429 }),
    "throttled",
    "answered",
  ],
  [
    "a failure of Meta's own with a code that no page lists",
    () => Response.json({ error: { code: -3, message: "An unknown error occurred" } }, { status: 500 }),
    "maybe_sent",
    "answered",
  ],
  [
    "a refusal with a code that no page lists",
    () => Response.json({ error: { code: 4711, message: "No" } }, { status: 400 }),
    "invalid",
    "answered",
  ],
  [
    "an error without a code",
    () => Response.json({ error: { message: "?" } }, { status: 400 }),
    "invalid",
    "answered",
  ],
  ["no answer in time", () => Bun.sleep(2_000).then(() => new Response("{}")), "maybe_sent", "unknown"],
])("sendMessage() classifies %s", async (_, respond, kind, phase) => {
  answer = respond;

  const error = await failure(send());

  expect({ class: error.class, phase: error.phase }).toEqual({ class: kind, phase });
});

test("a call that never left counts as unsent", async () => {
  const error = await failure(sendMessage(graphAt("http://127.0.0.1:9"), out));

  expect({ class: error.class, phase: error.phase }).toEqual({ class: "transient", phase: "not-sent" });
});

test("errors never contain the token, whatever Meta echoes", async () => {
  answer = () =>
    Response.json(
      { error: { code: 190, message: `Malformed access token ${token}; access_token=${token}` } },
      { status: 400 },
    );

  const error = await failure(readPageProfile(graphAt(server.url.href), { facebookId: "104", token }));

  expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(token);
});

test.each([
  ["nothing", {}, { percent: null, appPercent: null, regainSeconds: null }],
  [
    "the app's use",
    { "x-app-usage": '{"call_count":28,"total_time":25,"total_cputime":"31"}' },
    { percent: 31, appPercent: 31, regainSeconds: null },
  ],
  [
    "messenger's use and minutes",
    {
      "x-business-use-case-usage":
        '{"651":[{"type":"messenger","call_count":97,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":7}]}',
    },
    { percent: 97, appPercent: null, regainSeconds: 420 },
  ],
  [
    "the pool of page reads, which is another",
    {
      "x-business-use-case-usage":
        '{"651":[{"type":"pages","call_count":99,"estimated_time_to_regain_access":0}]}',
    },
    { percent: null, appPercent: null, regainSeconds: null },
  ],
  [
    "garbage",
    { "x-app-usage": "soon", "x-page-usage": "[1]", "x-business-use-case-usage": '{"a":{"b":1}}' },
    { percent: null, appPercent: null, regainSeconds: null },
  ],
])("usage headers with %s", async (_, headers, usage) => {
  answer = () => Response.json({ message_id: "m_1" }, { headers });

  expect((await send()).usage).toEqual(usage);
});

test("clockOffsetMs() returns the offset of Meta's clock from the header Date of the last call", async () => {
  const graph = graphAt(server.url.href);
  const before = graph.clockOffsetMs();
  const meta = new Date(now + 301_000).toUTCString();
  answer = () => Response.json({ message_id: "m_1" }, { headers: { date: meta } });
  await sendMessage(graph, out);
  const after = graph.clockOffsetMs();
  answer = () => Response.json({ message_id: "m_1" }, { headers: { date: "soon" } });
  await sendMessage(graph, out);

  expect([before, after, graph.clockOffsetMs()]).toEqual([null, 301_500, 301_500]);
});

test("sendMessage() puts the quoted message beside the message", async () => {
  let sent: unknown;
  answer = async (request) => {
    sent = await request.json();
    return Response.json({ message_id: "m_1" });
  };
  await sendMessage(graphAt(server.url.href), {
    ...out,
    message: { text: "That one", reply_to: { mid: "m_orig" } },
  });

  expect(sent).toEqual({
    recipient: { id: out.psid },
    messaging_type: "RESPONSE",
    message: { text: "That one" },
    reply_to: { mid: "m_orig" },
  });
});
