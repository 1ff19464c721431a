import { afterEach, expect, test, vi } from "vitest";
import { ApiError, describeError, fetchSignedIn, onSignedOut, readProblem } from "./request.ts";

afterEach(() => vi.unstubAllGlobals());

test("ApiError tells the remedy only when the detail does not tell it already", () => {
  const told = new ApiError(409, {
    detail: "The window is closed. Wait for an answer",
    remedy: "Wait for an answer",
  });
  const untold = new ApiError(409, { detail: "The window is closed", remedy: "Wait for an answer" });

  expect(told.remedy).toBeNull();
  expect(untold.remedy).toBe("Wait for an answer");
});

test("ApiError finds a field's message however the path is written, and begins it with a capital", () => {
  const error = new ApiError(422, { errors: [{ path: "/email", message: "must not be blank" }] });

  expect(error.forField("email")).toBe("Must not be blank");
  expect(new ApiError(422, { errors: [{ path: "body.email", message: "x" }] }).forField("email")).toBe("X");
  expect(error.forField("name")).toBeNull();
});

test("readProblem() has words for an answer that is no problem document, such as a proxy's page", () => {
  expect(describeError(new ApiError(502, readProblem("<html>Bad gateway</html>", 502)))).toContain(
    "Try again",
  );
});

test("fetchSignedIn() signs nobody out because the server is away when the access is refreshed", async () => {
  let refreshStatus = 503;
  let signedOut = 0;
  onSignedOut(() => (signedOut += 1));
  vi.stubGlobal("location", { origin: "http://here" });
  vi.stubGlobal("fetch", async (input: string) =>
    Response.json({}, { status: input.endsWith("/auth/refresh") ? refreshStatus : 401 }),
  );

  const away = await fetchSignedIn("http://here/api/v1/workspaces");
  const afterAway = signedOut;
  refreshStatus = 401;
  const refused = await fetchSignedIn("http://here/api/v1/workspaces");

  expect([away.status, afterAway]).toEqual([503, 0]);
  expect([refused.status, signedOut]).toEqual([401, 1]);
});
