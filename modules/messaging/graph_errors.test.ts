import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answeredError, errorOfBody } from "./graph_error.ts";
import { type GraphErrorClass, graphErrorRule, graphErrorRules } from "./graph_errors.ts";

/** What each error of Meta's pages has to mean, one row per code and subcode. */
const expected: [code: number, subcode: number | null, GraphErrorClass][] = [
  [1, 99, "transient"],
  [1, 1357046, "maybe_sent"],
  [1, null, "transient"],
  [2, null, "transient"],
  [2, 2018344, "permission"],
  [4, null, "throttled"],
  [4, 2018354, "invalid"],
  [9, 2018352, "invalid"],
  [10, 2018278, "window_closed"],
  [10, 2534022, "window_closed"],
  [10, 2018065, "window_closed"],
  [10, 2018108, "unreachable"],
  [10, 1893063, "page_restricted"],
  [10, 1893015, "unreachable"],
  [10, 1404170, "permission"],
  [10, 2018300, "not_thread_owner"],
  [10, null, "permission"],
  [100, 2018001, "unreachable"],
  [100, 2018276, "human_agent_unavailable"],
  [100, 1893061, "invalid"],
  [100, null, "invalid"],
  [100, 2534001, "unreachable"],
  [100, 33, "invalid"],
  [100, 2018008, "media"],
  [100, 2018047, "media"],
  [100, 2018074, "media"],
  [100, 2018109, "media"],
  [100, 2018294, "media"],
  [100, 2018014, "invalid"],
  [100, 2018032, "invalid"],
  [100, 2018034, "invalid"],
  [100, 2534015, "invalid"],
  [100, 2018320, "invalid"],
  [100, 2018164, "invalid"],
  [100, 2534025, "invalid"],
  [-1, 2534023, "invalid"],
  [10903, null, "invalid"],
  [100, 2534037, "not_thread_owner"],
  [100, 1893029, "template"],
  [100, 1893043, "template"],
  [100, 2018416, "template"],
  [100, 2388051, "template"],
  [190, 458, "token_dead"],
  [190, 459, "token_dead"],
  [190, 460, "token_dead"],
  [190, 463, "token_dead"],
  [190, 464, "token_dead"],
  [190, 467, "token_dead"],
  [190, 492, "token_dead"],
  [190, null, "token_dead"],
  [200, null, "permission"],
  [200, 2018028, "permission"],
  [200, 2018027, "permission"],
  [200, 1545041, "unreachable"],
  [200, 2018021, "invalid"],
  [341, null, "throttled"],
  [368, null, "policy_block"],
  [551, null, "unreachable"],
  [551, 1545041, "unreachable"],
  [613, null, "throttled"],
  [613, 2534040, "throttled"],
  [613, 1996, "throttled"],
  [613, 2018338, "policy_block"],
  [613, 1893016, "invalid"],
  [803, null, "invalid"],
  [1200, null, "transient"],
  [2022, null, "policy_block"],
  [10303, null, "invalid"],
  [32, null, "throttled"],
  [17, null, "throttled"],
  [80001, null, "throttled"],
  [80006, null, "throttled"],
  [429, null, "throttled"],
  [36000, null, "media"],
  // These Meta states as the code itself, too.
  [2018321, null, "transient"],
  [2018300, null, "not_thread_owner"],
  [2534037, null, "not_thread_owner"],
  [10, 2018321, "transient"],
  [9000001, null, "invalid"],
  [1893047, null, "unreachable"],
  [2300052, null, "unreachable"],
  [123456, 654321, "invalid"],
];

test.each(expected)("error %s/%s is %s", (code, subcode, kind) => {
  expect(graphErrorRule(code, subcode).class).toBe(kind);
});

test.each(graphErrorRules.map((rule) => [`${rule.codes} ${rule.subcodes ?? ""}`, rule] as const))(
  "row %s can be reached, and says what it is and what to do",
  (_, rule) => {
    const codes = rule.codes === "any" ? [1] : rule.codes;
    const subcodes = rule.subcodes ?? [null];

    for (const code of codes)
      for (const subcode of subcodes) expect(graphErrorRule(code, subcode)).toBe(rule);
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

test.each(captured)("%s, which others captured, is understood", (name) => {
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
])("what Meta says for people, as in %j, is part of its error", (given, message) => {
  expect(errorOfBody({ error: { message: "Invalid parameter", code: 100, ...given } })?.message).toBe(
    message,
  );
});
