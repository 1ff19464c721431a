import { expect, test } from "vitest";
import { ApiError, describeError, readProblem } from "./request.ts";

test("ApiError tells the remedy only when the detail does not tell it already", () => {
  const told = new ApiError(409, {
    detail: "The window is closed. Wait for an answer",
    remedy: "Wait for an answer",
  });
  const untold = new ApiError(409, { detail: "The window is closed", remedy: "Wait for an answer" });

  expect(told.remedy).toBeNull();
  expect(untold.remedy).toBe("Wait for an answer");
});

test("ApiError finds a field's message however the path is written", () => {
  const error = new ApiError(422, { errors: [{ path: "/email", message: "Not an address" }] });

  expect(error.forField("email")).toBe("Not an address");
  expect(new ApiError(422, { errors: [{ path: "body.email", message: "x" }] }).forField("email")).toBe("x");
  expect(error.forField("name")).toBeNull();
});

test("readProblem() has words for an answer that is no problem document, such as a proxy's page", () => {
  expect(describeError(new ApiError(502, readProblem("<html>Bad gateway</html>", 502)))).toContain(
    "Try again",
  );
});
