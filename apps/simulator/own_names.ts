/**
 * Whether a request names the simulator by a name that no stranger can point at it: a loopback name, an address, a name
 * without a dot (a container's), or the host that it was told to listen on. Another website that has its own name
 * resolve to 127.0.0.1 (DNS rebinding) would otherwise read and steer the simulator from a visitor's browser.
 */
export function isOwnName(request: Request, ownHost: string): boolean {
  if (!URL.canParse(request.url)) return false;
  const { hostname } = new URL(request.url);
  if (hostname === ownHost || hostname.endsWith(".localhost")) return true;
  // The URL parser gives every IPv4 address four numbers, and IPv6 brackets.
  return !hostname.includes(".") || /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname);
}

/** Whether a browser says that a page of another origin makes this request. Programs say nothing, and may. */
export function isFromElsewhere(request: Request): boolean {
  const origin = request.headers.get("origin");
  if (origin !== null) return origin !== new URL(request.url).origin;
  const site = request.headers.get("sec-fetch-site");
  return site === "cross-site" || site === "same-site";
}
