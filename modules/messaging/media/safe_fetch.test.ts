import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isPublicAddress } from "./addresses.ts";
import { safeFetch, type SafeFetchOptions, UnsafeFetch } from "./safe_fetch.ts";

let server: ReturnType<typeof Bun.serve>;
let asked: string[] = [];

beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const url = new URL(request.url);
      asked.push(`${request.headers.get("host")}${url.pathname}`);
      const to = url.searchParams.get("to");
      if (to !== null) return new Response(null, { status: 302, headers: { location: to } });
      if (url.pathname === "/large") return new Response(new Uint8Array(2_000));
      return new Response("secret");
    },
  });
});
afterAll(async () => {
  await server.stop(true);
});

const options = (changes: Partial<SafeFetchOptions> = {}): SafeFetchOptions => ({
  allowedHosts: [],
  mostBytes: 1_000,
  timeoutMs: 2_000,
  ...changes,
});
const ours = () => `127.0.0.1:${server.port}`;

test.each([
  "10.0.0.1",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.1",
  "192.168.1.1",
  "198.18.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "64:ff9b::7f00:1",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "ff02::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "not an address",
])("isPublicAddress() refuses %s", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(["8.8.8.8", "157.240.1.1", "172.32.0.1", "2a03:2880:f10c:83:face:b00c:0:25de"])(
  "isPublicAddress() accepts %s",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  "http://example.com/a",
  "https://127.0.0.1/a",
  "https://127.1/a",
  "https://0x7f000001/a",
  "https://2130706433/a",
  "https://0177.0.0.1/a",
  "https://[::1]/a",
  "https://[::ffff:7f00:1]/a",
  "https://169.254.169.254/latest/meta-data/",
  "https://localhost/a",
  "https://user:pass@example.com/a",
  "https://example.com:8443/a",
  "file:///etc/passwd",
  "ftp://example.com/a",
  "javascript:alert(1)",
  "not an address",
])("safeFetch() refuses %s before any request", async (address) => {
  asked = [];

  await expect(safeFetch(address, options())).rejects.toBeInstanceOf(UnsafeFetch);

  expect(asked).toEqual([]);
});

test("safeFetch() refuses a name with one private address among public ones", async () => {
  const resolve = async () => ["157.240.1.1", "10.0.0.1"];

  await expect(safeFetch("https://cdn.example.com/a", options({ resolve }))).rejects.toThrow("not public");
});

test("safeFetch() fetches listed hosts, and follows redirects only to allowed ones", async () => {
  const allowedHosts = [ours()];

  const direct = await safeFetch(`http://${ours()}/a`, options({ allowedHosts }));
  const followed = await safeFetch(`http://${ours()}/?to=/b`, options({ allowedHosts }));
  const trap = safeFetch(
    `http://${ours()}/?to=${encodeURIComponent(`http://localhost:${server.port}/b`)}`,
    options({ allowedHosts }),
  );

  expect(Buffer.from(direct.bytes).toString()).toBe("secret");
  expect(followed.status).toBe(200);
  await expect(trap).rejects.toBeInstanceOf(UnsafeFetch);
});

test("safeFetch() connects to the checked address and resolves the name only once", async () => {
  let resolved = 0;
  const resolve = async () => {
    resolved += 1;
    return ["127.0.0.1"];
  };
  asked = [];
  const host = `cdn.example.test:${server.port}`;

  await safeFetch(`http://${host}/a`, options({ allowedHosts: [host], resolve }));

  expect(resolved).toBe(1);
  expect(asked).toEqual([`${host}/a`]);
});

test("safeFetch() stops at the size limit and after three redirects", async () => {
  const allowedHosts = [ours()];
  const endless = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => new Response(null, { status: 302, headers: { location: request.url } }),
  });

  await expect(safeFetch(`http://${ours()}/large`, options({ allowedHosts }))).rejects.toThrow(
    "more than 1000 bytes",
  );
  await expect(
    safeFetch(`http://127.0.0.1:${endless.port}/`, options({ allowedHosts: [`127.0.0.1:${endless.port}`] })),
  ).rejects.toThrow("redirects");
  await endless.stop(true);
});

test("only the Graph client, checks of our own addresses and safeFetch() reach the network", () => {
  const root = join(import.meta.dirname, "../..");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !/\.test\.ts$|(^|\/)testing(\.ts$|\/)/.test(name),
  );

  const callers = files.filter((name) =>
    /(?<![\w.])fetch\(|node:https?"/.test(readFileSync(join(root, name), "utf8")),
  );

  expect(callers.toSorted()).toEqual([
    // Our own simulator, in development.
    "admin/test_message.ts",
    "messaging/graph/client.ts",
    "messaging/media/safe_fetch.ts",
    "messaging/pages/doctor.ts",
  ]);
});
