import type { Static, TSchema } from "@sinclair/typebox";
import { TypeCheck } from "@sinclair/typebox/compiler";
import { ValueErrorIterator, ValueErrorType } from "@sinclair/typebox/errors";
import { Elysia, ValidationError } from "elysia";
import { log } from "./log.ts";
import { mistakesIn, mostMistakes } from "./mistakes.ts";
import { outageOf } from "./outage.ts";
import { defineProblems, type FieldError, Problem } from "./problem.ts";
import type { ProblemSchema } from "./schema.ts";
import type { Params } from "./sentences.ts";
import { currentTraceId } from "./trace.ts";

// Elysia lists every error with its value and schema and writes them into a message that cannot be prevented: 370 KB
// of mistakes took 30 s and 3 GB. `mistakesIn` words them, so Elysia only needs to detect an error. If the schema has
// its own error text, that is the whole message.
TypeCheck.prototype.Errors = function oneError() {
  const error = "The value does not fit its schema";
  const schema = { error } as unknown as TSchema;
  const one = { type: ValueErrorType.Kind, schema, path: "", value: undefined, message: error, errors: [] };
  return new ValueErrorIterator([one].values());
};

/** Error responses stay below 64 KB for any request. */
const longest = { detail: 1_000, path: 200, message: 500 };

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most)}…` : text);

/** The values are in the detail, and end where it ends. */
const cutAll = (params: Params): Params =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === "string" ? cut(value, longest.message) : value,
    ]),
  );

/** RFC 9457, with the code as a field of its own and the trace id that finds the log lines. */
export function problemResponse(problem: Problem): Response {
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (problem.retryAfterSeconds !== undefined) headers.set("retry-after", String(problem.retryAfterSeconds));
  const body: Static<typeof ProblemSchema> = {
    type: `/problems/${problem.code}`,
    code: problem.code,
    title: problem.code.replaceAll("-", " "),
    status: problem.status,
    detail: cut(problem.message, longest.detail),
    params: cutAll(problem.params),
    remedy: problem.remedy,
    errors: problem.errors?.slice(0, mostMistakes).map(({ path, message, code, params }) => ({
      path: cut(path, longest.path),
      message: cut(message, longest.message),
      code,
      params: params && cutAll(params),
    })),
    traceId: currentTraceId(),
  };
  return new Response(JSON.stringify(body), { status: problem.status, headers });
}

const problem = defineProblems({
  "invalid-request": [422, 'Cannot accept the {part} of this request: "{path}" {mistake}'],
  "request-unreadable": [
    422,
    "Cannot accept the {part} of this request: it does not fit its schema",
    "See /api/docs",
  ],
  "no-route": [404, "Cannot find this address: the API has no such route", "See /api/docs"],
  "unreadable-body": [
    400,
    "Cannot read the request body: it is not valid JSON",
    "Send JSON with content-type application/json",
  ],
  internal: [
    500,
    "Cannot complete this action: the server failed",
    "Try again, and give the trace id when you report it",
  ],
  disconnected: [400, "Cannot read the request: its connection was closed", "Send it again"],
});

/** The answer where the API has nothing. */
export const noRoute = (): Problem => problem("no-route");

function fieldErrors(error: ValidationError): FieldError[] {
  const { validator, value } = error;
  const schema = validator instanceof TypeCheck ? validator.Schema() : validator;
  return mistakesIn(schema, value).map((one) => ({ ...one, path: one.path || "/" }));
}

/** Elysia checks the numbers of a query one by one and reports the number without its name. */
function placedInQuery(error: ValidationError, url: string): FieldError[] {
  const [name] = [...new URL(url).searchParams].find(
    ([, text]) => text !== "" && Number(text) === error.value,
  ) ?? [""];
  return fieldErrors(error).map((one) => ({ ...one, path: `/${name}` }));
}

function toProblem(code: string | number, error: unknown, url: string): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ValidationError && error.type !== "response") {
    const isOfQuery = error.type === "property";
    const errors = isOfQuery ? placedInQuery(error, url) : fieldErrors(error);
    const first = errors[0];
    const part = isOfQuery ? "query" : error.type;
    return first === undefined
      ? problem("request-unreadable", { part })
      : problem("invalid-request", { part, path: first.path, mistake: first.message }, { errors });
  }
  if (code === "NOT_FOUND") return noRoute();
  if (code === "PARSE") {
    return problem("unreadable-body");
  }
  const outage = outageOf(error);
  if (outage) return outage;
  // A wrong response of ours: log the places, not the values, which are people's messages.
  const cause =
    error instanceof ValidationError
      ? new Error(
          `The response does not fit its schema: ${fieldErrors(error)
            .map((item) => `${item.path} ${item.message}`)
            .join(", ")}`,
        )
      : error;
  return problem("internal", {}, { cause });
}

/** Whether reading failed because the client disconnected: not our error, and nobody reads a response. */
function isDisconnect(error: unknown, request: Request): boolean {
  return request.signal.aborted && error instanceof Error && error.name === "AbortError";
}

/** Otherwise the runtime keeps data of an unread body until it collects the request, long after the response. */
async function dropBody(request: Request): Promise<void> {
  if (!request.bodyUsed) await request.body?.cancel().catch(() => undefined);
}

/** Turns errors into problem+json. Register it first: hooks reach only later registrations. */
export function problemPlugin() {
  return new Elysia({ name: "std.problem" }).onError({ as: "global" }, ({ code, error, request }) => {
    void dropBody(request);
    const told = isDisconnect(error, request) ? problem("disconnected") : toProblem(code, error, request.url);
    if (told.status >= 500) {
      const { pathname } = new URL(request.url);
      // Health and metrics report an outage once; do not log it per request.
      const tell = told.status === 503 ? log.warn : log.error;
      tell("Request failed", {
        method: request.method,
        path: pathname,
        code: told.code,
        error: told.cause ?? told,
      });
    }
    return problemResponse(told);
  });
}
