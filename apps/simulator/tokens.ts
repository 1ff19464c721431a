import { timingSafeEqual } from "node:crypto";
import { deadToken, GraphError, malformedToken, missingPermission } from "./graph_error.ts";
import { hmacHex } from "./ids.ts";
import { parseJson } from "./json.ts";
import type { App, FacebookUser, Page, State } from "./state.ts";

/** The caller of the Graph API, read from the token. */
export type Caller =
  | { kind: "app" }
  | { kind: "user"; user: FacebookUser; claims: Claims }
  | { kind: "page"; page: Page; user: FacebookUser; claims: Claims };

/** The claims inside a token. Nothing is stored, so a token is valid as long as the app secret. */
export interface Claims {
  userId: string;
  pageId: string | null;
  generation: number;
  /** Seconds since 1970; 0 never expires. */
  expiresAt: number;
}

const prefix = "EAAG";

/** Writes a token. The same claims give the same token, so a connected page survives a restart. */
export function writeToken(app: App, claims: Claims): string {
  const fields = [claims.userId, claims.pageId ?? "", claims.generation, claims.expiresAt];
  const payload = Buffer.from(JSON.stringify(fields)).toString("base64url");
  return `${prefix}${payload}ZD${hmacHex(app.secret, payload).slice(0, 32)}`;
}

/** Reads a token's claims, or null when this app did not make it. */
export function readToken(app: App, token: string): Claims | null {
  const end = token.length - 34;
  if (!token.startsWith(prefix) || end <= prefix.length || token.slice(end, end + 2) !== "ZD") return null;
  const payload = token.slice(prefix.length, end);
  if (hmacHex(app.secret, payload).slice(0, 32) !== token.slice(end + 2)) return null;
  const fields = parseJson(Buffer.from(payload, "base64url").toString("utf8"));
  if (!Array.isArray(fields)) return null;
  const [userId, pageId, generation, expiresAt] = fields;
  if (typeof userId !== "string" || typeof pageId !== "string") return null;
  if (typeof generation !== "number" || typeof expiresAt !== "number") return null;
  return { userId, pageId: pageId === "" ? null : pageId, generation, expiresAt };
}

/** The app's own token, `APP_ID|APP_SECRET`. */
export function appToken(app: App): string {
  return `${app.id}|${app.secret}`;
}

/** The page token that a user's long-lived grant gives: it does not expire. */
export function pageToken(app: App, user: FacebookUser, page: Page): string {
  return writeToken(app, { userId: user.id, pageId: page.id, generation: user.generation, expiresAt: 0 });
}

const known = new Map<string, Claims>();

/** Finds out who calls. Throws Meta's 190 errors for tokens that are no longer alive. */
export function identify(state: State, token: string | undefined): Caller {
  if (token === undefined || token === "") {
    throw new GraphError(104, "An access token is required to request this resource.", { status: 400 });
  }
  if (token === appToken(state.app)) return { kind: "app" };
  const cacheKey = `${state.app.secret} ${token}`;
  let claims = known.get(cacheKey) ?? null;
  if (claims === null) {
    claims = readToken(state.app, token);
    if (claims === null) throw malformedToken();
    if (known.size > 10_000) known.clear();
    known.set(cacheKey, claims);
  }
  return resolveClaims(state, claims);
}

/** Checks claims against the current roles, grants, passwords and time. */
export function resolveClaims(state: State, claims: Claims): Caller {
  const user = state.users.get(claims.userId);
  if (user === undefined) throw malformedToken();
  if (user.grant === null) throw deadToken(458);
  if (claims.generation !== user.generation) throw deadToken(460);
  if (claims.expiresAt !== 0 && claims.expiresAt * 1000 < Date.now()) throw deadToken(463);
  if (claims.pageId === null) return { kind: "user", user, claims };
  const page = state.pages.get(claims.pageId);
  if (page === undefined || !page.roleIds.includes(user.id)) throw deadToken(492);
  if (!user.grant.pageIds.includes(page.id)) throw deadToken();
  if (page.tokenDeath !== null) throw deadToken(page.tokenDeath === 0 ? undefined : page.tokenDeath);
  return { kind: "page", page, user, claims };
}

/** Throws 200 unless the caller was granted the permission. */
export function requireScope(caller: Caller, scope: string): void {
  if (caller.kind === "app") return;
  if (caller.user.grant?.scopes.includes(scope) !== true) throw missingPermission(scope);
}

/** The proof of a call as it came. */
export interface Proof {
  proof?: string;
  time?: string;
}

const proofSeconds = 300;

/**
 * Verifies `appsecret_proof` in both forms: HMAC over the token, and (with `appsecret_time`) over
 * `token|time`, which is valid for 5 minutes. Meta answers 100 when it is wrong, or absent though required.
 */
export function verifyProof(app: App, token: string, given: Proof, isRequired: boolean): void {
  if (given.proof === undefined) {
    if (!isRequired || token === appToken(app)) return;
    throw new GraphError(100, "API calls from the server require an appsecret_proof argument", {
      type: "GraphMethodException",
    });
  }
  const wrong = new GraphError(100, "Invalid appsecret_proof provided in the API argument", {
    type: "GraphMethodException",
  });
  if (given.time !== undefined) {
    const age = Math.abs(Date.now() / 1000 - Number(given.time));
    if (!(age <= proofSeconds)) throw wrong;
  }
  const signed = given.time === undefined ? token : `${token}|${given.time}`;
  const expected = Buffer.from(hmacHex(app.secret, signed));
  const received = Buffer.from(given.proof);
  if (expected.length !== received.length || !timingSafeEqual(expected, received)) throw wrong;
}
