import type { Fault } from "./faults.ts";
import { GraphError } from "./graph_error.ts";
import { newTraceId } from "./ids.ts";

/** The effect of a fault for the caller; `undefined` if the call then continues, as after a delay. */
export async function breakCall(fault: Fault): Promise<Response | undefined> {
  switch (fault.kind) {
    case "hang":
      await Bun.sleep(fault.hangMs);
      return undefined;
    case "reset":
      return resetConnection();
    case "html":
      return new Response("<!DOCTYPE html><html><title>Sorry, something went wrong</title></html>", {
        status: fault.status,
        headers: { "Content-Type": "text/html; charset=utf-8" },
      });
    case "no_message_id":
      return Response.json({});
    case "error": {
      const { code, subcode, status, message } = fault;
      const error = new GraphError(code, message, subcode === undefined ? { status } : { status, subcode });
      return Response.json(error.body(newTraceId()), { status });
    }
  }
}

/** Bun closes the socket of an answer whose body fails before its first byte: the caller sees ECONNRESET. */
function resetConnection(): Response {
  const body = new ReadableStream({
    start(controller) {
      // Without a reason, so that Bun does not print one.
      controller.error();
    },
  });
  return new Response(body);
}
