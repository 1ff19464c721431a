export interface ApiRequestOptions {
  token?: string | null;
  /** Sends a file or a form unchanged, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** A request as the dashboard and other programs make it. */
export function apiRequest(
  method: string,
  url: string,
  { token, body, headers = {} }: ApiRequestOptions = {},
): Request {
  const isReady = body === undefined || body instanceof Blob || body instanceof FormData;
  return new Request(url, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(isReady ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    body: isReady ? body : JSON.stringify(body),
  });
}
