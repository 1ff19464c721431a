import { expect, test } from "vitest";
import openapi from "../../ops/openapi.json" with { type: "json" };
import { checkBodyLength } from "./body_limit.ts";

const mb = 1024 * 1024;

function refusal(path: string, headers: Record<string, string>): number | null {
  try {
    checkBodyLength(new Request(`http://localhost${path}`, { method: "POST", headers }));
    return null;
  } catch (problem) {
    return Object(problem).status;
  }
}

test.each([
  ["/auth/login", { "content-length": String(mb / 16) }, null],
  ["/auth/login", { "content-length": String(mb / 16 + 1) }, 413],
  ["/auth/login?to=/media", { "content-length": String(mb) }, 413],
  ["/facebook/deauthorize", { "content-length": String(mb) }, 413],
  ["/workspaces", { "content-length": String(mb) }, null],
  ["/workspaces", { "content-length": String(mb + 1) }, 413],
  ["/auth/login", { "transfer-encoding": "chunked" }, 411],
  ["/webhooks/facebook", { "content-length": String(12 * mb) }, null],
  ["/webhooks/facebook", { "content-length": String(13 * mb) }, 413],
  ["/workspaces/w/media", { "content-length": String(26 * mb) }, null],
  ["/workspaces/w/media", { "content-length": String(27 * mb) }, 413],
  ["/workspaces/w/contacts/import?fileName=people.csv", { "content-length": String(400 * mb) }, null],
  ["/webhooks/facebook", { "transfer-encoding": "chunked" }, null],
  ["/workspaces/w/contacts/import", { "content-length": String(521 * mb) }, 413],
  ["/workspaces/w/contacts/import", { "transfer-encoding": "chunked" }, null],
  ["/workspaces/w/contacts/import/t/start", { "content-length": String(3 * mb) }, 413],
] as const)("bodyLimit() returns for %s with %j: %s", (path, headers, status) => {
  expect(refusal(`/api/v1${path}`, headers)).toBe(status);
});

test("routes for files accept 25 MB, Messenger's limit, and not much more", () => {
  const takeFiles = Object.entries<object>(openapi.paths).flatMap(([path, methods]) =>
    JSON.stringify(methods).includes("multipart/form-data") ? [path] : [],
  );

  expect(takeFiles.length).toBeGreaterThanOrEqual(2);
  for (const path of takeFiles)
    expect(
      [26, 27].map((size) => refusal(path, { "content-length": String(size * mb) })),
      path,
    ).toEqual([null, 413]);
});
