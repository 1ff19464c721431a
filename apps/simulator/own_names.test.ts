import { afterAll, beforeAll, expect, test } from "vitest";
import { startSimulator, type Simulator } from "./simulator.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ webhookUrl: "http://127.0.0.1:9/hook" });
});
afterAll(() => simulator.stop());

const ask = async (path: string, headers: Record<string, string>, method = "GET") =>
  (await fetch(`${simulator.url}${path}`, { method, headers })).status;

test.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:4001", "a@b", ""])(
  "the simulator ignores the Host %j, whose owner may point it here",
  async (host) => {
    for (const path of ["/", "/_simulator/health", "/v25.0/me", "/_cdn/x", "/v25.0/dialog/oauth"])
      expect([path, await ask(path, { host })]).toEqual([path, 403]);
  },
);

test.each([
  "localhost",
  "localhost:4001",
  "phones.localhost",
  "127.0.0.1",
  "[::1]:4001",
  "192.168.1.5",
  "meta:4001",
])("the simulator answers to %s", async (host) => {
  expect(await ask("/_simulator/health", { host })).toBe(200);
});

test("the control API and the consent form refuse pages of another site", async () => {
  const { port } = simulator;
  const foreign: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    // The dashboard is another origin of the same machine.
    { origin: `http://127.0.0.1:${port + 1}` },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ];
  for (const headers of foreign) {
    expect(await ask("/_simulator/reset", headers, "POST"), JSON.stringify(headers)).toBe(403);
    expect(await ask("/_simulator/state", headers)).toBe(403);
    expect(await ask("/v25.0/dialog/oauth", headers, "POST")).toBe(403);
  }
  const own: Record<string, string>[] = [
    {},
    { origin: simulator.url, "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
  ];
  for (const headers of own) expect(await ask("/_simulator/switches", headers, "PATCH")).toBe(200);
  // Links and pictures of the dashboard lead here.
  expect(await ask("/", { "sec-fetch-site": "cross-site" })).toBe(200);
});
