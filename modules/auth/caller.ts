import { readAccessCookie, readDeviceCookie, readRefreshCookie } from "./cookies.ts";
import type { AuthDeps } from "./deps.ts";
import { anyDevice } from "./known_device.ts";
import { accessTokens, bearerToken, refreshTokens } from "./tokens.ts";

/**
 * Returns a reader of the key by which requests are counted: `session:…` for a token that we signed, at login also
 * `device:…` for a browser with an earlier login; null for others. Does not read the database: the session may have
 * ended.
 */
export function createCallerReader(on: Pick<AuthDeps, "clock" | "config">) {
  const { appUrl } = on.config;
  const access = accessTokens(on);
  const refresh = refreshTokens(on);

  async function readSession(request: Request): Promise<string | null> {
    const hasHeader = request.headers.has("authorization");
    const token = hasHeader ? bearerToken(request) : readAccessCookie(request, appUrl);
    const claims = token === null ? null : await access.verify(token);
    if (claims || hasHeader) return claims?.sessionId ?? null;
    // The access cookie expires after 15 minutes; the refresh cookie brings the next one.
    const cookie = readRefreshCookie(request, appUrl);
    return cookie === null ? null : ((await refresh.verify(cookie))?.sessionId ?? null);
  }

  return async function readCaller(request: Request, path: string): Promise<string | null> {
    const session = await readSession(request);
    if (session !== null) return `session:${session}`;
    if (path !== "/api/v1/auth/login") return null;
    const device = anyDevice(on, readDeviceCookie(request, appUrl));
    return device === null ? null : `device:${device}`;
  };
}
