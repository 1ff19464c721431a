import { accessTokenSeconds } from "./tokens.ts";

const accessCookie = "ms_access";
const refreshCookie = "ms_refresh";
const refreshPath = "/api/v1/auth";

function read(request: Request, name: string): string | null {
  const header = request.headers.get("cookie");
  return header === null ? null : new Bun.CookieMap(header).get(name);
}

export const readAccessCookie = (request: Request) => read(request, accessCookie);
export const readRefreshCookie = (request: Request) => read(request, refreshCookie);

function serialize(
  appUrl: string,
  cookie: { name: string; value: string; path: string; maxAge: number },
): string {
  return new Bun.Cookie(cookie.name, cookie.value, {
    path: cookie.path,
    maxAge: cookie.maxAge,
    httpOnly: true,
    sameSite: "strict",
    secure: new URL(appUrl).protocol === "https:",
  }).serialize();
}

/** The access token for the whole site. */
export function setAccessCookie(appUrl: string, token: string): string {
  return serialize(appUrl, { name: accessCookie, value: token, path: "/", maxAge: accessTokenSeconds });
}

/** The refresh token, which only the auth routes get to see. */
export function setRefreshCookie(appUrl: string, token: string, maxAgeSeconds: number): string {
  return serialize(appUrl, { name: refreshCookie, value: token, path: refreshPath, maxAge: maxAgeSeconds });
}

/** Removes both. */
export function clearCookies(appUrl: string): string[] {
  return [
    serialize(appUrl, { name: accessCookie, value: "", path: "/", maxAge: 0 }),
    serialize(appUrl, { name: refreshCookie, value: "", path: refreshPath, maxAge: 0 }),
  ];
}
