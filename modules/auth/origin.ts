import { problem } from "./problems.ts";

const safe = new Set(["GET", "HEAD", "OPTIONS"]);

type Origin = "own" | "foreign" | "unknown";

function originOf(request: Request, appUrl: string): Origin {
  const origin = request.headers.get("origin");
  if (origin !== null) {
    if (!URL.canParse(origin)) return "foreign";
    const from = new URL(origin);
    const isOwn = from.origin === new URL(appUrl).origin || from.host === new URL(request.url).host;
    return isOwn ? "own" : "foreign";
  }
  const site = request.headers.get("sec-fetch-site");
  if (site === null) return "unknown";
  return site === "same-origin" || site === "none" ? "own" : "foreign";
}

const refused = () => problem("foreign-origin");

/** Browsers send cookies automatically, so changes must come from our own pages. */
export function requireOwnOrigin(request: Request, appUrl: string): void {
  if (!safe.has(request.method) && originOf(request, appUrl) !== "own") throw refused();
}

/**
 * For requests that set or end cookies: another site must not log a visitor in or out, but a client without a browser
 * may.
 */
export function refuseForeignOrigin(request: Request, appUrl: string): void {
  if (originOf(request, appUrl) === "foreign") throw refused();
}
