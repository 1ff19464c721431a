/** API responses are not pages: no scripts, frames or images. */
const apiPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

// Swagger UI writes style elements; its scripts are ours.
const docsPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** The headers of every response; a response with its own policy, such as the dashboard's page, keeps it. */
export function edgeHeaders(appUrl: string): (path: string) => Record<string, string> {
  const always = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    ...(appUrl.startsWith("https:")
      ? { "strict-transport-security": "max-age=31536000; includeSubDomains" }
      : {}),
  };
  // Cacheable responses, such as files, set their own header.
  const ofApi = { ...always, "content-security-policy": apiPolicy, "cache-control": "no-store" };
  const ofDocs = { ...always, "content-security-policy": docsPolicy };
  return (path) => (path === "/api/docs" ? ofDocs : ofApi);
}
