import { GraphError, invalidParameter } from "./graph_error.ts";
import type { GraphAnswer, GraphRequest } from "./graph_request.ts";
import { asText, type JsonRecord } from "./json.ts";
import type { Sim } from "./sim.ts";
import type { FacebookUser } from "./state.ts";
import { appToken, type Caller, readToken, resolveClaims, writeToken } from "./tokens.ts";

const shortSeconds = 2 * 3600;
const longSeconds = 60 * 24 * 3600;
const dataAccessSeconds = 90 * 24 * 3600;

/** `GET|POST /oauth/access_token`: code, long-lived exchange and app token. */
export function exchangeToken(sim: Sim, request: GraphRequest): GraphAnswer {
  const { fields } = request;
  const { app } = sim.state;
  const grantType = asText(fields.grant_type);
  if (asText(fields.client_id) !== app.id) {
    throw new GraphError(
      101,
      "Error validating application. Cannot get application info due to a system error.",
      {},
    );
  }
  if (asText(fields.client_secret) !== app.secret) {
    throw new GraphError(1, "Error validating client secret.", {});
  }
  if (grantType === "client_credentials")
    return { body: { access_token: appToken(app), token_type: "bearer" } };
  if (grantType === "fb_exchange_token") return exchangeLong(sim, asText(fields.fb_exchange_token) ?? "");
  return exchangeCode(sim, asText(fields.code), asText(fields.redirect_uri));
}

function exchangeLong(sim: Sim, token: string): GraphAnswer {
  const claims = readToken(sim.state.app, token);
  if (claims === null || claims.pageId !== null)
    throw new GraphError(190, "Invalid OAuth access token.", { status: 400 });
  resolveClaims(sim.state, claims);
  if (sim.state.users.get(claims.userId)?.isSystem === true)
    throw invalidParameter("The access token of a system user that does not expire cannot be exchanged");
  return { body: userToken(sim, claims.userId, claims.generation, longSeconds) };
}

function exchangeCode(sim: Sim, code: string | undefined, redirectUri: string | undefined): GraphAnswer {
  if (code === undefined) throw new GraphError(1, "Missing authorization code", {});
  const known = sim.state.codes.get(code);
  if (known === undefined) throw invalidCode("This authorization code has been used.", 36009);
  if (known.redirectUri !== redirectUri) {
    throw invalidCode(
      "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
      36008,
    );
  }
  sim.state.codes.delete(code);
  sim.touch();
  if (known.expiresAt < Date.now()) throw invalidCode("This authorization code has expired.", 36007);
  const user = sim.state.users.get(known.userId);
  if (user === undefined) throw invalidCode("This authorization code has been used.", 36009);
  if (user.isSystem === true) return { body: systemUserToken(sim, user) };
  return { body: userToken(sim, user.id, user.generation, shortSeconds) };
}

function invalidCode(message: string, subcode: number): GraphError {
  return new GraphError(100, message, { subcode });
}

/** It does not expire, and its answer states no lifetime. */
function systemUserToken(sim: Sim, { id: userId, generation }: FacebookUser): JsonRecord {
  const token = writeToken(sim.state.app, { userId, pageId: null, generation, expiresAt: 0 });
  return { access_token: token, token_type: "bearer" };
}

function userToken(sim: Sim, userId: string, generation: number, seconds: number): JsonRecord {
  const expiresAt = Math.floor(Date.now() / 1000) + seconds;
  const token = writeToken(sim.state.app, { userId, pageId: null, generation, expiresAt });
  return { access_token: token, token_type: "bearer", expires_in: seconds };
}

/** `GET /debug_token`: with the app's token, or with a token of the app. */
export function debugToken(sim: Sim, caller: Caller, request: GraphRequest): GraphAnswer {
  const input = asText(request.fields.input_token);
  if (input === undefined) throw invalidParameter("The parameter input_token is required");
  const { app } = sim.state;
  if (input === appToken(app)) {
    return {
      body: { data: { app_id: app.id, type: "APP", application: app.name, is_valid: true, scopes: [] } },
    };
  }
  const claims = readToken(app, input);
  if (claims === null) {
    return invalid({ code: 190, message: "Invalid OAuth access token - Cannot parse access token" });
  }
  if (caller.kind === "page" && claims.pageId !== caller.page.id) {
    throw invalidParameter(
      "You must provide an app access token, or a user access token that is an owner or developer of the app",
    );
  }
  const user = sim.state.users.get(claims.userId);
  const grant = user?.grant;
  const scopes = grant?.scopes ?? [];
  const issuedAt = Math.floor((grant?.grantedAt ?? 0) / 1000);
  const data: JsonRecord = {
    app_id: app.id,
    type: claims.pageId !== null ? "PAGE" : user?.isSystem === true ? "SYSTEM_USER" : "USER",
    application: app.name,
    user_id: claims.userId,
    is_valid: true,
    issued_at: issuedAt,
    expires_at: claims.expiresAt,
    data_access_expires_at: issuedAt + dataAccessSeconds,
    scopes,
    granular_scopes: scopes.map((scope) =>
      scope.startsWith("pages_") ? { scope, target_ids: grant?.pageIds ?? [] } : { scope },
    ),
  };
  if (claims.pageId !== null) data.profile_id = claims.pageId;
  try {
    resolveClaims(sim.state, claims);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    data.is_valid = false;
    data.scopes = [];
    const failure: JsonRecord = { code: error.code, message: error.message };
    if (error.options.subcode !== undefined) failure.subcode = error.options.subcode;
    data.error = failure;
  }
  return { body: { data } };
}

function invalid(error: JsonRecord): GraphAnswer {
  return { body: { data: { error, is_valid: false, scopes: [] } } };
}
