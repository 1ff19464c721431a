import { expect, test } from "vitest";
import { checkBodyLength } from "./body_limit.ts";

const mb = 1024 * 1024;

function refusal(path: string, headers: Record<string, string>): number | null {
  try {
    checkBodyLength(new Request(`http://localhost/api/v1${path}`, { method: "POST", headers }));
    return null;
  } catch (problem) {
    return Object(problem).status;
  }
}

test.each([
  ["/auth/login", { "content-length": String(2 * mb) }, null],
  ["/auth/login", { "content-length": String(2 * mb + 1) }, 413],
  ["/auth/login?to=/media", { "content-length": String(3 * mb) }, 413],
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
] as const)("a body for %s with %j is answered %s", (path, headers, status) => {
  expect(refusal(path, headers)).toBe(status);
});
