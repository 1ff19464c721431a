import { deviceCookieSeconds } from "./known_device.ts";
import { rememberedSeconds } from "./second_factor/remembered_devices.ts";
import { accessTokenSeconds } from "./tokens.ts";

const authPath = "/api/v1/auth";

type Name = "ms_access" | "ms_refresh" | "ms_devices" | "ms_trusted";

const isHttps = (appUrl: string) => new URL(appUrl).protocol === "https:";

/** Browsers take a `__Host-` cookie only from this host over https: no subdomain and no plain connection can set one. */
const named = (appUrl: string, name: Name) => (isHttps(appUrl) ? `__Host-${name}` : name);

function read(request: Request, name: string): string | null {
  const header = request.headers.get("cookie");
  return header === null ? null : new Bun.CookieMap(header).get(name);
}

export function readAccessCookie(request: Request, appUrl: string): string | null {
  return read(request, named(appUrl, "ms_access"));
}

/**
 * The refresh token. Still reads a session of version 0.2, which used plain names under https: its refresh sets the
 * new names and removes the old ones. Such a session ends after at most 30 days; then remove this.
 */
export function readRefreshCookie(request: Request, appUrl: string): string | null {
  return read(request, named(appUrl, "ms_refresh")) ?? read(request, "ms_refresh");
}

interface Cookie {
  name: string;
  value: string;
  path: string;
  maxAge: number;
}

function serialize(appUrl: string, { name, value, path, maxAge }: Cookie): string {
  const secure = isHttps(appUrl);
  return new Bun.Cookie(name, value, {
    path,
    maxAge,
    httpOnly: true,
    sameSite: "strict",
    secure,
  }).serialize();
}

function set(appUrl: string, name: Name, { value, path, maxAge }: Omit<Cookie, "name">): string {
  // The `__Host-` prefix requires the path of the whole site.
  const widest = isHttps(appUrl) ? "/" : path;
  return serialize(appUrl, { name: named(appUrl, name), value, path: widest, maxAge });
}

/** The access token for the whole site. */
export function setAccessCookie(appUrl: string, token: string): string {
  return set(appUrl, "ms_access", { value: token, path: "/", maxAge: accessTokenSeconds });
}

/** The refresh token. Only the auth routes read it. */
export function setRefreshCookie(appUrl: string, token: string, maxAgeSeconds: number): string {
  return set(appUrl, "ms_refresh", { value: token, path: authPath, maxAge: maxAgeSeconds });
}

/** The users for whom this device is known; remains after logout. */
export function readDeviceCookie(request: Request, appUrl: string): string | null {
  return read(request, named(appUrl, "ms_devices"));
}

export function setDeviceCookie(appUrl: string, devices: string): string {
  return set(appUrl, "ms_devices", { value: devices, path: authPath, maxAge: deviceCookieSeconds });
}

/** The tokens of people who need no second factor in this browser; remains after logout. */
export function readTrustedCookie(request: Request, appUrl: string): string | null {
  return read(request, named(appUrl, "ms_trusted"));
}

/** Sent to the routes of the account too, whose list says which device is this one. */
export function setTrustedCookie(appUrl: string, tokens: string): string {
  return set(appUrl, "ms_trusted", { value: tokens, path: "/api/v1", maxAge: rememberedSeconds });
}

/** Removes the cookies of version 0.2 if the browser still sends them. */
export function clearOldCookies(request: Request, appUrl: string): string[] {
  if (!isHttps(appUrl) || read(request, "ms_refresh") === null) return [];
  return [
    serialize(appUrl, { name: "ms_access", value: "", path: "/", maxAge: 0 }),
    serialize(appUrl, { name: "ms_refresh", value: "", path: authPath, maxAge: 0 }),
  ];
}

/** Removes the cookies of a session. */
export function clearCookies(request: Request, appUrl: string): string[] {
  return [
    set(appUrl, "ms_access", { value: "", path: "/", maxAge: 0 }),
    set(appUrl, "ms_refresh", { value: "", path: authPath, maxAge: 0 }),
    ...clearOldCookies(request, appUrl),
  ];
}
