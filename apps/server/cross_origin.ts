const methods = "GET, POST, PUT, PATCH, DELETE";
const asked = "authorization, content-type, idempotency-key, last-event-id, traceparent";
const answered = "content-disposition, retry-after, trace-id";

/**
 * Which other sites may call the API from a browser: only those that are named, by bearer token and never with our
 * cookies. Gives the headers of the answer; none for our own pages, and for who is not named.
 */
export function crossOriginHeaders(
  allowed: readonly string[],
  request: Request,
): Record<string, string> | null {
  const origin = request.headers.get("origin");
  if (allowed.length === 0 || origin === null || !allowed.includes(origin)) return null;
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": answered,
    "cross-origin-resource-policy": "cross-origin",
    vary: "origin",
  };
}

/** The answer to a browser that asks before it calls, or null for any other request. */
export function answerPreflight(headers: Record<string, string> | null, request: Request): Response | null {
  if (request.method !== "OPTIONS" || !request.headers.has("access-control-request-method")) return null;
  return new Response(null, {
    status: 204,
    headers: headers
      ? {
          ...headers,
          "access-control-allow-methods": methods,
          "access-control-allow-headers": asked,
          "access-control-max-age": "600",
        }
      : {},
  });
}
