import { actAs, nobody, setActor } from "./activity/actor.ts";
import { clientAddress } from "./client_address.ts";
import {
  clearOldCookies,
  readDeviceCookie,
  setAccessCookie,
  setDeviceCookie,
  setRefreshCookie,
} from "./cookies.ts";
import type { AuthDeps } from "./deps.ts";
import { isMarked, rememberDevice } from "./known_device.ts";
import { userView } from "./routes_schema.ts";
import { startSession, type StartedSession } from "./sessions.ts";
import { accessTokens, refreshTokens } from "./tokens.ts";
import type { User } from "./user_store.ts";

export type Peer = { requestIP(request: Request): { address: string } | null } | null;
export type Exchange = { request: Request; set: { headers: { "set-cookie"?: string | string[] } } };

interface Given {
  userId: string;
  sessionId: string;
  next: StartedSession | null;
  /** Each login renews the device mark; a refresh sets it for a session of version 0.2 without one. */
  isLogin: boolean;
}

/** Answers that begin or go on with a session: tokens in the body and in cookies. */
export function sessionAnswers(on: AuthDeps) {
  const { appUrl, trustedProxies } = on.config;
  const access = accessTokens(on);
  const refresh = refreshTokens(on);

  /** Also names the author of what follows: somebody without a login, at this address. */
  function caller(request: Request, server: Peer) {
    const socketAddress = server?.requestIP(request)?.address;
    const address = clientAddress(request, { socketAddress, trustedProxies });
    setActor(nobody(address));
    // Bounded and in one line: it is stored, and strangers choose it.
    return { address, userAgent: (request.headers.get("user-agent") ?? "").slice(0, 300) };
  }

  async function giveTokens(
    { set, request }: Exchange,
    { userId, sessionId, next, isLogin }: Given,
  ): Promise<string> {
    const accessToken = await access.sign({ userId, sessionId });
    const cookies = [setAccessCookie(appUrl, accessToken)];
    if (next) {
      const seconds = Math.max(0, Math.floor((next.expiresAt.getTime() - on.clock()) / 1000));
      cookies.push(setRefreshCookie(appUrl, await refresh.sign(next, next.expiresAt), seconds));
      cookies.push(...clearOldCookies(request, appUrl));
    }
    const devices = readDeviceCookie(request, appUrl);
    if (isLogin || !isMarked(on, devices, userId))
      cookies.push(setDeviceCookie(appUrl, await rememberDevice(on, { userId, devices })));
    set.headers["set-cookie"] = cookies;
    return accessToken;
  }

  async function begin(
    exchange: Exchange,
    { user, remember, from }: { user: User; remember: boolean; from: ReturnType<typeof caller> },
  ) {
    actAs(user);
    const session = await startSession(on, { userId: user.id, remember, ...from });
    return {
      user: userView(user),
      accessToken: await giveTokens(exchange, { ...session, next: session, isLogin: true }),
    };
  }

  return { caller, giveTokens, begin };
}
