import { expect, test } from "vitest";
import { describeError, redact } from "./log.ts";

test("redact() removes tokens, passwords and codes from URLs, headers and JSON", () => {
  const lines = [
    "GET /v25.0/me?access_token=EAAGabcdefgh123&fields=name",
    '{"access_token":"EAAGabcdefgh123"}',
    "authorization: Bearer EAAGabcdefgh123",
    "token EAAGabcdefgh123 was refused",
    "postgres://app:hunter2secret@db:5432/app",
    '{"password":"hunter2secret"}',
    "/oauth/access_token?client_secret=hunter2secret&code=hunter2secret",
  ];

  for (const line of lines) {
    expect(redact(line)).not.toMatch(/abcdefgh123|hunter2secret/);
    expect(redact(line)).toContain("[redacted]");
  }
});

test("redact() drops the parameters of a failed query", () => {
  const stack =
    "Error: Failed query: insert into x\nparams: 24266381753005180,Is this\nstill available?\n    at run (a.ts:1:1)";

  expect(redact(stack)).toBe("Error: Failed query: insert into x\nparams: [redacted]\n    at run (a.ts:1:1)");
});

test("describeError() follows the causes and redacts each", () => {
  const error = new Error("outer", { cause: new Error("access_token=EAAGabcdefgh123") });

  expect(JSON.stringify(describeError(error))).not.toContain("abcdefgh123");
  expect(describeError(error)).toMatchObject({
    message: "outer",
    cause: { message: "access_token=[redacted]" },
  });
});
