import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answeredError, errorOfBody } from "./error.ts";
import { type GraphErrorClass, graphErrorRules } from "./error_rules.ts";
import { graphErrorRule } from "./errors.ts";

test.each(graphErrorRules.map((rule) => [`${rule.codes} ${rule.subcodes ?? ""}`, rule] as const))(
  "row %s is reachable, and has a title and a remedy",
  (_, rule) => {
    const codes = rule.codes === "any" ? [1] : rule.codes;
    const subcodes = rule.subcodes ?? [null];

    const message = rule.words?.source;
    for (const code of codes)
      for (const subcode of subcodes) expect(graphErrorRule(code, subcode, message)).toBe(rule);
    expect(rule.title.length).toBeGreaterThan(10);
    expect(rule.remedy.length).toBeGreaterThan(10);
  },
);

const folder = join(
  process.env.FIXTURES_DIR ?? join(import.meta.dirname, "../../../shared/fixtures"),
  "wild-captured",
);
const captured = (() => {
  try {
    return readdirSync(folder).filter((name) => name.startsWith("error-"));
  } catch {
    return [];
  }
})();

const meanings: Readonly<Record<string, GraphErrorClass>> = {
  "error-image-too-large-36000.json": "media",
  "error-no-profile.json": "invalid",
  "error-page-request-limit-32.json": "throttled",
  "error-rate-limited-613.json": "throttled",
  "error-session-invalidated-password.json": "token_dead",
};

test.each(captured)("%s, a captured error, is classified", (name) => {
  const { body, http_status: status } = JSON.parse(readFileSync(join(folder, name), "utf8"));

  const stated = errorOfBody(body);

  expect(stated).not.toBeNull();
  if (stated) expect(answeredError(stated, status, null).class).toBe(meanings[name]);
});

test.each([
  [{ message: "Invalid parameter" }, "Invalid parameter"],
  [
    { error_user_title: "Content exists", error_user_msg: "Choose another name" },
    "Invalid parameter: Content exists. Choose another name",
  ],
  [{ error_user_title: "Content exists." }, "Invalid parameter: Content exists."],
  [{ error_user_msg: "Invalid parameter" }, "Invalid parameter"],
  [{ error_user_title: null, error_user_msg: 7 }, "Invalid parameter"],
])("Meta's user message, as in %j, is part of its error", (given, message) => {
  expect(errorOfBody({ error: { message: "Invalid parameter", code: 100, ...given } })?.message).toBe(
    message,
  );
});
