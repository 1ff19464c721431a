/**
 * Pages and users of the control API.
 *
 *   GET    pages · POST pages                     {name, id?, category?, followers?, isBusinessOwned?, ownerId?, subscribe?}
 *   GET    pages/{page} · PATCH pages/{page}      any of name, category, followers, isBusinessOwned, isRestricted,
 *                                                 tokenDeath (460, 458, 463, 467, 492, 0 = no subcode, null = alive), subscribedFields, roleIds, tasks,
 *                                                 hasRouting, canTakeControl, defaultAppId (null = our app; counts while hasRouting)
 *   GET    pages/{page}/token                     {token}: grants the page and gives its never-ending token
 *   POST   pages/{page}/event                     {field, list?: messaging|standby|changes, item}: any event, if subscribed
 *   POST   pages/{page}/policy                    {action: warning|block|unblock, reason?}
 *   POST   pages/{page}/integrity                 {status, violations?, restrictions?: [{feature, status?, expiration_time?}],
 *                                                 place?: item|entry}: what page_status says, and the event
 *   POST   pages/{page}/templates                 {name, language, status, reason?}: sets a review's outcome
 *   POST   users                                  {name, id?}
 *   POST   users/{user}/password                  kills all tokens (190/460)
 *   POST   users/{user}/remove_app                drops the grant (190/458); {callbackUrl?} gets a signed_request
 *   POST   users/{user}/delete_data               {callbackUrl}: the data deletion callback; answers {status, body}
 *   GET    users/{user}/token                     {token}: a long-lived user token with every permission
 */
import { permissions } from "./fields.ts";
import { ControlError, type ControlRequest } from "./control_request.ts";
import { asFlag, asNumber, asRecord, asText, asWords, type JsonRecord, parseJson } from "./json.ts";
import { grantPage, newPage, newUser, nextPageId } from "./seed.ts";
import { signedRequest } from "./signed_request.ts";
import type { Sim } from "./sim.ts";
import type { FacebookUser, Page } from "./state.ts";
import { changeStanding } from "./page_standing.ts";
import { pageToken, writeToken } from "./tokens.ts";
import { reviewTemplate } from "./utility_templates.ts";

/** Answers `/_simulator/pages…`. */
export function handlePages(sim: Sim, call: ControlRequest): unknown {
  const [, id, action] = call.path;
  if (id === undefined) {
    if (call.method === "POST") return createPage(sim, call.body);
    return { pages: [...sim.state.pages.values()] };
  }
  const page = sim.state.pages.get(id);
  if (page === undefined)
    throw new ControlError(404, `Cannot find the page "${id}": GET /_simulator/pages lists them`);
  // Listeners read the page again after a change, so a read must not count as one.
  if (call.method !== "GET") sim.live.all();
  switch (action) {
    case undefined:
      if (call.method === "PATCH") changePage(sim, page, call.body);
      return page;
    case "token": {
      const user = grantPage(sim.state, page);
      if (user === undefined)
        throw new ControlError(409, "Cannot give a token: nobody has a role on the page");
      sim.touch();
      sim.live.all();
      return { token: pageToken(sim.state.app, user, page) };
    }
    case "event":
      return publishEvent(sim, page, call.body);
    case "policy":
      return publishPolicy(sim, page, call.body);
    case "integrity":
      return changeStanding(sim, page, call.body);
    case "templates":
      return review(sim, page, call.body);
    default:
      throw new ControlError(404, `Cannot do "${action}" to a page. See control_pages.ts`);
  }
}

function createPage(sim: Sim, body: JsonRecord): Page {
  const id = asText(body.id) ?? nextPageId(sim.state);
  const page = newPage(id, asText(body.name) ?? `Page ${id}`);
  sim.state.pages.set(id, page);
  const ownerId = asText(body.ownerId);
  if (ownerId !== undefined) page.roleIds = [ownerId];
  changePage(sim, page, body);
  sim.live.all();
  return page;
}

function changePage(sim: Sim, page: Page, body: JsonRecord): void {
  page.name = asText(body.name) ?? page.name;
  page.category = asText(body.category) ?? page.category;
  page.followers = asNumber(body.followers) ?? page.followers;
  page.isBusinessOwned = asFlag(body.isBusinessOwned) ?? page.isBusinessOwned;
  page.isRestricted = asFlag(body.isRestricted) ?? page.isRestricted;
  page.hasRouting = asFlag(body.hasRouting) ?? page.hasRouting;
  page.canTakeControl = asFlag(body.canTakeControl) ?? page.canTakeControl;
  if (body.defaultAppId !== undefined) page.defaultAppId = asText(body.defaultAppId) ?? null;
  if (body.tokenDeath !== undefined) page.tokenDeath = asNumber(body.tokenDeath) ?? null;
  if (body.subscribedFields !== undefined) {
    page.subscribedFields = body.subscribedFields === null ? null : asWords(body.subscribedFields);
  }
  if (body.tasks !== undefined) page.tasks = asWords(body.tasks);
  if (body.roleIds !== undefined) page.roleIds = asWords(body.roleIds);
  sim.touch();
}

function publishEvent(sim: Sim, page: Page, body: JsonRecord): void {
  const item = asRecord(body.item);
  const field = asText(body.field);
  if (item === undefined || field === undefined)
    throw new ControlError(400, "Cannot send the event: give field and item");
  const list = body.list === "changes" || body.list === "standby" ? body.list : "messaging";
  sim.webhooks.publish({ pageId: page.id, field, list, item });
}

function publishAboutPage(sim: Sim, page: Page, field: string, rest: JsonRecord): void {
  const item = { recipient: { id: page.id }, timestamp: Date.now(), ...rest };
  sim.webhooks.publish({ pageId: page.id, field, list: "messaging", item });
}

function publishPolicy(sim: Sim, page: Page, body: JsonRecord): void {
  const action = asText(body.action) ?? "warning";
  const reason = asText(body.reason) ?? "The bot violated our Platform Policies.";
  page.isRestricted = action === "block";
  sim.touch();
  const enforcement: JsonRecord = action === "unblock" ? { action } : { action, reason };
  publishAboutPage(sim, page, "messaging_policy_enforcement", { policy_enforcement: enforcement });
}

function review(sim: Sim, page: Page, body: JsonRecord): void {
  const { status } = body;
  const template = page.templates.find(
    (known) => known.name === body.name && (asText(body.language) ?? known.language) === known.language,
  );
  if (template === undefined)
    throw new ControlError(404, "Cannot review the template: the page has none of this name");
  if (status !== "APPROVED" && status !== "REJECTED" && status !== "PENDING") {
    throw new ControlError(400, "Cannot review the template: status must be APPROVED, REJECTED or PENDING");
  }
  reviewTemplate(sim, page, template, status, asText(body.reason) ?? "NONE");
}

/** Answers `/_simulator/users…`. */
export function handleUsers(sim: Sim, call: ControlRequest): unknown {
  const [, id, action] = call.path;
  if (id === undefined) {
    if (call.method === "POST") return createUser(sim, call.body);
    return { users: [...sim.state.users.values()] };
  }
  const user = sim.state.users.get(id);
  if (user === undefined)
    throw new ControlError(404, `Cannot find the user "${id}": GET /_simulator/users lists them`);
  sim.touch();
  const callbackUrl = asText(call.body.callbackUrl);
  switch (action) {
    case undefined:
      return user;
    case "token":
      return { token: longToken(sim, user) };
    case "password":
      user.generation += 1;
      return user;
    case "remove_app":
      user.grant = null;
      return callbackUrl === undefined ? user : callBack(sim, user, callbackUrl);
    case "delete_data":
      if (callbackUrl === undefined) throw new ControlError(400, "Cannot ask for deletion: give callbackUrl");
      return callBack(sim, user, callbackUrl);
    default:
      throw new ControlError(404, `Cannot do "${action}" to a user. See control_pages.ts`);
  }
}

function createUser(sim: Sim, body: JsonRecord): FacebookUser {
  sim.state.serial += 1;
  const id = asText(body.id) ?? `1220964123456${sim.state.serial}`;
  const user = newUser(id, asText(body.name) ?? `User ${id}`);
  sim.state.users.set(id, user);
  sim.touch();
  sim.live.all();
  return user;
}

function longToken(sim: Sim, user: FacebookUser): string {
  const owned = [...sim.state.pages.values()]
    .filter((page) => page.roleIds.includes(user.id))
    .map((page) => page.id);
  user.grant ??= { scopes: [...permissions], pageIds: owned, grantedAt: Date.now() };
  const expiresAt = Math.floor(Date.now() / 1000) + 60 * 24 * 3600;
  return writeToken(sim.state.app, { userId: user.id, pageId: null, generation: user.generation, expiresAt });
}

async function callBack(sim: Sim, user: FacebookUser, callbackUrl: string): Promise<JsonRecord> {
  const body = new URLSearchParams({ signed_request: signedRequest(sim.state.app.secret, user.id) });
  const answer = await fetch(callbackUrl, { method: "POST", body, signal: AbortSignal.timeout(10_000) });
  const text = await answer.text();
  return { status: answer.status, body: asRecord(parseJson(text)) ?? text };
}
