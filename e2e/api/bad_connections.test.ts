import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setErrorReporter } from "#std";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";

let on: AppWithMeta;
const reported: unknown[] = [];
const note = (error: unknown) => void reported.push(error);

beforeAll(async () => {
  on = await openAppWithMeta();
  setErrorReporter(note);
  process.on("unhandledRejection", note);
});
afterAll(async () => {
  setErrorReporter(() => undefined);
  process.off("unhandledRejection", note);
  await on.close();
});

/** Sends raw bytes and returns the response until the server closes. */
async function exchange(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(on.url).port), "127.0.0.1");
  let answer = "";
  socket.on("data", (data) => {
    answer += data.toString();
  });
  const closed = new Promise<void>((done) => socket.once("close", () => done()));
  socket.write(bytes);
  await closed;
  return answer;
}

test.each([
  ["two words", "a b"],
  ["a URL", "http://example.com/"],
  ["half a bracket", "[::1"],
  ["wrong brackets", "]["],
  ["empty", ""],
  ["10 KB", "a".repeat(10_000)],
  ["a path", "example.com/x"],
  ["a user", "me@example.com"],
  ["a port that is none", "example.com:99999"],
  ["a percent sign", "%"],
  ["a tab", "a\tb"],
  ["a letter with an umlaut", "ä"],
])("a Host that is %s gets 400 as problem+json without a stack", async (_, host) => {
  for (const path of ["/health", "/api/v1/auth/me", "/", "/api/v1/webhooks/facebook"]) {
    const answer = await exchange(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toMatch(/content-type: application\/problem\+json/i);
    expect(answer).toContain('"code":"host-invalid"');
    expect(answer).not.toMatch(/\bat .*\.ts|stack/);
  }
  expect(reported).toEqual([]);
});

test("HTTP/1.0 without a Host gets 400; hosts that are this server, IPv4 or IPv6 addresses are accepted", async () => {
  const bare = await exchange("GET /health HTTP/1.0\r\n\r\n");
  const hosts = ["localhost:4000", "127.0.0.1", "[::1]:4000", "chat_1.example.com", "xn--bcher-kva.example"];
  const answers = await Promise.all(
    hosts.map((host) => exchange(`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)),
  );

  expect(bare).toMatch(/^HTTP\/1\.[01] 400 [\s\S]*host-invalid/);
  expect(answers.map((answer) => answer.split("\r\n")[0])).toEqual(hosts.map(() => "HTTP/1.1 200 OK"));
});

test("a client that disconnects during its body or the response is no error", async () => {
  const workspace = `/api/v1/workspaces/${on.workspaceId}`;
  const signature = `X-Hub-Signature-256: sha256=${"a".repeat(64)}\r\n`;
  const json = "Content-Type: application/json\r\n";
  const bodies: [string, string][] = [
    ["POST /api/v1/webhooks/facebook", `${signature}Content-Length: 1000\r\n`],
    ["POST /api/v1/webhooks/facebook", `${signature}Content-Length: 1000000\r\n`],
    [`POST ${workspace}/contacts/import`, "Content-Type: text/csv\r\nContent-Length: 100000\r\n"],
    [`POST ${workspace}/templates`, `${json}Content-Length: 1000\r\n`],
    [`POST ${workspace}/media`, "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9999\r\n"],
    ["POST /api/v1/auth/login", `${json}Content-Length: 1000\r\n`],
    [`GET ${workspace}/live`, ""],
    [`GET ${workspace}/contacts`, ""],
    ["GET /api/docs/json", ""],
  ];
  for (const [line, headers] of bodies) {
    const socket = connect(Number(new URL(on.url).port), "127.0.0.1");
    socket.write(
      `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${on.managerToken}\r\n${headers}\r\n{"a`,
    );
    await Bun.sleep(100);
    socket.resetAndDestroy();
  }
  await Bun.sleep(500);

  expect(reported).toEqual([]);
});
