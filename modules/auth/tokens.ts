import { jwt } from "@elysiajs/jwt";
import { t } from "elysia";
import type { AuthDeps } from "./deps.ts";

export const accessTokenSeconds = 15 * 60;

/** User and session only; nothing that could be out of date. */
export interface AccessClaims {
  userId: string;
  sessionId: string;
}

export interface RefreshClaims extends AccessClaims {
  /** The number of this token in the session's family. */
  tokenId: string;
}

type TokenDeps = Pick<AuthDeps, "clock"> & {
  config: Pick<AuthDeps["config"], "jwtSecret" | "jwtRefreshSecret">;
};

const AccessPayload = t.Object({ sub: t.String(), sid: t.String() });
const RefreshPayload = t.Object({ sub: t.String(), sid: t.String(), jti: t.String() });

// The audience separates the two kinds, in case both secrets are equal.
const access = { aud: "access", verify: { algorithms: ["HS256"], audience: "access" } };
const refresh = { aud: "refresh", verify: { algorithms: ["HS256"], audience: "refresh" } };

/** The token of `Authorization: Bearer …`; null for any other header. */
export function bearerToken(request: Request): string | null {
  return /^bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

/** How many tokens are remembered as checked. */
const mostChecked = 1_000;

/**
 * Signs and checks access tokens: 15 minutes, session and user only. A verified signature is cached while its token
 * lasts, because verification takes longer than the rest of a small request. Tokens do not contain the session's
 * state: the guard reads the database each time.
 */
export function accessTokens(on: TokenDeps) {
  const signer = jwt({ name: "token", secret: on.config.jwtSecret, schema: AccessPayload }).decorator.token;
  const checked = new Map<string, AccessClaims & { until: number }>();
  return {
    sign({ userId, sessionId }: AccessClaims): Promise<string> {
      const exp = Math.floor(on.clock() / 1000) + accessTokenSeconds;
      return signer.sign({ sub: userId, sid: sessionId, aud: access.aud, exp });
    },
    async verify(token: string): Promise<AccessClaims | null> {
      const now = on.clock();
      const known = checked.get(token);
      if (known && now < known.until) return known;
      checked.delete(token);
      const payload = await signer.verify(token, { ...access.verify, currentDate: new Date(now) });
      if (!payload) return null;
      const claims = { userId: payload.sub, sessionId: payload.sid, until: Number(payload.exp ?? 0) * 1_000 };
      checked.set(token, claims);
      // A Map keeps insertion order: the first key is the oldest.
      const [oldest] = checked.size > mostChecked ? checked.keys() : [];
      if (oldest !== undefined) checked.delete(oldest);
      return claims;
    },
  };
}

/** Signs and checks refresh tokens; each ends when its session does. */
export function refreshTokens(on: TokenDeps) {
  const signer = jwt({
    name: "token",
    secret: on.config.jwtRefreshSecret,
    schema: RefreshPayload,
  }).decorator.token;
  return {
    sign({ userId, sessionId, tokenId }: RefreshClaims, expiresAt: Date): Promise<string> {
      const exp = Math.floor(expiresAt.getTime() / 1000);
      return signer.sign({ sub: userId, sid: sessionId, jti: tokenId, aud: refresh.aud, exp });
    },
    async verify(token: string): Promise<RefreshClaims | null> {
      const payload = await signer.verify(token, { ...refresh.verify, currentDate: new Date(on.clock()) });
      return payload ? { userId: payload.sub, sessionId: payload.sid, tokenId: payload.jti } : null;
    },
  };
}
