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
  ["/auth/login", { "content-length": String(30 * mb) }, null],
  ["/auth/login", { "content-length": String(31 * mb) }, 413],
  ["/auth/login", { "transfer-encoding": "chunked" }, 411],
  ["/workspaces/w/contacts/import?fileName=people.csv", { "content-length": String(400 * mb) }, null],
  ["/webhooks/facebook", { "transfer-encoding": "chunked" }, null],
  ["/workspaces/w/contacts/import", { "transfer-encoding": "chunked" }, null],
  ["/workspaces/w/contacts/import/t/start", { "content-length": String(31 * mb) }, 413],
] as const)("a body for %s with %j is answered %s", (path, headers, status) => {
  expect(refusal(path, headers)).toBe(status);
});
