import {
  fieldsWithoutPermission,
  GraphError,
  invalidParameter,
  missingTask,
  unknownObject,
} from "./graph_error.ts";
import { cursorPage, type GraphAnswer, type GraphRequest, readFieldNames } from "./graph_request.ts";
import { asText, asWords, type JsonRecord } from "./json.ts";
import { fieldPermissions, pageFields } from "./fields.ts";
import { portraitUrl } from "./pictures.ts";
import type { Sim } from "./sim.ts";
import type { FacebookUser, Page } from "./state.ts";
import { type Caller, identify, pageToken, requireScope, writeToken } from "./tokens.ts";

const allTasks = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"];

/** `GET /me`: the user or the page behind the token. */
export function readMe(sim: Sim, caller: Caller, request: GraphRequest): GraphAnswer {
  if (caller.kind === "app")
    throw invalidParameter(
      "An active access token must be used to query information about the current user.",
    );
  if (caller.kind === "page") return readPage(sim, caller.page, caller, request);
  const names = readFieldNames(request.fields, ["id", "name"]);
  const body: JsonRecord = { id: caller.user.id };
  if (names.has("name")) body.name = caller.user.name;
  if (names.has("email")) body.email = "owner@example.com";
  return { body };
}

/** `GET /me/accounts`: the granted pages, each with its token. */
export function listAccounts(sim: Sim, caller: Caller, request: GraphRequest): GraphAnswer {
  if (caller.kind !== "user") throw invalidParameter("Tried accessing nonexisting field (accounts)");
  requireScope(caller, "pages_show_list");
  const { grant } = caller.user;
  const canSeeBusiness = grant?.scopes.includes("business_management") === true;
  const pages = [...sim.state.pages.values()].filter(
    (page) =>
      page.roleIds.includes(caller.user.id) &&
      grant?.pageIds.includes(page.id) === true &&
      (canSeeBusiness || !page.isBusinessOwned),
  );
  const names = readFieldNames(request.fields, [
    "access_token",
    "category",
    "category_list",
    "name",
    "id",
    "tasks",
  ]);
  const items = pages.map((page) =>
    pageRecord(sim, page, names, page.tasks?.length === 0 ? undefined : derivedToken(sim, caller, page)),
  );
  return { body: cursorPage(items, request, sim.origin()) };
}

/** A page token from a user token: it expires with a short-lived one, and not at all with a long-lived one. */
function derivedToken(sim: Sim, caller: Caller & { kind: "user" }, page: Page): string {
  const { claims, user } = caller;
  if (isLongLived(claims.expiresAt)) return pageToken(sim.state.app, user, page);
  return writeToken(sim.state.app, { ...claims, pageId: page.id });
}

function isLongLived(expiresAt: number): boolean {
  return expiresAt === 0 || expiresAt - Date.now() / 1000 > 24 * 3600;
}

/** `GET /{page}`. */
export function readPage(sim: Sim, page: Page, caller: Caller, request: GraphRequest): GraphAnswer {
  const names = readFieldNames(request.fields, ["name", "id"]);
  if (caller.kind === "page" && !caller.user.grant?.scopes.includes("pages_read_engagement")) {
    throw new GraphError(
      10,
      "(#10) This endpoint requires the 'pages_read_engagement' permission or the 'Page Public Content Access' feature",
    );
  }
  const isUsers = caller.kind === "user" && page.tasks?.length !== 0;
  const token = isUsers ? derivedToken(sim, caller, page) : request.token;
  return { body: pageRecord(sim, page, names, token) };
}

function pageRecord(sim: Sim, page: Page, names: Map<string, string>, token: string | undefined): JsonRecord {
  const known: JsonRecord = {
    name: page.name,
    id: page.id,
    category: page.category,
    category_list: [{ id: "1605186416478696", name: page.category }],
    about: page.about,
    link: `https://www.facebook.com/${page.id}`,
    followers_count: page.followers,
    fan_count: Math.max(0, page.followers - 12),
    picture: { data: { height: 50, is_silhouette: false, url: portraitUrl(sim, page.id), width: 50 } },
    tasks: page.tasks ?? allTasks,
    access_token: token,
    messaging_feature_status: {
      hop_v2: page.hasRouting,
      msgr_multi_app: page.hasRouting,
      ig_multi_app: false,
    },
    is_published: true,
    verification_status: "not_verified",
  };
  const body: JsonRecord = {};
  for (const name of names.keys()) {
    if (!(name in known))
      throw invalidParameter(`Tried accessing nonexisting field (${name}) on node type (Page)`);
    if (known[name] !== undefined) body[name] = known[name];
  }
  body.id = page.id;
  return body;
}

/** `/{page}/subscribed_apps`: GET, POST and DELETE. */
export function subscribedApps(sim: Sim, page: Page, caller: Caller, request: GraphRequest): GraphAnswer {
  const { app } = sim.state;
  if (request.method === "GET") {
    if (page.subscribedFields === null) return { body: { data: [] } };
    const link = "https://www.facebook.com/games/?app_id=" + app.id;
    const subscription = {
      category: "Business",
      link,
      name: app.name,
      id: app.id,
      subscribed_fields: page.subscribedFields,
    };
    return { body: { data: [subscription] } };
  }
  if (request.method === "DELETE") {
    page.subscribedFields = null;
    sim.touch();
    sim.live.all();
    return { body: { success: true } };
  }
  if (caller.kind !== "page") {
    throw invalidParameter("A page access token is required to subscribe the app to the page's webhooks");
  }
  requireScope(caller, "pages_manage_metadata");
  const wanted = asWords(request.fields.subscribed_fields);
  if (wanted.length === 0) throw invalidParameter("The parameter subscribed_fields is required.");
  if (!mayModerate(page)) throw missingTask();
  const fields = knownFields(sim);
  const unknown = wanted.find((field) => !fields.includes(field));
  if (unknown !== undefined) {
    throw invalidParameter(
      `Param subscribed_fields[${wanted.indexOf(unknown)}] must be one of {${fields.join(", ")}} - got "${unknown}".`,
    );
  }
  const refused = wanted.flatMap((name) => refusalOf(sim, caller, name) ?? []);
  if (refused.length > 0)
    throw fieldsWithoutPermission(sim.switches.app.fieldRefusals === "all" ? refused : refused.slice(0, 1));
  page.subscribedFields = [...new Set(wanted)];
  page.failingSince = null;
  sim.touch();
  sim.live.all();
  return { body: { success: true } };
}

/** Which permissions the field needs, when the caller was granted none of them. */
function refusalOf(
  sim: Sim,
  caller: Caller & { kind: "page" },
  name: string,
): { name: string; permissions: string[] } | undefined {
  const permissions = sim.switches.app.fieldPermissions[name] ??
    fieldPermissions[name] ?? ["pages_messaging"];
  const granted = caller.user.grant?.scopes ?? [];
  return permissions.some((permission) => granted.includes(permission)) ? undefined : { name, permissions };
}

/** A subscription needs the task MODERATE, or full control, under either spelling. */
function mayModerate({ tasks = allTasks }: Page): boolean {
  return tasks.some((task) => ["MODERATE", "FULL_CONTROL"].includes(task.replace("PROFILE_PLUS_", "")));
}

function knownFields({ switches }: Sim): string[] {
  return pageFields.filter((field) => !switches.app.unknownFields.includes(field));
}

/** `/{app}/subscriptions`: GET lists; POST does the handshake with the callback and then saves it. */
export async function appSubscriptions(
  sim: Sim,
  caller: Caller,
  request: GraphRequest,
): Promise<GraphAnswer> {
  const { app } = sim.state;
  if (caller.kind !== "app") throw invalidParameter("This method must be called with an app access_token.");
  if (request.method === "GET") {
    const fields = app.fields.map((name) => ({ name, version: request.version }));
    return { body: { data: [{ object: "page", callback_url: app.callbackUrl, active: true, fields }] } };
  }
  if (request.method === "DELETE") {
    app.fields = [];
    sim.touch();
    return { body: { success: true } };
  }
  const callbackUrl = asText(request.fields.callback_url) ?? app.callbackUrl;
  const verifyToken = asText(request.fields.verify_token) ?? app.verifyToken;
  const fields = asWords(request.fields.fields);
  if (request.fields.object !== "page") throw invalidParameter("Param object must be one of {page}");
  const unknown = fields.find((field) => !knownFields(sim).includes(field));
  if (unknown !== undefined) {
    throw invalidParameter(
      `Param fields[${fields.indexOf(unknown)}] must be one of {${knownFields(sim).join(", ")}} - got "${unknown}".`,
    );
  }
  await shakeHands(callbackUrl, verifyToken);
  Object.assign(app, { callbackUrl, verifyToken, fields: fields.length === 0 ? app.fields : fields });
  sim.touch();
  return { body: { success: true } };
}

/** The GET handshake of platform.md 1.1: the callback must echo the challenge. */
async function shakeHands(callbackUrl: string, verifyToken: string): Promise<void> {
  const challenge = String(Math.floor(Math.random() * 2_000_000_000));
  const url = new URL(callbackUrl);
  url.searchParams.set("hub.mode", "subscribe");
  url.searchParams.set("hub.challenge", challenge);
  url.searchParams.set("hub.verify_token", verifyToken);
  let status = 0;
  let body = "";
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
    status = answer.status;
    body = (await answer.text()).trim();
  } catch {
    throw new GraphError(
      2200,
      `(#2200) Callback verification failed with the following errors: curl_errno = 7; Unable to reach ${callbackUrl}`,
    );
  }
  if (status === 200 && body === challenge) return;
  throw new GraphError(
    2200,
    `(#2200) Callback verification failed with the following errors: HTTP Status Code = ${status}; expected the challenge as body`,
  );
}

/** The page with the id if the caller may act on it: with its own token, or a user's token with a role. */
export function requirePage(sim: Sim, caller: Caller, id: string, method: string): Page {
  if (caller.kind === "page") {
    if (id === "me" || id === caller.page.id) return caller.page;
    throw unknownObject(id, method);
  }
  const page = sim.state.pages.get(id);
  if (page === undefined) throw unknownObject(id, method);
  if (caller.kind === "user" && !isGranted(caller.user, page)) throw unknownObject(id, method);
  return page;
}

function isGranted(user: FacebookUser, page: Page): boolean {
  return user.grant?.pageIds.includes(page.id) === true && page.roleIds.includes(user.id);
}

/** Reads who calls from the call's token. */
export function identifyCaller(sim: Sim, request: GraphRequest): Caller {
  return identify(sim.state, request.token);
}
