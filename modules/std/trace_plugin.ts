import { Elysia } from "elysia";
import { enterTrace, newTraceId } from "./trace.ts";

const traceparent = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Gives each request a trace id: the caller's from `traceparent`, or a new one; returned in `trace-id`. */
export function tracePlugin() {
  return new Elysia({ name: "std.trace" }).onRequest(({ request, set }) => {
    const given = traceparent.exec(request.headers.get("traceparent") ?? "");
    const traceId = given?.[1] ?? newTraceId();
    enterTrace(traceId);
    set.headers["trace-id"] = traceId;
  });
}
