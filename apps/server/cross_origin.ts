const methods = "GET, POST, PUT, PATCH, DELETE";
const asked = "authorization, content-type, idempotency-key, last-event-id, traceparent";
const answered = "content-disposition, retry-after, trace-id";

/**
 * Allows listed sites to call the API from a browser, by bearer token and never with our cookies. Returns the headers
 * of the response; none for our own pages and for other sites.
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

/** The response to a preflight request, or null for other requests. */
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
